import { createFileRoute } from '@tanstack/react-router';
import { listState } from '../pieces/listState';
import { Assignments } from '../protection/roles/Assignments';

export const Route = createFileRoute('/_in/roles/assignments')({
  validateSearch: listState,
  component: Assignments,
});
