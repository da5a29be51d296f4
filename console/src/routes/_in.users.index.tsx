import { createFileRoute } from '@tanstack/react-router';
import { FILTERS } from '../directory/users/filters';
import { Users } from '../directory/users/Users';
import { listWith } from '../pieces/listState';

export const Route = createFileRoute('/_in/users/')({
  validateSearch: listWith('show', FILTERS),
  component: Users,
});
