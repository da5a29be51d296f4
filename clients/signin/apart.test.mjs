// Contoso's server and Fabrikam's, two processes with a store and an authority each, that know of each
// other what their operators told them. Fred of Fabrikam visits Contoso, while settings on both sides
// are changed.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Application } from './application.mjs';
import { code, faults, heading, open } from './browser.mjs';
import { Server } from './server.mjs';
import { Upstream } from './upstream.mjs';

const everybody = { accessType: 'allowed', targets: [{ target: 'AllUsers', targetType: 'user' }] };
const everything = { accessType: 'allowed', targets: [{ target: 'AllApplications', targetType: 'application' }] };
const OPEN = { usersAndGroups: everybody, applications: everything };
const SHUT = {
  usersAndGroups: { ...everybody, accessType: 'blocked' },
  applications: { ...everything, accessType: 'blocked' },
};
/** An application that can be reached by direct connect, as everybody knows. */
const CHANNELS = 'cc15fd57-2c6c-4117-a88c-83b1d56b4bbe';
const IN_CHANNELS = { scope: `openid offline_access api://${CHANNELS}/Channel.Read` };

let contoso, fabrikam, application, fred, otto, dora, fredsBrowser, page, key;

const atContoso = (changes) => contoso.partner(fabrikam.tenant, changes);
const atFabrikam = (changes) => fabrikam.partner(contoso.tenant, changes);
const pin = (...words) => contoso.operate('tenant', 'provider', 'set', fabrikam.tenant,
  '--issuer', `${fabrikam.url}/${fabrikam.tenant}/v2.0`, '--comity', ...words);

before(async () => {
  contoso = await Server.make({ host: 'localhost', tenant: 'Contoso', domain: 'contoso.example' });
  fabrikam = await Server.make({ host: '127.0.0.1', tenant: 'Fabrikam', domain: 'fabrikam.example' });
  contoso.configure([fabrikam]);
  fabrikam.configure();
  await Promise.all([contoso.start(), fabrikam.start()]);
  const register = (at, other) => at.operate('tenant', 'register', '--id', other.tenant,
    '--name', other.name, '--domain', other.domain);
  register(contoso, fabrikam);
  register(fabrikam, contoso);
  // What Fabrikam's operator gives to Contoso's: a client, and its secret.
  const gate = fabrikam.operate('tenant', 'client', fabrikam.tenant, '--name', 'Contoso',
    '--redirect-uri', `${contoso.url}/signin/return`, '--acts-for', contoso.tenant);
  pin('--client', gate.clientId, '--secret-file', contoso.secret('fabrikam.secret', gate.clientSecret));
  fabrikam.gate = gate.clientId;
  application = await Application.listen();
  const crm = contoso.operate('tenant', 'client', contoso.tenant, '--name', 'CRM',
    '--redirect-uri', application.callback);
  application.id = crm.clientId;
  await application.discover(`${contoso.url}/${contoso.tenant}/v2.0`, crm.clientId, crm.clientSecret, contoso.fetch);
  await contoso.graph('POST', 'v1.0/servicePrincipals', { appId: CHANNELS });
  const partners = 'v1.0/policies/crossTenantAccessPolicy/partners';
  await contoso.graph('POST', partners, { tenantId: fabrikam.tenant });
  await fabrikam.graph('POST', partners, { tenantId: contoso.tenant });
  fred = await fabrikam.person('Fred', 'correct horse 1');
  otto = await fabrikam.person('Otto', 'correct horse 2');
  dora = await fabrikam.person('Dora', 'correct horse 3');
  fredsBrowser = await open();
  ({ page } = fredsBrowser);
});
after(async () => {
  await fredsBrowser?.browser.close();
  application?.close();
  await Promise.all([contoso?.remove(), fabrikam?.remove()]);
});

