import { createFileRoute } from '@tanstack/react-router';
import { ConditionalAccess } from '../protection/ConditionalAccess';
import { conditions } from '../protection/words';

export const Route = createFileRoute('/_in/conditional-access')({
  staticData: { place: { label: conditions.title, group: 'protection', order: 10, icon: 'conditions' } },
  component: ConditionalAccess,
});
