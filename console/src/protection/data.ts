// What the screens of protection read, and under which names it is kept.

import { queryOptions } from '@tanstack/react-query';
import { askAll, askWithTag } from '../api/ask';
import type { Schemas } from '../api/client';

export type Policy = Schemas['conditionalAccessPolicy'];
export type Context = Schemas['authenticationContextClassReference'];
export type Role = Schemas['unifiedRoleDefinition'];
export type Action = Schemas['unifiedRbacResourceAction'];
export type Assignment = Schemas['unifiedRoleAssignment'];

export const policiesKey = ['protection', 'policies'] as const;
export const contextsKey = ['protection', 'contexts'] as const;
export const rolesKey = ['protection', 'roles'] as const;
export const actionsKey = ['protection', 'actions'] as const;

const POLICIES = '/identity/conditionalAccess/policies';
const CONTEXTS = '/identity/conditionalAccess/authenticationContextClassReferences';
export const ACTIONS = '/roleManagement/directory/resourceNamespaces/microsoft.directory/resourceActions';

export const policies = queryOptions({
  queryKey: [...policiesKey, 'list'],
  queryFn: () => askAll<Policy>(`/v1.0${POLICIES}`),
});

export const policy = (id: string) =>
  queryOptions({
    queryKey: [...policiesKey, 'one', id],
    queryFn: () => askWithTag<Policy>(`/v1.0${POLICIES}/${encodeURIComponent(id)}`),
  });

export const contexts = queryOptions({
  queryKey: contextsKey,
  queryFn: () => askAll<Context>(`/v1.0${CONTEXTS}`),
});

export const roles = queryOptions({
  queryKey: [...rolesKey, 'definitions'],
  queryFn: () => askAll<Role>('/v1.0/roleManagement/directory/roleDefinitions'),
});

export const assignments = queryOptions({
  queryKey: [...rolesKey, 'assignments'],
  queryFn: () => askAll<Assignment>('/v1.0/roleManagement/directory/roleAssignments?$expand=principal'),
});

export const actions = queryOptions({
  queryKey: actionsKey,
  queryFn: () =>
    askAll<Action>(
      `/v1.0${ACTIONS}?$select=id,name,actionVerb,description,isAuthenticationContextSettable,authenticationContextId`,
    ),
});
