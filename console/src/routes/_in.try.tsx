import { createFileRoute } from '@tanstack/react-router';
import { questionIn } from '../try/question';
import { Try } from '../try/Try';
import { texts } from '../try/words';

export const Route = createFileRoute('/_in/try')({
  validateSearch: questionIn,
  staticData: { place: { label: texts.title, group: 'access', order: 30, icon: 'try' } },
  component: Try,
});
