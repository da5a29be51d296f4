import { createFileRoute } from '@tanstack/react-router';
import { listState } from '../pieces/listState';
import { Contexts } from '../protection/contexts/Contexts';

export const Route = createFileRoute('/_in/conditional-access/contexts')({
  validateSearch: listState,
  component: Contexts,
});
