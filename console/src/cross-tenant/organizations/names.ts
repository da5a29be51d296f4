// What an organization is called.

import type { PartnerName } from '../data/queries';
import { texts } from './words';

/** The Microsoft accounts of people, which are nobody's organization. */
const MICROSOFT_ACCOUNTS = '9188040d-6c67-4c5b-b112-36a304b66dad';

export const nameOf = (row: Pick<PartnerName, 'displayName' | 'tenantId'>): string =>
  row.displayName ?? (row.tenantId === MICROSOFT_ACCOUNTS ? texts.microsoft : texts.unnamed);
