import { createFileRoute } from '@tanstack/react-router';
import { Clouds } from '../cross-tenant/clouds/Clouds';

export const Route = createFileRoute('/_in/cross-tenant-access/clouds')({ component: Clouds });
