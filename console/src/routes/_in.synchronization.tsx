import { createFileRoute, Outlet } from '@tanstack/react-router';
import { texts } from '../synchronization/words';

export const Route = createFileRoute('/_in/synchronization')({
  staticData: { place: { label: texts.title, group: 'directory', order: 50, icon: 'synchronization' } },
  component: Outlet,
});
