import { expect, test } from 'vitest';
import { everybody, everything } from '../cross-tenant/data/model';
import type { Keep } from './consequences';
import { withKept } from './keeping';

const block = { usersAndGroups: everybody('allowed'), applications: everything('allowed') };
const shut = { usersAndGroups: everybody('blocked'), applications: everything('blocked') };
const ROOT = '/policies/crossTenantAccessPolicy';
const draft = { method: 'PATCH' as const, url: `${ROOT}/default`, body: { b2bCollaborationOutbound: shut } };
const keep = (tenantId: string, section = 'b2bCollaborationOutbound'): Keep => ({
  tenantId,
  section,
  value: block,
  sentence: '',
});

test('an organization that has an entry gets it changed, before the rest is saved', () => {
  expect(withKept([draft], [keep('f')], ['F'])).toEqual([
    { method: 'PATCH', url: `${ROOT}/partners/f`, body: { b2bCollaborationOutbound: block } },
    draft,
  ]);
});

test('an organization without one gets one, with everything that keeps its people', () => {
  expect(withKept([draft], [keep('w'), keep('w', 'b2bCollaborationInbound')], ['f'])).toEqual([
    {
      method: 'POST',
      url: `${ROOT}/partners`,
      body: { tenantId: 'w', b2bCollaborationOutbound: block, b2bCollaborationInbound: block },
    },
    draft,
  ]);
});

test('what the draft itself says of that organization is mended, and the draft left as it was', () => {
  const own = {
    method: 'PATCH' as const,
    url: `${ROOT}/partners/F`,
    body: { b2bCollaborationOutbound: shut },
  };
  expect(withKept([own], [keep('f')], ['f'])).toEqual([
    { ...own, body: { b2bCollaborationOutbound: block } },
  ]);
  expect(own.body.b2bCollaborationOutbound).toBe(shut);
});
