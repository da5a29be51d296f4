import { createFileRoute } from '@tanstack/react-router';
import { Defaults } from '../cross-tenant/defaults/Defaults';

export const Route = createFileRoute('/_in/cross-tenant-access/default')({ component: Defaults });
