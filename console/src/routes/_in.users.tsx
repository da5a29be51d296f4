import { createFileRoute } from '@tanstack/react-router';
import { UsersPage } from '../directory/users/UsersPage';
import { users } from '../directory/words';

export const Route = createFileRoute('/_in/users')({
  staticData: { place: { label: users.title, group: 'directory', order: 10, icon: 'users' } },
  component: UsersPage,
});
