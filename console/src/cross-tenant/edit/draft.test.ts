import { expect, test } from 'vitest';
import { everybody, everything } from '../data/model';
import { changed, requests, type Subject, type Values } from './draft';

const subject: Subject = { kind: 'organization', tenantId: 'T', name: 'Fabrikam', sameCloud: true };
const block = { usersAndGroups: everybody('allowed'), applications: everything('allowed') };
const base: Values = {
  b2bCollaborationInbound: null,
  b2bCollaborationOutbound: block,
  b2bDirectConnectInbound: null,
  b2bDirectConnectOutbound: null,
  tenantRestrictions: null,
  inboundTrust: null,
  inboundAllowed: null,
  outboundAllowed: true,
  isSyncAllowed: null,
};
const entry = '/policies/crossTenantAccessPolicy/partners/T';

test('only what is different is written', () => {
  const draft = {
    b2bCollaborationOutbound: structuredClone(block),
    b2bCollaborationInbound: block,
    outboundAllowed: true,
  };
  expect(changed(base, draft)).toEqual(['b2bCollaborationInbound']);
  expect(requests(subject, base, draft)).toEqual([
    { method: 'PATCH', url: entry, body: { b2bCollaborationInbound: block } },
  ]);
});

test('nothing different is no request', () => {
  expect(requests(subject, base, {})).toEqual([]);
  expect(requests(subject, base, { b2bCollaborationInbound: null })).toEqual([]);
});

test('back to the default is null, and one flag of consent leaves the other alone', () => {
  expect(requests(subject, base, { b2bCollaborationOutbound: null, outboundAllowed: false })).toEqual([
    {
      method: 'PATCH',
      url: entry,
      body: { b2bCollaborationOutbound: null, automaticUserConsentSettings: { outboundAllowed: false } },
    },
  ]);
});

test('synchronization is created, changed and dropped at its own address', () => {
  const url = `${entry}/identitySynchronization`;
  const body = { userSyncInbound: { isSyncAllowed: true } };
  expect(requests(subject, base, { isSyncAllowed: true })).toEqual([{ method: 'PUT', url, body }]);
  const there = { ...base, isSyncAllowed: false };
  expect(requests(subject, there, { isSyncAllowed: true })).toEqual([{ method: 'PATCH', url, body }]);
  expect(requests(subject, there, { isSyncAllowed: null })).toEqual([{ method: 'DELETE', url }]);
});

test('the default is one entity at its own address', () => {
  expect(requests({ kind: 'default' }, base, { b2bCollaborationInbound: block })).toEqual([
    {
      method: 'PATCH',
      url: '/policies/crossTenantAccessPolicy/default',
      body: { b2bCollaborationInbound: block },
    },
  ]);
});
