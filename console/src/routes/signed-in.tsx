import { createFileRoute } from '@tanstack/react-router';
import { SignedIn } from '../session/SignedIn';

export const Route = createFileRoute('/signed-in')({ component: SignedIn });
