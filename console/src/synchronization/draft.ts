// A job as the form edits it, and what has to be entered.

import { isGuid } from '../cross-tenant/data/model';
import type { Job } from './data';

export interface Draft {
  displayName: string;
  target: string;
  all: boolean;
  users: string[];
  groups: string[];
  userType: 'Member' | 'Guest';
  deletes: boolean;
  threshold: string;
  interval: string;
  enabled: boolean;
}

export const EMPTY: Draft = {
  displayName: '',
  target: '',
  all: false,
  users: [],
  groups: [],
  userType: 'Member',
  deletes: true,
  threshold: '500',
  interval: '40',
  enabled: true,
};

export const draftOf = (job: Job): Draft => ({
  displayName: job.displayName ?? '',
  target: job.targetTenantId ?? '',
  all: job.scope?.all === true,
  users: job.scope?.users ?? [],
  groups: job.scope?.groups ?? [],
  userType: job.userTypeMapping ?? 'Member',
  deletes: job.targetObjectDelete !== false,
  threshold: job.accidentalDeletionThreshold == null ? '' : String(job.accidentalDeletionThreshold),
  interval: String(job.schedule?.intervalMinutes ?? 40),
  enabled: job.schedule?.enabled !== false,
});

export type Missing = 'target' | 'scope' | 'threshold' | 'interval';

const isWhole = (text: string, from: number, to: number) =>
  /^\d{1,9}$/.test(text) && Number(text) >= from && Number(text) <= to;

export function missing(draft: Draft): Missing[] {
  const found: Missing[] = [];
  if (!isGuid(draft.target.trim())) found.push('target');
  if (!draft.all && draft.users.length + draft.groups.length === 0) found.push('scope');
  if (draft.threshold.trim() !== '' && !isWhole(draft.threshold.trim(), 0, 1_000_000))
    found.push('threshold');
  if (!isWhole(draft.interval.trim(), 1, 10_080)) found.push('interval');
  return found;
}

/** What makes the job, or changes it; conditions of its scope stay. */
export function bodyOf(draft: Draft, before: Job | undefined) {
  const filter = before?.scope?.filter ?? [];
  return {
    displayName: draft.displayName.trim() || null,
    scope: {
      all: draft.all,
      users: draft.all ? [] : draft.users,
      groups: draft.all ? [] : draft.groups,
      filter,
    },
    userTypeMapping: draft.userType,
    targetObjectDelete: draft.deletes,
    accidentalDeletionThreshold: draft.threshold.trim() === '' ? null : Number(draft.threshold.trim()),
    schedule: { enabled: draft.enabled, intervalMinutes: Number(draft.interval.trim()) },
  };
}
