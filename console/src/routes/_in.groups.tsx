import { createFileRoute, Outlet } from '@tanstack/react-router';
import { groups } from '../directory/words';

export const Route = createFileRoute('/_in/groups')({
  staticData: { place: { label: groups.title, group: 'directory', order: 20, icon: 'groups' } },
  component: Outlet,
});
