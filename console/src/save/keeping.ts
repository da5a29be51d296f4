// Those who would be hit are kept by a setting for their organization. It becomes part of the draft,
// and is saved before the rest, so that nobody is shut out in between.

import type { GraphRequest } from '../api/client';
import type { Keep } from './consequences';

const ROOT = '/policies/crossTenantAccessPolicy';
const entryOf = (tenant: string) => `${ROOT}/partners/${tenant}`;
const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

/** The draft with them in it. `known` are the organizations that have an entry. */
export function withKept(
  requests: readonly GraphRequest[],
  kept: readonly Keep[],
  known: readonly string[],
): GraphRequest[] {
  const before: GraphRequest[] = [];
  const all = requests.map((request) => ({ ...request }));
  for (const { tenantId, section, value } of kept) {
    const own = [...all, ...before].find(
      ({ method, url, body }) =>
        (method === 'PATCH' && same(url, entryOf(tenantId))) ||
        (method === 'POST' && (body as { tenantId?: string } | undefined)?.tenantId === tenantId),
    );
    if (own) own.body = { ...(own.body as object), [section]: value };
    else if (known.some((id) => same(id, tenantId)))
      before.push({ method: 'PATCH', url: entryOf(tenantId), body: { [section]: value } });
    else before.push({ method: 'POST', url: `${ROOT}/partners`, body: { tenantId, [section]: value } });
  }
  return [...before, ...all];
}
