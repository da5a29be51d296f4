import { createFileRoute } from '@tanstack/react-router';
import { DeletedUsers } from '../directory/users/DeletedUsers';
import { listState } from '../pieces/listState';

export const Route = createFileRoute('/_in/users/deleted')({
  validateSearch: listState,
  component: DeletedUsers,
});
