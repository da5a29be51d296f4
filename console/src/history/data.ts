// What the settings were, and taking them back.

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { ask } from '../api/client';

export interface Change {
  activity: string;
  part: string | null;
  property: string;
  before: unknown;
  after: unknown;
}

export interface Revision {
  revision: string;
  time: string | null;
  author: { kind: 'user' | 'application' | 'operator' | 'system'; id: string | null; name: string | null };
  address: string | null;
  channel: string | null;
  reason: string | null;
  parts: string[];
  changes: Change[];
}

export interface Difference {
  part: string;
  property: string;
  before: unknown;
  after: unknown;
}

export interface View {
  /** `default`, `policy`, or `partners/` and an id. */
  part?: string;
  /** The revisions that are compared. */
  from?: string;
  to?: string;
}

const PART = /^(default|policy|partners\/[0-9a-f-]{36})$/i;
const POINT = /^(\d{1,12}|now)$/;
const point = (value: unknown): string | undefined => (POINT.test(String(value)) ? String(value) : undefined);

export const viewIn = (search: Record<string, unknown>): View => ({
  part: typeof search.part === 'string' && PART.test(search.part) ? search.part.toLowerCase() : undefined,
  from: point(search.from),
  to: point(search.to),
});

const address = (tenant: string, what: string) => `/comity/v1/tenants/${tenant}/${what}`;

export const revisions = (tenant: string, part: string | undefined, top = 20) =>
  infiniteQueryOptions({
    queryKey: ['settings', 'history', tenant, part, top],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      ask<{ revisions: Revision[]; before: string | null }>('GET', address(tenant, 'history'), {
        query: { part, top, before: pageParam },
        signal,
      }),
    getNextPageParam: ({ before }) => before ?? undefined,
  });

export const comparison = (tenant: string, from: string | undefined, to: string | undefined) =>
  queryOptions({
    queryKey: ['settings', 'compare', tenant, from, to],
    enabled: from !== undefined,
    queryFn: ({ signal }) =>
      ask<{ from: string; to: string; differences: Difference[] }>('GET', address(tenant, 'compare'), {
        query: { from, to: to ?? 'now' },
        signal,
      }),
  });

export interface Restore {
  to: string;
  part?: string;
  property?: string;
}

export const restore = (tenant: string, wanted: Restore, reason: string) =>
  ask<{ revision?: string | null }>('POST', address(tenant, 'restore'), {
    body: { ...wanted, ...(reason.trim() ? { reason: reason.trim() } : {}) },
  });

/** A value as it reads best in a table. */
export function said(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1);
}
