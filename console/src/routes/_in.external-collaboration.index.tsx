import { createFileRoute, redirect } from '@tanstack/react-router';

export const Route = createFileRoute('/_in/external-collaboration/')({
  beforeLoad: () => {
    throw redirect({ to: '/external-collaboration/invitations' });
  },
});
