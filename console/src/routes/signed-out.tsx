import { createFileRoute } from '@tanstack/react-router';
import { SignedOut } from '../session/SignedOut';

export const Route = createFileRoute('/signed-out')({ component: SignedOut });
