import { createFileRoute } from '@tanstack/react-router';
import { listWith } from '../pieces/listState';
import { Policies } from '../protection/conditions/Policies';
import { STATES } from '../protection/conditions/states';

export const Route = createFileRoute('/_in/conditional-access/')({
  validateSearch: listWith('show', STATES),
  component: Policies,
});
