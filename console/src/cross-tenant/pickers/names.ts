// What the ids in a list stand for, as far as anybody here knows.

import { queryOptions, useQuery } from '@tanstack/react-query';
import { answered, api } from '../../api/client';
import { asProblem } from '../../api/problem';
import { microsoftName } from '../data/microsoft';
import { isGuid, type Target } from '../data/model';

/** Where the ids of a half are from: the own directory, the own applications, or the other side. */
export type Source = 'ownPeople' | 'otherPeople' | 'ownApplications' | 'otherApplications';

/** A name, or `null` where nobody knows one. */
const nameOf = (source: Source, target: Target) =>
  queryOptions({
    queryKey: ['names', source, target.targetType, target.target.toLowerCase()],
    staleTime: 300_000,
    retry: false,
    enabled: source === 'ownPeople' || source === 'ownApplications',
    queryFn: async (): Promise<string | null> => {
      const known = microsoftName(target.target);
      if (known) return known;
      if (!isGuid(target.target)) return null;
      try {
        return (await asked(target)) ?? null;
      } catch (thrown) {
        if (asProblem(thrown).status === 404 || asProblem(thrown).status === 403) return null;
        throw thrown;
      }
    },
  });

async function asked({ target, targetType }: Target): Promise<string | null | undefined> {
  const params = { path: { id: target }, query: { $select: ['displayName'] } } as never;
  switch (targetType) {
    case 'user':
      return (await answered(api.GET('/v1.0/users/{id}', { params }))).displayName;
    case 'group':
      return (await answered(api.GET('/v1.0/groups/{id}', { params }))).displayName;
    default: {
      const params = { path: { appId: target } };
      return (await answered(api.GET("/v1.0/servicePrincipals(appId='{appId}')", { params }))).displayName;
    }
  }
}

/** The name of a target; `undefined` while it is looked up. */
export function useName(source: Source, target: Target): string | null | undefined {
  const known = microsoftName(target.target);
  const { data, isError } = useQuery({ ...nameOf(source, target), ...(known ? { enabled: false } : {}) });
  if (known) return known;
  if (isError || source === 'otherPeople' || source === 'otherApplications') return data ?? null;
  return data;
}
