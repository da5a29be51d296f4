import { expect, test } from 'vitest';
import { viewIn } from './data';
import { requestsBack } from './requests';

const ID = '0f000000-0000-4000-8000-000000000002';
const of = (part: string, property: string, before: unknown, after: unknown) => ({
  part,
  property,
  before,
  after,
});

test('the way back of a part is one request, with what can be written', () => {
  expect(
    requestsBack([
      of('default', 'inboundTrust', { isMfaAccepted: false }, { isMfaAccepted: true }),
      of('default', 'isServiceDefault', false, true),
      of('policy', 'displayName', 'b', 'a'),
    ]),
  ).toEqual([
    {
      method: 'PATCH',
      url: '/policies/crossTenantAccessPolicy/default',
      body: { inboundTrust: { isMfaAccepted: true } },
    },
    { method: 'PATCH', url: '/policies/crossTenantAccessPolicy', body: { displayName: 'a' } },
  ]);
});

test('an entry that has come goes, and one that has gone comes back with what it said', () => {
  expect(requestsBack([of(`partners/${ID}`, 'tenantId', ID, null)])).toEqual([
    { method: 'DELETE', url: `/policies/crossTenantAccessPolicy/partners/${ID}` },
  ]);
  expect(
    requestsBack([
      of(`partners/${ID}`, 'tenantId', null, ID),
      of(`partners/${ID}`, 'inboundTrust', null, { isMfaAccepted: true }),
      of(`partners/${ID}`, 'tenantRestrictions', null, null),
    ]),
  ).toEqual([
    {
      method: 'POST',
      url: '/policies/crossTenantAccessPolicy/partners',
      body: { tenantId: ID, inboundTrust: { isMfaAccepted: true } },
    },
  ]);
});

test('an address names a part and revisions, or nothing', () => {
  expect(viewIn({ part: `partners/${ID.toUpperCase()}`, from: 3, to: 'now' })).toEqual({
    part: `partners/${ID}`,
    from: '3',
    to: 'now',
  });
  expect(viewIn({ part: 'users', from: 'x; drop', to: -1 })).toEqual({});
});
