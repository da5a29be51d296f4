// Who crossed, as the server counts it, and which of it one looks at, as it stands in the address.

import { queryOptions } from '@tanstack/react-query';
import { ask } from '../api/client';
import { isGuid } from '../cross-tenant/data/model';
import { type ListState, listState, oneWord } from '../pieces/listState';
import { texts } from './words';

export interface Tally {
  inbound: number;
  outbound: number;
  failed: number;
  users: number;
  applications: number;
  last: string | null;
}

export interface Activity {
  from: string | null;
  total: Tally;
  days: (Tally & { date: string })[];
  tenants: (Tally & { tenantId: string; displayName: string | null })[];
  applications: (Tally & { applicationId: string | null; displayName: string | null })[];
  users: (Tally & { userId: string | null; userPrincipalName: string | null })[];
  outcomes: { errorCode: number; signIns: number; reasons: string[] }[];
  unusedPartners: { tenantId: string; displayName: string | null }[];
}

export const RANGES = [1, 7, 14, 30, 60, 90] as const;
export const USUAL = 30;
export const TABLES = ['tenants', 'applications', 'users', 'outcomes', 'days', 'blocked', 'unused'] as const;
export type TableName = (typeof TABLES)[number];

export interface View extends ListState {
  days?: number;
  direction?: 'inbound' | 'outbound';
  tenant?: string;
  application?: string;
  user?: string;
  status?: 'success' | 'failure';
  /** The table that is shown; tenants unless it says otherwise. */
  table?: TableName;
}

const id = (value: unknown): string | undefined =>
  typeof value === 'string' && isGuid(value) ? value.toLowerCase() : undefined;

export function viewIn(search: Record<string, unknown>): View {
  return {
    ...listState(search),
    days: RANGES.find((days) => days === search.days && days !== USUAL),
    direction: oneWord(search.direction, ['inbound', 'outbound']),
    tenant: id(search.tenant),
    application: id(search.application),
    user: id(search.user),
    status: oneWord(search.status, ['success', 'failure']),
    table: oneWord(search.table, TABLES),
  };
}

export const activity = (view: View) => {
  const query = {
    days: view.days ?? USUAL,
    direction: view.direction,
    tenantId: view.tenant,
    applicationId: view.application,
    userId: view.user,
    status: view.status,
  };
  return queryOptions({
    queryKey: ['activity', query],
    queryFn: ({ signal }) => ask<Activity>('GET', '/comity/v1/activity', { query, signal }),
  });
};

/** The log of sign-ins, as far as it goes for a line of a table. */
export function rowsOf(view: View, more: Record<string, string | number | undefined> = {}): string {
  const search = new URLSearchParams();
  const wanted = {
    days: view.days,
    direction: view.direction,
    tenant: view.tenant,
    application: view.application,
    user: view.user,
    status: view.status,
    ...more,
  };
  for (const [name, value] of Object.entries(wanted)) {
    if (value !== undefined) search.set(name, String(value));
  }
  const words = search.toString();
  return `/logs/sign-ins${words ? `?${words}` : ''}`;
}

/** Why it failed; where several reasons have the same code, all of them. */
export function reasonOf({ errorCode, reasons }: { errorCode: number; reasons: string[] }): string {
  if (errorCode === 0) return texts.succeeded;
  return reasons.length > 0 ? reasons.map(texts.reason).join(', ') : texts.otherOutcome(errorCode);
}
