// What a draft would do, as the server tells it: which answers become others, who is hit, and what
// deserves a second look. Nothing of it is worked out here.

import { queryOptions } from '@tanstack/react-query';
import { ask, askForLines, type GraphRequest } from '../api/client';

export interface Population {
  everyoneElse: boolean;
  tenantIds: string[];
}

export interface Difference {
  equal: boolean;
  regions: { turn: 'opens' | 'closes'; section: string; partners: Population; sentence: string }[];
  switches: { turn: 'on' | 'off'; switch: string; partners: Population; sentence: string }[];
  redemptionOrder: { before: unknown; after: unknown } | null;
  partnersAdded: string[];
  partnersRemoved: string[];
  cloudsEnabled: string[];
  cloudsDisabled: string[];
}

export type Impact = 'closes' | 'stepsUp' | 'opens' | 'eases';
export const IMPACTS: readonly Impact[] = ['closes', 'stepsUp', 'opens', 'eases'];

/** A block for the entry of an organization with which nobody of a group is hit. */
export interface Keep {
  tenantId: string;
  section: string;
  value: unknown;
  sentence: string;
}

export interface Hit {
  impact: Impact;
  certain: boolean;
  direction: 'inbound' | 'outbound';
  tenantId: string;
  tenantName: string;
  sentence: string;
  because: string | null;
  dependsOn: { sentence: string } | null;
  count: number;
  succeeded: number;
  first: string | null;
  last: string | null;
  userCount: number;
  users: {
    userPrincipalName: string | null;
    userId: string | null;
    userDisplayName: string | null;
    count: number;
  }[];
  applicationCount: number;
  applications: { resourceId: string; resourceDisplayName: string | null; count: number }[];
  keep: Keep | null;
}

export interface Preview {
  complete: boolean;
  signIns: number;
  unchanged: number;
  certain: Record<Impact, number>;
  conditional: Record<Impact, number>;
  groups: Hit[];
  notJudged: { reason: string; count: number; sentence: string }[];
  coverage: {
    cells: number;
    seen: number;
    partnersChanged: string[];
    partnersWithoutSignIns: string[];
    first: string | null;
    last: string | null;
  };
}

export type Severity = 'error' | 'warning' | 'note';

export interface Finding {
  check: string;
  severity: Severity;
  clauses: string[];
  source: {
    configuration: 'default' | 'partner';
    partner: string | null;
    displayName: string | null;
    setting: string | null;
    origin: string;
  };
  reason: string;
  fix: string;
  isNew: boolean;
}

export interface Lint {
  findings: Finding[];
  settled: Finding[];
  notChecked: { check: string; missing: string }[];
}

export const DAYS = 30;

type Requests = readonly GraphRequest[];
/** Settings may be changed by others at any time, so nothing of a draft is kept for long. */
const FRESH = { staleTime: 30_000, gcTime: 60_000, refetchOnWindowFocus: false };

export const difference = (requests: Requests) =>
  queryOptions({
    queryKey: ['draft', 'difference', requests],
    ...FRESH,
    queryFn: ({ signal }) => ask<Difference>('POST', '/comity/v1/difference', { body: { requests }, signal }),
  });

/** What the newest days say comes first, then the whole. */
export const preview = (requests: Requests) =>
  queryOptions({
    queryKey: ['draft', 'preview', requests],
    ...FRESH,
    queryFn: async ({ signal, client, queryKey }) => {
      let latest: Preview | undefined;
      for await (const told of askForLines<Preview>('/comity/v1/preview', {
        body: { requests, days: DAYS },
        signal,
      })) {
        latest = told;
        if (!told.complete) client.setQueryData(queryKey, told);
      }
      if (!latest?.complete) throw new TypeError('the answer has broken off');
      return latest;
    },
  });

export const lint = (requests: Requests) =>
  queryOptions({
    queryKey: ['draft', 'lint', requests],
    ...FRESH,
    queryFn: ({ signal }) => ask<Lint>('POST', '/comity/v1/lint', { body: { requests }, signal }),
  });