const invite = ({ mail }) => contoso.graph('POST', 'v1.0/invitations', {
  invitedUserEmailAddress: mail, inviteRedirectUrl: application.callback,
});
/** Waits for a page of either server. */
const shown = (title, on = page) => on.getByRole('heading', { level: 1, name: title }).waitFor();
const arrived = (on = page) => on.waitForURL(`${application.callback}**`);
const accept = (on = page) => on.getByRole('button', { name: 'Accept' }).click();

/** Says at Contoso whose address it is, and at Fabrikam, that it is theirs. */
async function signIn({ userPrincipalName, password }, on = page) {
  await on.getByLabel('E-mail address or user name').fill(userPrincipalName);
  await on.keyboard.press('Enter');
  await shown('Enter your password', on);
  assert.equal(new URL(on.url()).origin, fabrikam.url);
  await on.getByLabel('Password').fill(password);
  await on.keyboard.press('Enter');
}

async function step() {
  await page.getByLabel('Code from your authenticator app').fill(code(key));
  await page.keyboard.press('Enter');
}

/** The page that refuses: on whose server, in which words, and that both logs have it or one. */
async function refused(server, words, number, logs, on = page) {
  await shown('You cannot get in here', on);
  assert.equal(new URL(on.url()).origin, server.url);
  assert.deepEqual(await faults(on), []);
  const text = await on.locator('main').innerText();
  assert.match(text, words);
  assert.match(text, new RegExp(`AADSTS${number}\\b`));
  const correlation = text.match(/Correlation id\s+(\S+)/)[1];
  for (const log of logs) {
    const [row] = await log.rows(`correlationId eq '${correlation}'`);
    assert.equal(row?.status.errorCode, number, `${log.name}: ${JSON.stringify(row)}`);
  }
  return correlation;
}

const ends = (error) => (thrown) => {
  assert.equal(thrown.error, error, thrown);
  return true;
};

test('who is no guest of Contoso is let out by Fabrikam, and refused by Contoso', async () => {
  await application.begin(page);
  assert.equal(await heading(page), 'Sign in');
  assert.deepEqual(await faults(page), []);
  await page.getByLabel('E-mail address or user name').fill(fred.userPrincipalName);
  await page.keyboard.press('Enter');
  await shown('Enter your password');
  assert.equal(new URL(page.url()).origin, fabrikam.url);
  assert.deepEqual(await faults(page), []);
  await page.getByLabel('Password').fill(fred.password);
  await page.keyboard.press('Enter');
  await refused(contoso, /user_not_in_resource_tenant/, 50020, [contoso]);
});

test('an invited person is known by their address, sees the consent page, and is in', async () => {
  await invite(fred);
  const trip = await application.begin(page);
  await shown('Become a guest');
  assert.equal(new URL(page.url()).origin, contoso.url);
  assert.match(await page.locator('main').innerText(), /which organization you belong to, Fabrikam/);
  assert.deepEqual(await faults(page), []);
  await accept();
  const tokens = await application.finish(trip);
  const claims = tokens.claims();
  assert.equal(claims.tid, contoso.tenant);
  assert.equal(claims.preferred_username, fred.userPrincipalName);
  assert.deepEqual(claims.amr, ['pwd']);
  const info = await contoso.graph('GET', `v1.0/users/${claims.oid}?$select=userType,externalUserState`);
  assert.deepEqual([info.userType, info.externalUserState], ['Guest', 'Accepted']);
  assert.equal((await application.refresh(tokens)).claims().oid, claims.oid);
});

test('both organizations have it in their logs, each its own side, by one correlation id', async () => {
  const [here] = await contoso.rows(`crossTenantAccessType eq 'b2bCollaboration' and status/errorCode eq 0`);
  const [there] = await fabrikam.rows(`correlationId eq '${here.correlationId}'`);
  assert.equal(here.homeTenantId, fabrikam.tenant);
  assert.equal(here.appId, application.id);
  assert.equal(there.status.errorCode, 0);
  assert.equal(there.crossTenantAccessType, 'b2bCollaboration');
  assert.equal(there.resourceTenantId, contoso.tenant);
  assert.equal(there.userId, fred.id);
  assert.equal(there.appId, application.id);
});

