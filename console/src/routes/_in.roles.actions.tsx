import { createFileRoute } from '@tanstack/react-router';
import { listWith } from '../pieces/listState';
import { ProtectedActions } from '../protection/roles/ProtectedActions';

export const Route = createFileRoute('/_in/roles/actions')({
  validateSearch: listWith('show', ['protected']),
  component: ProtectedActions,
});
