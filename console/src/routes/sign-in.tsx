import { createFileRoute } from '@tanstack/react-router';
import { SignIn } from '../session/SignIn';

const inside = (target: unknown): string =>
  typeof target === 'string' && /^\/console(\/|$)/.test(target) ? target : '/console/';

export const Route = createFileRoute('/sign-in')({
  validateSearch: (search: Record<string, unknown>): { target: string } => ({
    target: inside(search.target),
  }),
  component: () => <SignIn target={Route.useSearch().target} />,
});
