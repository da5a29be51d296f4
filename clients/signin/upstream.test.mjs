// Fabrikam's people sign in with a provider of Fabrikam's, the certified `oidc-provider`. Gina of
// Fabrikam visits Contoso, whose server believes that provider as far as its operator said.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { decodeJwt } from 'jose';

import { Application } from './application.mjs';
import { faults, open } from './browser.mjs';
import { Server } from './server.mjs';
import { Upstream } from './upstream.mjs';

const FABRIKAM = '0f000000-0000-4000-8000-000000000002';
const GROUP = '0f000000-0000-4000-8000-00000000b001';
const everybody = { accessType: 'allowed', targets: [{ target: 'AllUsers', targetType: 'user' }] };
const everything = { accessType: 'allowed', targets: [{ target: 'AllApplications', targetType: 'application' }] };
const CONDITIONS = 'v1.0/identity/conditionalAccess/policies';

let contoso, upstream, application, browser, page;

/** Pins the provider to Fabrikam, believed as far as that. */
const pin = (...claims) => contoso.operate('tenant', 'provider', 'set', FABRIKAM, '--issuer', upstream.issuer,
  '--client', 'contoso', '--secret-file', 'upstream.secret', '--address', 'email', ...claims);
const enter = () => application.begin(page);
const refused = async (reason) => {
  await enter();
  await page.getByRole('heading', { name: 'You cannot get in here' }).waitFor();
  const text = await page.locator('main').innerText();
  assert.match(text, new RegExp(`Reason\\s+${reason}\\b`), text);
};
const entered = async () => application.finish(await enter());
const demand = (control) => contoso.graph('POST', CONDITIONS, {
  displayName: control,
  state: 'enabled',
  conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: [application.id] } },
  grantControls: { operator: 'OR', builtInControls: [control] },
});

before(async () => {
  contoso = await Server.make({ host: 'localhost', tenant: 'Contoso', domain: 'contoso.example' });
  contoso.configure();
  await contoso.start();
  upstream = await Upstream.listen();
  const secret = 'between the two of us';
  await upstream.serve({
    client_id: 'contoso', client_secret: secret, redirect_uris: [`${contoso.url}/signin/return`],
  });
  upstream.people.gina = { email: 'gina@fabrikam.example', email_verified: true, preferred_username: 'gina' };
  contoso.secret('upstream.secret', secret);
  contoso.operate('tenant', 'register', '--id', FABRIKAM, '--name', 'Fabrikam', '--domain', 'fabrikam.example');
  await contoso.graph('POST', 'v1.0/policies/crossTenantAccessPolicy/partners', { tenantId: FABRIKAM });
  application = await Application.listen();
  const crm = contoso.operate('tenant', 'client', contoso.tenant, '--name', 'CRM',
    '--redirect-uri', application.callback);
  application.id = crm.clientId;
  await application.discover(`${contoso.url}/${contoso.tenant}/v2.0`, crm.clientId, crm.clientSecret, contoso.fetch);
  await contoso.graph('POST', 'v1.0/invitations', {
    invitedUserEmailAddress: 'gina@fabrikam.example', inviteRedirectUrl: application.callback,
  });
  pin();
  ({ browser, page } = await open());
});
after(async () => {
  await browser?.close();
  application?.close();
  upstream?.close();
  await contoso?.remove();
});

test('code flow and PKCE: the guest is known by their address, and enters', async () => {
  const trip = await enter();
  await page.getByLabel('E-mail address or user name').fill('gina@fabrikam.example');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Accept' }).click();
  const claims = (await application.finish(trip)).claims();
  assert.equal(claims.tid, contoso.tenant);
  assert.equal(claims.acct, 1);
});

