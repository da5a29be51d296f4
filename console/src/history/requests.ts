// A way back as requests, so that what it opens and closes can be asked before it is gone. What
// really takes it back is the server's own restore, which knows every property.

import type { GraphRequest } from '../api/client';
import { BLOCKS } from '../cross-tenant/data/model';
import type { Difference } from './data';

const ROOT = '/policies/crossTenantAccessPolicy';
const WRITABLE = new Set<string>([
  ...BLOCKS,
  'inboundTrust',
  'automaticUserConsentSettings',
  'displayName',
  'allowedCloudEndpoints',
]);

/** `differences` lead from what is now to what it shall be. */
export function requestsBack(differences: readonly Difference[]): GraphRequest[] {
  const parts = new Map<string, Difference[]>();
  for (const one of differences) parts.set(one.part, [...(parts.get(one.part) ?? []), one]);
  return [...parts].flatMap(([part, found]) => ofPart(part, found));
}

function ofPart(part: string, found: readonly Difference[]): GraphRequest[] {
  const id = part.startsWith('partners/') ? part.slice('partners/'.length) : undefined;
  const url = part === 'policy' ? ROOT : `${ROOT}/${part}`;
  const entry = found.find(({ property }) => id !== undefined && property === 'tenantId');
  if (entry && entry.after === null) return [{ method: 'DELETE', url }];
  const written = found.filter(({ property, after }) => WRITABLE.has(property) && (!entry || after !== null));
  const body = Object.fromEntries(written.map(({ property, after }) => [property, after]));
  if (entry) return [{ method: 'POST', url: `${ROOT}/partners`, body: { tenantId: id, ...body } }];
  return written.length > 0 ? [{ method: 'PATCH', url, body }] : [];
}
