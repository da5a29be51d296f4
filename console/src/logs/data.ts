// The rows of the logs, as Graph has them, page by page.

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { ask } from '../api/client';
import { type AuditView, auditFilter, quoted, type SignInView, signInFilter } from './filters';

export interface SignIn {
  id: string;
  createdDateTime: string;
  homeTenantId: string | null;
  homeTenantName: string | null;
  resourceTenantId: string | null;
  crossTenantAccessType: string | null;
  userId: string | null;
  userType: string | null;
  userDisplayName: string | null;
  userPrincipalName: string | null;
  appId: string | null;
  appDisplayName: string | null;
  resourceId: string | null;
  resourceDisplayName: string | null;
  status: { errorCode: number; failureReason: string | null } | null;
  isInteractive: boolean | null;
  ipAddress: string | null;
  clientAppUsed: string | null;
  userAgent: string | null;
  correlationId: string | null;
  conditionalAccessStatus: string | null;
  appliedConditionalAccessPolicies:
    | { id: string; displayName: string | null; result: string | null }[]
    | null;
  authenticationRequirement: string | null;
  tokenIssuerType: string | null;
  isTenantRestricted: boolean | null;
  deviceDetail: Record<string, unknown> | null;
  location: Record<string, unknown> | null;
}

export interface AuditEntry {
  id: string;
  category: string;
  correlationId: string;
  result: string;
  resultReason: string;
  activityDisplayName: string;
  activityDateTime: string;
  loggedByService: string;
  operationType: string;
  initiatedBy: {
    user: {
      id: string | null;
      displayName: string | null;
      userPrincipalName: string | null;
      ipAddress: string | null;
    } | null;
    app: { appId: string | null; displayName: string | null } | null;
  };
  targetResources: {
    id: string | null;
    displayName: string | null;
    type: string | null;
    userPrincipalName: string | null;
    modifiedProperties: { displayName: string; oldValue: string | null; newValue: string | null }[];
  }[];
  additionalDetails: { key: string; value: string }[];
}

interface Page<Row> {
  value: Row[];
  '@odata.nextLink'?: string;
}

const SIGN_INS = '/beta/auditLogs/signIns';
const AUDITS = '/v1.0/auditLogs/directoryAudits';
const SIZE = 200;

function pages<Row>(key: string, view: object, address: string, filter: () => string) {
  return infiniteQueryOptions({
    queryKey: [key, view],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }): Promise<Page<Row>> =>
      pageParam
        ? ask<Page<Row>>('GET', pageParam, { signal })
        : ask<Page<Row>>('GET', address, { query: { $filter: filter(), $top: SIZE }, signal }),
    // The link names the server by its public address, which is where the console was loaded from.
    getNextPageParam: (page) => {
      const next = page['@odata.nextLink'];
      if (!next) return undefined;
      const { pathname, search } = new URL(next);
      return pathname + search;
    },
  });
}

/** What of the address is asked of the server, and not looked for in the rows. */
function asked<View extends object>(view: View): Partial<View> {
  const {
    q: _q,
    sort: _sort,
    desc: _desc,
    page: _page,
    row: _row,
    ...rest
  } = view as View & Record<string, unknown>;
  return rest as Partial<View>;
}

export const signIns = (view: SignInView, own: string) =>
  pages<SignIn>('signIns', asked(view), SIGN_INS, () => signInFilter(view, own, new Date()));

export const audits = (view: AuditView) =>
  pages<AuditEntry>('audits', asked(view), AUDITS, () => auditFilter(view, new Date()));

/** One row by its id, wherever it is in the log. */
const one = <Row extends { id: string }>(key: string, address: string, id: string | undefined, more = '') =>
  queryOptions({
    queryKey: [key, 'row', id],
    enabled: id !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }): Promise<Row | null> => {
      const query = { $filter: `id eq ${quoted(id ?? '')}${more}` };
      return (await ask<Page<Row>>('GET', address, { query, signal })).value[0] ?? null;
    },
  });

const KINDS = " and signInEventTypes/any(t: t eq 'interactiveUser' or t eq 'nonInteractiveUser')";

export const signIn = (id: string | undefined) => one<SignIn>('signIns', SIGN_INS, id, KINDS);
export const audit = (id: string | undefined) => one<AuditEntry>('audits', AUDITS, id);

/** A value as the audit log keeps it: a text of JSON, read so that a person can. */
export function readable(value: string | null | undefined): string {
  if (value === null || value === undefined || value === '') return '';
  try {
    const read: unknown = JSON.parse(value);
    return typeof read === 'string' ? read : JSON.stringify(read, null, 2);
  } catch {
    return value;
  }
}
