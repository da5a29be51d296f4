// Which organizations are shown.

import type { PartnerName } from '../data/queries';

export const FILTERS = [
  'all',
  'configured',
  'inherited',
  'inbound',
  'outbound',
  'restrictions',
  'special',
] as const;
export type Filter = (typeof FILTERS)[number];

export function passes(filter: Filter | undefined, row: PartnerName): boolean {
  const any = row.inboundConfigured || row.outboundConfigured || row.tenantRestrictionsConfigured;
  switch (filter) {
    case 'configured':
      return any;
    case 'inherited':
      return !any;
    case 'inbound':
      return row.inboundConfigured;
    case 'outbound':
      return row.outboundConfigured;
    case 'restrictions':
      return row.tenantRestrictionsConfigured;
    case 'special':
      return row.isServiceProvider || row.isInMultiTenantOrganization || row.hasSynchronization;
    default:
      return true;
  }
}