test('Contoso shuts Fabrikam out, and Contoso’s page says so', async () => {
  await atContoso({ b2bCollaborationInbound: SHUT });
  await application.begin(page);
  // Fabrikam let him out, and its log says that; that he was refused is Contoso's to log.
  await refused(contoso, /inbound settings of the organization you want to visit refuse this: Contoso/, 500213, [contoso]);
  await atContoso({ b2bCollaborationInbound: OPEN });
});

test('Fabrikam keeps its people in, and Fabrikam’s page says so', async () => {
  const trip = await application.begin(page);
  const tokens = await application.finish(trip);
  await atFabrikam({ b2bCollaborationOutbound: SHUT });
  await application.begin(page);
  await refused(fabrikam, /outbound settings of your own organization refuse this: Fabrikam/, 500212, [fabrikam]);
  await assert.rejects(application.refresh(tokens), ends('invalid_grant'));
  // The application that is reached counts, and not the client that stands for Contoso.
  const but = (id) => ({
    usersAndGroups: everybody,
    applications: { accessType: 'blocked', targets: [{ target: id, targetType: 'application' }] },
  });
  await atFabrikam({ b2bCollaborationOutbound: but(application.id) });
  await application.begin(page);
  await refused(fabrikam, /outbound settings/, 500212, [fabrikam]);
  await atFabrikam({ b2bCollaborationOutbound: but(fabrikam.gate) });
  await application.finish(await application.begin(page));
  await atFabrikam({ b2bCollaborationOutbound: OPEN });
});

test('groups of Fabrikam count in Contoso’s settings, as Fabrikam’s server says', async () => {
  const group = await fabrikam.graph('POST', 'v1.0/groups', {
    displayName: 'Travellers', mailEnabled: false, mailNickname: 'travellers', securityEnabled: true,
  });
  const targets = [{ target: group.id, targetType: 'group' }];
  await atContoso({
    b2bCollaborationInbound: { usersAndGroups: { accessType: 'allowed', targets }, applications: everything },
  });
  await application.begin(page);
  await refused(contoso, /inbound settings/, 500213, [contoso]);
  const member = { '@odata.id': `${fabrikam.url}/v1.0/directoryObjects/${fred.id}` };
  await fabrikam.graph('POST', `v1.0/groups/${group.id}/members/$ref`, member);
  await application.finish(await application.begin(page));
  await atContoso({ b2bCollaborationInbound: OPEN });
});

test('the consent page is seen unless Fabrikam’s outbound and Contoso’s inbound setting agree to skip it', async () => {
  const flags = [false, true];
  for (const inbound of flags) for (const outbound of flags) for (const others of flags) {
    await atContoso({ automaticUserConsentSettings: { inboundAllowed: inbound, outboundAllowed: others } });
    await atFabrikam({ automaticUserConsentSettings: { outboundAllowed: outbound, inboundAllowed: others } });
    const guest = await invite(otto);
    const other = await open();
    const trip = await application.begin(other.page, { scope: 'openid' });
    await signIn(otto, other.page);
    if (inbound && outbound) {
      await application.finish(trip);
    } else {
      await shown('Become a guest', other.page);
      await other.page.getByRole('button', { name: 'Decline' }).click();
      assert.equal((await trip.arrival).searchParams.get('error'), 'access_denied');
    }
    await other.browser.close();
    await contoso.graph('DELETE', `v1.0/users/${guest.invitedUser.id}`);
  }
});

