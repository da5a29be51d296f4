// What a Node.js program does with Contoso's cross-tenant access settings through
// @microsoft/microsoft-graph-client. Every test leaves the settings as it found them.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { GraphError, PageIterator } from '@microsoft/microsoft-graph-client';

import { CAROL, CLIENT, FABRIKAM, LUCERNE, TENANT } from './demo.mjs';
import { connect } from './graph.mjs';

const POLICY = '/policies/crossTenantAccessPolicy';
const ENTRY = `${POLICY}/partners/${LUCERNE}`;
const ERP = 'aa000000-0000-4000-8000-000000000002';
const graph = connect();

/** Lucerne as a partner, as long as `work` needs it. */
async function withPartner(work) {
  const added = await graph.api(`${POLICY}/partners`).post({ tenantId: LUCERNE });
  assert.equal(added.tenantId, LUCERNE);
  try {
    await work();
  } finally {
    await graph.api(ENTRY).delete();
  }
}

/** Every partner, three to a page. */
async function tenantIds() {
  const page = await graph.api(`${POLICY}/partners`).top(3).get();
  assert.equal(page.value.length, 3);
  assert.ok(page['@odata.nextLink']);
  const seen = [];
  await new PageIterator(graph, page, (partner) => seen.push(partner.tenantId)).iterate();
  return seen.sort();
}

test('the policy says whose it is and which clouds it admits', async () => {
  const policy = await graph.api(POLICY).get();
  assert.equal(policy.displayName, 'Contoso cross-tenant access');
  assert.ok(policy.allowedCloudEndpoints.includes('microsoftonline.us'));
});

test('trust patched into the default is read back', async () => {
  const before = (await graph.api(`${POLICY}/default`).get()).inboundTrust;
  await graph.api(`${POLICY}/default`).patch({ inboundTrust: { isMfaAccepted: true } });
  try {
    const after = (await graph.api(`${POLICY}/default`).get()).inboundTrust;
    assert.deepEqual(after, { ...before, isMfaAccepted: true });
  } finally {
    await graph.api(`${POLICY}/default`).patch({ inboundTrust: { isMfaAccepted: false } });
  }
});

test('default and partners as they were read can be written back', async () => {
  const paths = [`${POLICY}/default`, `${POLICY}/partners/0f000000-0000-4000-8000-000000000002`];
  for (const path of paths) {
    const read = await graph.api(path).get();
    await graph.api(path).patch(read);
    assert.deepEqual(await graph.api(path).get(), read);
  }
});

test('a partner is added, listed and deleted', async () => {
  const before = await tenantIds();
  assert.ok(!before.includes(LUCERNE));
  await withPartner(async () => {
    assert.deepEqual(await tenantIds(), [...before, LUCERNE].sort());
  });
  assert.deepEqual(await tenantIds(), before);
});

test('an application blocked for a partner is read back and inherited again', async () => {
  const applications = {
    accessType: 'blocked', targets: [{ target: ERP, targetType: 'application' }],
  };
  await withPartner(async () => {
    assert.equal((await graph.api(ENTRY).get()).b2bCollaborationInbound, null);
    await graph.api(ENTRY).patch({ b2bCollaborationInbound: { applications } });
    const inbound = (await graph.api(ENTRY).get()).b2bCollaborationInbound;
    assert.deepEqual(inbound.applications, applications);
    await graph.api(ENTRY).patch({ b2bCollaborationInbound: null });
    assert.equal((await graph.api(ENTRY).get()).b2bCollaborationInbound, null);
  });
});

test('synchronization is put, read, expanded and deleted', async () => {
  const synchronization = `${ENTRY}/identitySynchronization`;
  const wanted = { displayName: 'From Lucerne', userSyncInbound: { isSyncAllowed: true } };
  const expanded = async () =>
    (await graph.api(ENTRY).expand('identitySynchronization').get()).identitySynchronization;
  await withPartner(async () => {
    await graph.api(synchronization).put(wanted);
    assert.equal((await graph.api(synchronization).get()).displayName, 'From Lucerne');
    assert.deepEqual((await expanded()).userSyncInbound, wanted.userSyncInbound);
    await graph.api(synchronization).delete();
    assert.equal(await expanded(), null);
  });
});

