import { createFileRoute } from '@tanstack/react-router';
import { CrossTenantAccess } from '../cross-tenant/CrossTenantAccess';
import { texts } from '../cross-tenant/words';

export const Route = createFileRoute('/_in/cross-tenant-access')({
  staticData: { place: { label: texts.title, group: 'access', order: 20, icon: 'access' } },
  component: CrossTenantAccess,
});
