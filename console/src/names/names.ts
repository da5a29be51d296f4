// What the ids in sentences stand for, as far as the organization itself knows.

import { queryOptions, useQuery } from '@tanstack/react-query';
import { ask } from '../api/client';
import { MICROSOFT } from '../cross-tenant/data/microsoft';
import { useMe } from '../session/session';

interface Page<T> {
  value: T[];
}

/** Somebody who may not read one of the lists still gets the others. */
const orNothing = <T>(asked: Promise<Page<T>>): Promise<Page<T>> => asked.catch(() => ({ value: [] }));

export interface Named {
  id: string;
  name: string;
}

const byName = (one: Named, other: Named) => one.name.localeCompare(other.name, 'en');

/** The applications that have a service principal here, and one's own. */
export const applications = queryOptions({
  queryKey: ['names', 'applications'],
  staleTime: 60_000,
  queryFn: async (): Promise<Named[]> => {
    const query = { $top: 999, $select: 'appId,displayName' };
    type Row = { appId?: string; displayName?: string };
    const [principals, own] = await Promise.all([
      orNothing(ask<Page<Row>>('GET', '/v1.0/servicePrincipals', { query })),
      orNothing(ask<Page<Row>>('GET', '/v1.0/applications', { query })),
    ]);
    const found = new Map<string, Named>();
    for (const { appId, displayName } of [...principals.value, ...own.value]) {
      if (appId) found.set(appId.toLowerCase(), { id: appId.toLowerCase(), name: displayName ?? appId });
    }
    return [...found.values()].sort(byName);
  },
});

export const groups = queryOptions({
  queryKey: ['names', 'groups'],
  staleTime: 60_000,
  queryFn: async (): Promise<Named[]> => {
    const query = { $top: 999, $select: 'id,displayName' };
    type Row = { id: string; displayName?: string };
    const page = await orNothing(ask<Page<Row>>('GET', '/v1.0/groups', { query }));
    return page.value.map(({ id, displayName }) => ({ id: id.toLowerCase(), name: displayName ?? id }));
  },
});

export interface Organization {
  tenantId: string;
  displayName: string | null;
  defaultDomainName?: string | null;
}

/** The organizations with settings of their own. */
export const organizations = (tenant: string) =>
  queryOptions({
    queryKey: ['names', 'organizations', tenant],
    staleTime: 60_000,
    queryFn: async (): Promise<Organization[]> =>
      (await ask<{ partners?: Organization[] }>('GET', `/comity/v1/tenants/${tenant}/partners`)).partners ??
      [],
  });

export type Names = ReadonlyMap<string, string>;

/** Every name there is, by id. */
export function useNames(): Names {
  const me = useMe();
  const lists = [useQuery(applications), useQuery(groups)].flatMap(({ data }) => data ?? []);
  const others = useQuery(organizations(me.tenant.id)).data ?? [];
  const found = new Map([...MICROSOFT, ...lists].map(({ id, name }) => [id.toLowerCase(), name]));
  found.set(me.tenant.id.toLowerCase(), me.tenant.displayName ?? me.tenant.id);
  for (const { tenantId, displayName } of others) {
    if (displayName) found.set(tenantId.toLowerCase(), displayName);
  }
  return found;
}

const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

/** A sentence in which ids that have a name are called by it. */
export const withNames = (sentence: string, names: Names): string =>
  sentence.replace(GUID, (id) => names.get(id.toLowerCase()) ?? id);
