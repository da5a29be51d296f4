// What the screens of the directory read, and under which names it is kept.

import { queryOptions } from '@tanstack/react-query';
import { ask, askAll, askWithTag } from '../api/ask';
import type { Schemas } from '../api/client';

export type User = Schemas['user'];
export type DeletedUser = Schemas['deletedUser'];
export type Group = Schemas['group'];
export type Application = Schemas['application'];
export type ServicePrincipal = Schemas['servicePrincipal'];

/** A user or a group, where either may stand. */
export interface Member {
  '@odata.type': string;
  id: string;
  displayName?: string | null;
  userPrincipalName?: string | null;
  mail?: string | null;
  userType?: string | null;
}

const USER_LIST = [
  'id',
  'displayName',
  'mail',
  'userPrincipalName',
  'userType',
  'externalUserState',
  'externalUserStateChangeDateTime',
  'identities',
  'accountEnabled',
  'createdDateTime',
  'creationType',
];
const USER = [
  ...USER_LIST,
  'companyName',
  'department',
  'jobTitle',
  'otherMails',
  'onPremisesSyncEnabled',
  'signInSessionsValidFromDateTime',
];

export const usersKey = ['directory', 'users'] as const;
export const groupsKey = ['directory', 'groups'] as const;
export const applicationsKey = ['directory', 'applications'] as const;

export const users = queryOptions({
  queryKey: [...usersKey, 'list'],
  queryFn: () => askAll<User>(`/v1.0/users?$top=999&$select=${USER_LIST.join(',')}`),
});

export const user = (id: string) =>
  queryOptions({
    queryKey: [...usersKey, 'one', id],
    queryFn: () => ask<User>(`/v1.0/users/${encodeURIComponent(id)}?$select=${USER.join(',')}`),
  });

export const groupsOfUser = (id: string) =>
  queryOptions({
    queryKey: [...groupsKey, 'of', id],
    queryFn: () => askAll<Member>(`/v1.0/users/${encodeURIComponent(id)}/memberOf?$top=999`),
  });

export const deletedUsers = queryOptions({
  queryKey: [...usersKey, 'deleted'],
  queryFn: () => askAll<DeletedUser>('/v1.0/directory/deletedItems/microsoft.graph.user'),
});

export const groups = queryOptions({
  queryKey: [...groupsKey, 'list'],
  queryFn: () => askAll<Group>('/v1.0/groups?$top=999'),
});

export const group = (id: string) =>
  queryOptions({
    queryKey: [...groupsKey, 'one', id],
    queryFn: () => askWithTag<Group>(`/v1.0/groups/${encodeURIComponent(id)}`),
  });

export const members = (id: string) =>
  queryOptions({
    queryKey: [...groupsKey, 'members', id],
    queryFn: () => askAll<Member>(`/v1.0/groups/${encodeURIComponent(id)}/members?$top=999`),
  });

export const applications = queryOptions({
  queryKey: [...applicationsKey, 'list'],
  queryFn: () => askAll<Application>('/v1.0/applications?$top=999'),
});

export const servicePrincipals = queryOptions({
  queryKey: [...applicationsKey, 'principals'],
  queryFn: () => askAll<ServicePrincipal>('/v1.0/servicePrincipals?$top=999'),
});

/** Where somebody's account is kept, as far as the object says. */
export type Home = 'here' | 'organization' | 'personal' | 'passcode';

export function homeOf(user: User): { home: Home; name: string } {
  const issuers = (user.identities ?? []) as { signInType?: string; issuer?: string }[];
  const foreign = issuers.find(({ signInType }) => signInType !== 'userPrincipalName');
  const address = user.mail ?? '';
  const domain = address.slice(address.lastIndexOf('@') + 1);
  if (!foreign && user.userType !== 'Guest') return { home: 'here', name: '' };
  if (foreign?.issuer === 'mail') return { home: 'passcode', name: address };
  if (foreign?.issuer === 'ExternalAzureAD') return { home: 'organization', name: domain };
  return foreign ? { home: 'personal', name: address || (foreign.issuer ?? '') } : { home: 'here', name: '' };
}

/** What somebody is called; whoever has no name by their address. */
export const nameOf = (object: {
  displayName?: string | null;
  mail?: string | null;
  userPrincipalName?: string | null;
}): string => object.displayName || object.mail || object.userPrincipalName || '';
