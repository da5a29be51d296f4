import { createFileRoute } from '@tanstack/react-router';
import { RolesPage } from '../protection/roles/RolesPage';
import { roles } from '../protection/words';

export const Route = createFileRoute('/_in/roles')({
  staticData: { place: { label: roles.title, group: 'protection', order: 20, icon: 'roles' } },
  component: RolesPage,
});
