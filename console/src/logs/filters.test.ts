import { expect, test } from 'vitest';
import { auditFilter, auditViewIn, signInFilter, signInViewIn } from './filters';

const OWN = '0c000000-0000-4000-8000-000000000001';
const THEIRS = '0f000000-0000-4000-8000-000000000002';
const NOW = new Date('2026-11-22T10:00:00Z');
const KINDS = "signInEventTypes/any(t: t eq 'interactiveUser' or t eq 'nonInteractiveUser')";

test('without filters it is what crossed in the last 30 days, in either direction', () => {
  expect(signInFilter(signInViewIn({}), OWN, NOW)).toBe(
    `createdDateTime ge 2026-10-23T00:00:00Z and (homeTenantId ne '${OWN}' or resourceTenantId ne '${OWN}') and ${KINDS}`,
  );
});

test('each filter of the address is one of the question', () => {
  const view = signInViewIn({
    days: 7,
    direction: 'outbound',
    tenant: THEIRS,
    name: "o'neil",
    code: 0,
    access: 'b2bCollaboration',
  });
  expect(signInFilter(view, OWN, NOW)).toBe(
    `createdDateTime ge 2026-11-15T00:00:00Z and resourceTenantId ne '${OWN}' and (homeTenantId eq '${THEIRS}' or resourceTenantId eq '${THEIRS}') and startswith(userPrincipalName,'o''neil') and status/errorCode eq 0 and crossTenantAccessType eq 'b2bCollaboration' and ${KINDS}`,
  );
});

test('what cannot be read from an address is left out', () => {
  expect(signInViewIn({ tenant: "x' or 1 eq 1", code: 'many', days: 3, access: 'magic' })).toEqual(
    signInViewIn({}),
  );
});

test('changes of cross-tenant access are of two categories', () => {
  expect(auditFilter(auditViewIn({ preset: 'access', category: 'UserManagement' }), NOW)).toBe(
    "activityDateTime ge 2026-10-23T00:00:00Z and (category eq 'CrossTenantAccessSettings' or category eq 'CrossTenantIdentitySyncSettings')",
  );
  expect(auditFilter(auditViewIn({ category: "a'b", target: THEIRS }), NOW)).toBe(
    `activityDateTime ge 2026-10-23T00:00:00Z and category eq 'a''b' and targetResources/any(t: t/id eq '${THEIRS}')`,
  );
});
