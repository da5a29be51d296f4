import { createFileRoute, Outlet } from '@tanstack/react-router';
import { applications } from '../directory/words';

export const Route = createFileRoute('/_in/applications')({
  staticData: { place: { label: applications.title, group: 'directory', order: 30, icon: 'applications' } },
  component: Outlet,
});
