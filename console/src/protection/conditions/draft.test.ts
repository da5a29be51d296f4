// A policy, as it is edited, and back.

import { expect, test } from 'vitest';
import type { Policy } from '../data';
import { bodyOf, draftOf, EMPTY, KEPT, locksOut, missing, TYPES } from './draft';

/** As the server answers it. */
const asRead = (body: object): Policy => ({ id: 'x', ...body }) as Policy;

test('what is written is read back as it was', () => {
  const drafts = [
    EMPTY,
    { ...EMPTY, displayName: 'N', everyone: true, types: [], block: true, controls: [], exceptGroups: ['g'] },
    { ...EMPTY, displayName: 'T', allTenants: false, tenants: ['t1', 't2'] },
    { ...EMPTY, target: 'contexts' as const, contexts: ['c1'], allApplications: false },
    { ...EMPTY, allApplications: false, applications: ['a'], groups: ['g'], operator: 'AND' as const },
    { ...EMPTY, controls: [], strength: '00000000-0000-0000-0000-000000000004', terms: ['t'] },
  ];
  for (const draft of drafts) expect(draftOf(asRead(bodyOf(draft)))).toEqual(draft);
});

test('the old word for guests means all kinds of them', () => {
  const read = draftOf(
    asRead({ state: 'enabled', conditions: { users: { includeUsers: ['GuestsOrExternalUsers'] } } }),
  );
  expect(read.types).toEqual([...TYPES]);
  expect(read.users).toEqual([]);
});

test('what the page cannot edit is kept', () => {
  const policy = asRead({
    state: 'enabled',
    conditions: {
      users: { includeUsers: ['0c000000-0000-4000-8000-00000000a001'] },
      applications: { includeUserActions: ['urn:user:registersecurityinfo'] },
    },
    grantControls: {
      operator: 'AND',
      builtInControls: ['mfa', 'approvedApplication'],
      authenticationStrength: { allowedCombinations: ['fido2'] },
    },
  });
  const draft = draftOf(policy);
  expect(draft.strength).toBe(KEPT);
  const body = bodyOf(draft);
  expect(body.grantControls).not.toHaveProperty('authenticationStrength');
  expect(body.grantControls.builtInControls).toEqual(['mfa', 'approvedApplication']);
  expect(body.conditions).not.toHaveProperty('applications');
  expect(body.conditions.users.includeUsers).toEqual(['0c000000-0000-4000-8000-00000000a001']);
});

test('what is missing is named', () => {
  expect(missing({ ...EMPTY, displayName: 'N' })).toEqual([]);
  expect(
    missing({
      ...EMPTY,
      displayName: ' ',
      types: [],
      target: 'contexts',
      controls: [],
    }),
  ).toEqual(['name', 'users', 'contexts', 'controls']);
  expect(missing({ ...EMPTY, displayName: 'N', allTenants: false, allApplications: false })).toEqual([
    'tenants',
    'applications',
  ]);
});

test('blocking everybody from everything is noticed before it is saved', () => {
  const all = { ...EMPTY, everyone: true, block: true, state: 'enabled' as const };
  expect(locksOut(all)).toBe(true);
  expect(locksOut({ ...all, exceptGroups: ['g'] })).toBe(false);
  expect(locksOut({ ...all, state: 'enabledForReportingButNotEnforced' })).toBe(false);
});
