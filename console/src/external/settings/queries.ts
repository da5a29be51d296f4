// What the settings are now.

import { queryOptions } from '@tanstack/react-query';
import { ask, askWithTag } from '../../api/ask';
import type { Schemas } from '../../api/client';

export type AuthorizationPolicy = Schemas['authorizationPolicy'];
export type DomainPolicy = Schemas['b2bManagementPolicy'];

/** Both are settings of the tenant: what one of them is written on is moved by the other. */
export const EXTERNAL = ['external'] as const;

export const authorizationPolicy = queryOptions({
  queryKey: [...EXTERNAL, 'authorization'],
  queryFn: () => askWithTag<AuthorizationPolicy>('/v1.0/policies/authorizationPolicy'),
});

export const domainPolicy = queryOptions({
  queryKey: [...EXTERNAL, 'domains'],
  queryFn: async () => {
    const { value } = await ask<{ value: DomainPolicy[] }>('/v1.0/policies/b2bManagementPolicies');
    return value[0] ?? null;
  },
});
