import { createFileRoute, redirect } from '@tanstack/react-router';
import { Frame } from '../frame/Frame';
import { current, lookSilently } from '../session/session';

export const Route = createFileRoute('/_in')({
  // Whoever is not signed in is sent to do so, and comes back to the same address.
  beforeLoad: async () => {
    if (current().is !== 'nobody') return;
    const target = location.pathname + location.search + location.hash;
    await lookSilently(target);
    throw redirect({ to: '/sign-in', search: { target } });
  },
  component: Frame,
});