test('a second step is done with Contoso until Contoso trusts Fabrikam’s', async () => {
  await contoso.graph('POST', 'v1.0/identity/conditionalAccess/policies', {
    displayName: 'Two steps for the CRM',
    state: 'enabled',
    conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: [application.id] } },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  });
  await application.begin(page);
  await page.getByText('with the organization you are visiting, Contoso').waitFor();
  assert.equal(new URL(page.url()).origin, contoso.url);
  await atContoso({ inboundTrust: { isMfaAccepted: true } });
  const trip = await application.begin(page);
  await page.getByText('with your own organization, Fabrikam').waitFor();
  assert.equal(new URL(page.url()).origin, fabrikam.url);
  assert.deepEqual(await faults(page), []);
  key = await page.locator('.key').innerText();
  await step();
  const claims = (await application.finish(trip)).claims();
  assert.ok(claims.amr.includes('mfa'), claims.amr);
  // And not a second time, for as long as Fabrikam says so.
  await application.finish(await application.begin(page));
  await atContoso({ inboundTrust: { isMfaAccepted: false } });
  await application.begin(page);
  await page.getByText('with the organization you are visiting, Contoso').waitFor();
  await atContoso({ inboundTrust: { isMfaAccepted: true } });
});

test('a second step that Contoso’s operator does not take Fabrikam’s word for has not been done', async () => {
  const { clientId } = contoso.operate('tenant', 'provider', 'show', fabrikam.tenant);
  pin('--client', clientId, '--subject', 'oid', '--address', 'preferred_username');
  await application.begin(page);
  await refused(contoso, /mfa_challenge_home/, 50076, []);
  pin('--client', clientId);
  await application.finish(await application.begin(page));
});

test('direct connect: no guest is made, and both have to open it', async () => {
  const other = await open();
  const lands = () => application.begin(other.page, IN_CHANNELS);
  await lands();
  await signIn(dora, other.page);
  // As a guest she would be let out. She is none, and nobody has opened direct connect.
  await refused(fabrikam, /outbound settings of your own organization refuse this: Fabrikam/, 500212, [fabrikam], other.page);
  await atFabrikam({ b2bDirectConnectOutbound: OPEN });
  await lands();
  await refused(contoso, /inbound settings of the organization you want to visit/, 500213, [contoso], other.page);
  await atContoso({ b2bDirectConnectInbound: OPEN });
  // That guests are kept in is nothing to her.
  await atFabrikam({ b2bCollaborationOutbound: SHUT, automaticUserConsentSettings: { outboundAllowed: false } });
  const trip = await lands();
  await shown('Become a guest', other.page);
  await accept(other.page);
  await shown('Permissions requested', other.page);
  assert.deepEqual(await faults(other.page), []);
  await accept(other.page);
  const tokens = await application.finish(trip);
  assert.equal(tokens.claims().oid, dora.id);
  assert.equal(tokens.claims().tid, contoso.tenant);
  assert.ok(tokens.expires_in <= 3600);
  const filter = encodeURIComponent(`mail eq '${dora.mail}'`);
  assert.deepEqual((await contoso.graph('GET', `v1.0/users?$filter=${filter}`)).value, []);
  for (const log of [contoso, fabrikam]) {
    const [row] = await log.rows(`crossTenantAccessType eq 'b2bDirectConnect' and status/errorCode eq 0`);
    assert.equal(row.userId, dora.id, log.name);
  }
  // Each renewal is judged again, as what it is.
  await application.refresh(tokens);
  await atFabrikam({ b2bCollaborationOutbound: OPEN });
  // An application that is not made for it needs a guest.
  await application.begin(other.page);
  await refused(contoso, /user_not_in_resource_tenant/, 50020, [contoso], other.page);
  await other.browser.close();
});

test('a guest is a guest where direct connect would do as well', async () => {
  await atFabrikam({ b2bDirectConnectOutbound: SHUT });
  const trip = await application.begin(page, IN_CHANNELS);
  await shown('Permissions requested');
  await accept();
  const tokens = await application.finish(trip);
  assert.notEqual(tokens.claims().oid, fred.id);
  await atFabrikam({ b2bCollaborationOutbound: SHUT, b2bDirectConnectOutbound: OPEN });
  await application.begin(page, IN_CHANNELS);
  await refused(fabrikam, /outbound settings/, 500212, [fabrikam]);
  await assert.rejects(application.refresh(tokens), ends('invalid_grant'));
  await atFabrikam({ b2bCollaborationOutbound: OPEN });
});

