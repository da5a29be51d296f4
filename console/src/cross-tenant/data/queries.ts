// What the settings screens read, and under which names it is kept.

import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { answered, api, type Schemas, withTag } from '../../api/client';
import type { Defaults, Entry } from './model';

export type PartnerName = Schemas['partnerNames']['partners'][number];

/** Everything here is about the tenant of whoever is signed in. */
const SETTINGS = 'settings';

/** Every organization in one line. */
export const partnerNames = (tenant: string) =>
  queryOptions({
    queryKey: [SETTINGS, 'partners', tenant],
    queryFn: async () => {
      const asked = api.GET('/comity/v1/tenants/{id}/partners', { params: { path: { id: tenant } } });
      return (await answered(asked)).partners;
    },
  });

/** The default configuration, with its ETag. */
export const defaults = queryOptions({
  queryKey: [SETTINGS, 'default'],
  queryFn: async () => {
    const { value, tag } = await withTag(api.GET('/v1.0/policies/crossTenantAccessPolicy/default'));
    return { value: value as unknown as Defaults, tag };
  },
});

/** The entry of one organization, with its ETag. */
export const entry = (id: string) =>
  queryOptions({
    queryKey: [SETTINGS, 'entry', id],
    queryFn: async () => {
      const { value, tag } = await withTag(
        api.GET('/v1.0/policies/crossTenantAccessPolicy/partners/{id}', {
          params: { path: { id }, query: { $expand: ['identitySynchronization'] } } as never,
        }),
      );
      return { value: value as unknown as Entry, tag };
    },
  });

/** The name and the clouds. */
export const policy = queryOptions({
  queryKey: [SETTINGS, 'policy'],
  queryFn: async () => withTag(api.GET('/v1.0/policies/crossTenantAccessPolicy')),
});

/** Who a tenant is. */
export const tenantById = (id: string) =>
  queryOptions({
    queryKey: ['tenants', 'id', id],
    staleTime: 300_000,
    queryFn: async () => {
      const tenantId = id;
      return answered(
        api.GET("/v1.0/tenantRelationships/findTenantInformationByTenantId(tenantId='{tenantId}')", {
          params: { path: { tenantId } },
        }),
      );
    },
  });

export const tenantByDomain = (domain: string) =>
  queryOptions({
    queryKey: ['tenants', 'domain', domain],
    staleTime: 300_000,
    queryFn: async () =>
      answered(
        api.GET("/v1.0/tenantRelationships/findTenantInformationByDomainName(domainName='{domainName}')", {
          params: { path: { domainName: domain } },
        }),
      ),
  });

/** Something was written: what is shown of the settings is asked for again. */
export const settingsMoved = (queries: QueryClient) => queries.invalidateQueries({ queryKey: [SETTINGS] });