test('a body that makes no sense is refused with an error that parses', async () => {
  await assert.rejects(
    graph.api(`${POLICY}/partners`).post({ tenantId: LUCERNE, inboundTrusts: {} }),
    (error) => error instanceof GraphError && error.statusCode === 400
      && error.code === 'Request_BadRequest' && error.message.includes('inboundTrusts')
      && error.requestId !== null && error.date instanceof Date);
});

test('a partner that is not there is not found', async () => {
  await assert.rejects(
    graph.api(ENTRY).get(),
    (error) => error.statusCode === 404 && error.code === 'Request_ResourceNotFound');
});

test('the audit log says who changed which partner', async () => {
  await withPartner(async () => {});
  const { value } = await graph.api('/auditLogs/directoryAudits').top(2).get();
  assert.deepEqual(value.map((row) => row.activityDisplayName), [
    'Delete partner specific cross-tenant access setting',
    'Add a partner to cross-tenant access setting',
  ]);
  for (const row of value) {
    assert.equal(row.category, 'CrossTenantAccessSettings');
    assert.equal(row.initiatedBy.app.appId, CLIENT);
    assert.deepEqual(row.additionalDetails, [{ key: 'partner', value: LUCERNE }]);
  }
});

test('sign-ins are filtered and come in pages', async () => {
  const page = await graph.api('/auditLogs/signIns')
    .filter(`resourceTenantId ne '${TENANT}' and status/errorCode ne 0`).top(40).get();
  assert.equal(page.value.length, 40);
  assert.ok(page['@odata.nextLink']);
  const rows = [];
  await new PageIterator(graph, page, (row) => rows.push(row)).iterate();
  assert.ok(rows.length > 40);
  assert.equal(new Set(rows.map((row) => row.id)).size, rows.length);
  for (const row of rows) {
    assert.notEqual(row.resourceTenantId, TENANT);
    assert.notEqual(row.status.errorCode, 0);
  }
});

test('a guest is invited', async () => {
  const invited = await graph.api('/invitations').post({
    invitedUserEmailAddress: 'gast@outside.example',
    inviteRedirectUrl: 'https://app.contoso.com',
  });
  const user = `/users/${invited.invitedUser.id}`;
  try {
    assert.equal(invited.status, 'PendingAcceptance');
    assert.match(invited.inviteRedeemUrl, /^https:/);
    assert.equal((await graph.api(user).get()).mail, 'gast@outside.example');
  } finally {
    await graph.api(user).delete();
  }
});

test('a tenant is looked up', async () => {
  const found = await graph.api(
    `/tenantRelationships/findTenantInformationByTenantId(tenantId='${FABRIKAM}')`).get();
  assert.equal(found.displayName, 'Fabrikam');
  assert.equal(found.defaultDomainName, 'fabrikam.com');
});

test('a role is made, given, taken and dropped', async () => {
  const roles = '/roleManagement/directory';
  const carol = await graph.api(`/users/${CAROL}`).get();
  const role = await graph.api(`${roles}/roleDefinitions`).post({
    displayName: 'Reads the policy', isEnabled: true,
    rolePermissions: [{ allowedResourceActions: [
      'microsoft.directory/crossTenantAccessPolicy/standard/read'] }],
  });
  try {
    const given = await graph.api(`${roles}/roleAssignments`).post({
      roleDefinitionId: role.id, principalId: carol.id, directoryScopeId: '/',
    });
    assert.equal(given.principalId, carol.id);
    await graph.api(`${roles}/roleAssignments/${given.id}`).delete();
  } finally {
    await graph.api(`${roles}/roleDefinitions/${role.id}`).delete();
  }
});
