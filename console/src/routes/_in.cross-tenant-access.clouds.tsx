import { createFileRoute } from '@tanstack/react-router';

export const Route = createFileRoute('/_in/cross-tenant-access/clouds')({ component: () => null });
