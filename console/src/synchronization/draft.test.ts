// A job, as it is edited, and back.

import { expect, test } from 'vitest';
import type { Job } from './data';
import { bodyOf, draftOf, EMPTY, missing } from './draft';

const TARGET = '0c000000-0000-4000-8000-000000000001';

test('what is written is read back as it was, with the conditions of its scope', () => {
  const draft = { ...EMPTY, displayName: 'People', target: TARGET, groups: ['g'], threshold: '' };
  const filter = [{ attribute: 'country', operator: 'equals', value: 'SE' }] as const;
  const before = { scope: { filter }, targetTenantId: TARGET } as unknown as Job;
  const body = bodyOf(draft, before);
  expect(body.scope?.filter).toEqual(filter);
  expect(body).not.toHaveProperty('targetTenantId');
  expect(draftOf({ ...body, targetTenantId: TARGET } as Job)).toEqual(draft);
});

test('what is missing is named', () => {
  expect(missing({ ...EMPTY, target: TARGET, all: true })).toEqual([]);
  expect(missing({ ...EMPTY, target: 'contoso.com', threshold: '-1', interval: '0' })).toEqual([
    'target',
    'scope',
    'threshold',
    'interval',
  ]);
});
