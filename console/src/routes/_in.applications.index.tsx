import { createFileRoute } from '@tanstack/react-router';
import { Applications } from '../directory/applications/Applications';
import { listState } from '../pieces/listState';

export const Route = createFileRoute('/_in/applications/')({
  validateSearch: listState,
  component: Applications,
});
