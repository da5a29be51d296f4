import { createFileRoute, redirect } from '@tanstack/react-router';

export const Route = createFileRoute('/_in/cross-tenant-access/')({
  beforeLoad: () => {
    throw redirect({ to: '/cross-tenant-access/organizations' });
  },
});
