// The list of domains, as it is read and written.

import { expect, test } from 'vitest';
import { pastedDomains, readList, sameList, withList } from './domains';

const BLOCKS =
  '{"B2BManagementPolicy":{"PreviewPolicy":{"Features":["OneTimePasscode"]},"InvitationsAllowedAndBlockedDomainsPolicy":{"BlockedDomains":["wingtiptoys.com"]}}}';

test('a list is read for what it does', () => {
  expect(readList(BLOCKS)).toEqual({ kind: 'blocked', domains: ['wingtiptoys.com'] });
  expect(readList(undefined)).toEqual({ kind: 'any', domains: [] });
  expect(readList('no json')).toEqual({ kind: 'any', domains: [] });
  expect(
    readList('{"B2BManagementPolicy":{"InvitationsAllowedAndBlockedDomainsPolicy":{"AllowedDomains":[]}}}'),
  ).toEqual({
    kind: 'any',
    domains: [],
  });
});

test('another list leaves the rest of the definition as it was', () => {
  const written = withList(BLOCKS, { kind: 'allowed', domains: ['fabrikam.com'] });
  expect(readList(written)).toEqual({ kind: 'allowed', domains: ['fabrikam.com'] });
  expect(JSON.parse(written).B2BManagementPolicy.PreviewPolicy).toEqual({ Features: ['OneTimePasscode'] });
  expect(readList(withList(written, { kind: 'any', domains: ['left.example'] })).kind).toBe('any');
});

test('of what is pasted the domains are taken, and the rest is named', () => {
  expect(pastedDomains('Fabrikam.com, fred@northwind.example;\nhttps://adatum.com/ <script> ..')).toEqual({
    domains: ['fabrikam.com', 'northwind.example', 'adatum.com'],
    others: ['<script>'],
  });
  expect(pastedDomains('localhost a..b -x.com')).toEqual({
    domains: [],
    others: ['localhost', 'a..b', '-x.com'],
  });
});

test('the order of domains is no difference', () => {
  const list = (...domains: string[]) => ({ kind: 'blocked', domains }) as const;
  expect(sameList(list('a.com', 'b.com'), list('b.com', 'a.com'))).toBe(true);
  expect(sameList(list('a.com'), list('b.com'))).toBe(false);
  expect(sameList({ kind: 'any', domains: ['a.com'] }, { kind: 'any', domains: [] })).toBe(true);
});