test('a guest of Fabrikam is not one of its people, and nobody vouches for them', async () => {
  const { tenantId } = fabrikam.operate('tenant', 'create', '--name', 'Northwind', '--domain', 'northwind.example');
  const { clientId, clientSecret } = fabrikam.operate('tenant', 'client', tenantId, '--name', 'All', '--all');
  const client = { client: clientId, secret: clientSecret };
  const northwind = Object.assign(Object.create(fabrikam), { tenant: tenantId, domain: 'northwind.example', client });
  const nina = await northwind.person('Nina', 'correct horse 4');
  await fabrikam.graph('POST', 'v1.0/invitations', {
    invitedUserEmailAddress: nina.mail, inviteRedirectUrl: application.callback,
  });
  const other = await open();
  await application.begin(other.page, IN_CHANNELS);
  await other.page.getByLabel('E-mail address or user name').fill(fred.userPrincipalName);
  await other.page.keyboard.press('Enter');
  await shown('Enter your password', other.page);
  await other.page.getByRole('button', { name: 'Sign in with another account' }).click();
  await signIn(nina, other.page);
  await refused(fabrikam, /account_not_found/, 50034, [fabrikam], other.page);
  await other.browser.close();
});

test('Fabrikam’s server is asked at each refresh: who cannot be asked about is not let in', async () => {
  let tokens = await application.finish(await application.begin(page));
  await fabrikam.stop();
  await assert.rejects(application.refresh(tokens), (thrown) => thrown.cause?.status === 503);
  await fabrikam.start();
  tokens = await application.refresh(tokens);
  await fabrikam.graph('PATCH', `v1.0/users/${fred.id}`, { accountEnabled: false });
  await assert.rejects(application.refresh(tokens), ends('invalid_grant'));
  await fabrikam.graph('PATCH', `v1.0/users/${fred.id}`, { accountEnabled: true });
  // What has ended does not come back.
  await assert.rejects(application.refresh(tokens), ends('invalid_grant'));
});

test('what Fabrikam’s own provider says of a device reaches Contoso, and counts when it is trusted', async () => {
  const upstream = await Upstream.listen();
  const secret = 'between Fabrikam and its provider';
  await upstream.serve({
    client_id: 'fabrikam', client_secret: secret, redirect_uris: [`${fabrikam.url}/signin/return`],
  });
  fabrikam.operate('tenant', 'provider', 'set', fabrikam.tenant, '--issuer', upstream.issuer,
    '--client', 'fabrikam', '--secret-file', fabrikam.secret('upstream.secret', secret),
    '--subject', 'preferred_username', '--subject-is', 'userPrincipalName',
    '--mfa-method', 'mfa', '--compliant-device', 'compliant');
  const emil = { preferred_username: otto.userPrincipalName, compliant: true };
  upstream.people.emil = emil;
  upstream.login = () => ({ accountId: 'emil', amr: ['mfa'] });
  await contoso.graph('POST', 'v1.0/identity/conditionalAccess/policies', {
    displayName: 'Healthy devices for the CRM',
    state: 'enabled',
    conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: [application.id] } },
    grantControls: { operator: 'OR', builtInControls: ['compliantDevice'] },
  });
  await atContoso({ automaticUserConsentSettings: { inboundAllowed: true } });
  await atFabrikam({ automaticUserConsentSettings: { outboundAllowed: true } });
  await invite(otto);
  const other = await open();
  await application.begin(other.page);
  await other.page.getByLabel('E-mail address or user name').fill(otto.userPrincipalName);
  await other.page.keyboard.press('Enter');
  await refused(contoso, /compliant_device_trust_required/, 53000, [contoso], other.page);
  await atContoso({ inboundTrust: { isMfaAccepted: true, isCompliantDeviceAccepted: true } });
  const tokens = await application.finish(await application.begin(other.page));
  assert.equal(tokens.claims().preferred_username, otto.userPrincipalName);
  emil.compliant = false;
  await application.begin(other.page);
  await refused(contoso, /device_not_compliant/, 53000, [contoso], other.page);
  await other.browser.close();
  upstream.close();
});
