import { words } from '../../words';

export const texts = words('organizations', {
  list: 'Organizations with settings of their own',
  search: 'Search by name, domain or tenant id',
  add: 'Add organization',
  name: 'Name',
  tenant: 'Tenant ID',
  inbound: 'Inbound access',
  outbound: 'Outbound access',
  restrictions: 'Tenant restrictions',
  inherited: 'Inherited from default',
  configured: 'Configured',
  unnamed: 'Unnamed organization',
  emptyTitle: 'No organization has settings of its own',
  empty: 'Everybody is treated as the default settings say, until you add an organization.',
  of: (what: string, name: string, state: string) => `${what} of ${name}: ${state}`,
});