test('a provider that does not say a second factor has not asked for one', async () => {
  const { id } = await demand('mfa');
  await contoso.partner(FABRIKAM, { inboundTrust: { isMfaAccepted: true } });
  // It is asked for once more, and says no more than before.
  let asked = [];
  upstream.login = (parameters) => { asked.push(parameters.prompt); return { accountId: 'gina', amr: ['pwd'] }; };
  await refused('mfa_challenge_home');
  assert.deepEqual(asked, [undefined, 'login']);
  // What it says counts where the operator listed it.
  upstream.login = () => ({ accountId: 'gina', amr: ['pwd', 'otp', 'mfa'] });
  await refused('mfa_challenge_home');
  pin('--mfa-method', 'mfa');
  const claims = (await entered()).claims();
  assert.ok(claims.amr.includes('mfa'), claims.amr);
  // A class that stands for it is asked for by its name.
  pin('--mfa-class', 'urn:example:two');
  await refused('mfa_challenge_home');
  asked = [];
  upstream.login = ({ acr_values: acr }) => { asked.push(acr); return { accountId: 'gina', acr }; };
  await entered();
  assert.deepEqual(asked, [undefined, 'urn:example:two']);
  // Without trust Contoso asks itself.
  await contoso.partner(FABRIKAM, { inboundTrust: { isMfaAccepted: false } });
  await enter();
  await page.getByText('with the organization you are visiting, Contoso').waitFor();
  assert.deepEqual(await faults(page), []);
  await contoso.graph('DELETE', `${CONDITIONS}/${id}`);
  pin();
});

test('groups count as the provider names them', async () => {
  const targets = [{ target: GROUP, targetType: 'group' }];
  await contoso.partner(FABRIKAM, {
    b2bCollaborationInbound: { usersAndGroups: { accessType: 'allowed', targets }, applications: everything },
  });
  upstream.people.gina.groups = [GROUP];
  // Nobody said which claim that is.
  await refused('groups_unknown');
  pin('--groups', 'groups');
  await entered();
  upstream.people.gina.groups = [];
  await refused('inbound_blocked');
  await contoso.partner(FABRIKAM, {
    b2bCollaborationInbound: { usersAndGroups: everybody, applications: everything },
  });
});

test('devices are compliant where the provider is believed and trusted', async () => {
  const { id } = await demand('compliantDevice');
  upstream.people.gina.compliant = true;
  pin('--compliant-device', 'compliant');
  await refused('compliant_device_trust_required');
  await contoso.partner(FABRIKAM, { inboundTrust: { isCompliantDeviceAccepted: true } });
  await entered();
  upstream.people.gina.compliant = false;
  await refused('device_not_compliant');
  upstream.people.gina.compliant = true;
  pin();
  await refused('device_challenge_home');
  await contoso.graph('DELETE', `${CONDITIONS}/${id}`);
});

test('tokens that are forged, stale, of another issuer or request, or for others are refused', async () => {
  const { iat } = decodeJwt((await entered()).id_token);
  let before;
  for (const tamper of [
    // Another payload under the signature.
    (token) => {
      const [head, , signature] = token.split('.');
      const body = Buffer.from(JSON.stringify({ ...decodeJwt(token), amr: ['mfa'] })).toString('base64url');
      return [head, body, signature].join('.');
    },
    // No signature.
    (token) => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`,
    (token) => upstream.signed(token, { iat: iat - 3600 }),
    (token) => upstream.signed(token, { exp: iat - 3600 }),
    (token) => upstream.signed(token, { iss: 'https://id.fabrikam.example' }),
    (token) => upstream.signed(token, { aud: 'northwind' }),
    (token) => upstream.signed(token, { aud: ['contoso', 'northwind'] }),
    (token) => upstream.signed(token, { nonce: 'another' }),
    // The one of the time before, as it was.
    (token) => { const old = before; before = token; return old ?? upstream.signed(token, { nonce: undefined }); },
    () => before,
  ]) {
    upstream.tamper = tamper;
    await refused('identity_provider_not_believed');
  }
  upstream.tamper = undefined;
  await entered();
});

test('the provider is asked at each refresh', async () => {
  const tokens = await application.refresh(await entered());
  const { gina } = upstream.people;
  delete upstream.people.gina;
  await assert.rejects(application.refresh(tokens), (thrown) => thrown.error === 'invalid_grant');
  upstream.people.gina = gina;
  await assert.rejects(application.refresh(tokens), (thrown) => thrown.error === 'invalid_grant');
});

test('a provider that calls itself something else is not the one that was pinned', async () => {
  contoso.operate('tenant', 'provider', 'set', FABRIKAM, '--issuer', `${upstream.issuer}/`,
    '--client', 'contoso', '--secret-file', 'upstream.secret');
  await refused('identity_provider_not_believed');
});
