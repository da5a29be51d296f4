import { createFileRoute } from '@tanstack/react-router';
import { listWith } from '../pieces/listState';
import { Roles } from '../protection/roles/Roles';
import { FILTERS } from '../protection/roles/role';

export const Route = createFileRoute('/_in/roles/')({
  validateSearch: listWith('show', FILTERS),
  component: Roles,
});
