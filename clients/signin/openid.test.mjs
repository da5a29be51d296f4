// openid-client as an application of Contoso: what OpenID Connect Core asks of a provider, by name.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import * as oidc from 'openid-client';

import { open, signIn } from './browser.mjs';
import { HERE, graph, tenant } from './world.mjs';

const CONTOSO = tenant('Contoso');
const ISSUER = new URL(`${HERE}/${CONTOSO.tenantId}/v2.0`);
const SCOPE = 'openid profile email offline_access';
const NAME = 'alice@contoso.com';

let browser, page, server, callback, secretive, open_;
const arrivals = [];

before(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => { body += part; });
    request.on('end', () => {
      const url = new URL(request.url, callback);
      if (url.pathname === '/cb') {
        const posted = new Request(url, request.method === 'POST'
          ? { method: 'POST', headers: request.headers, body }
          : {});
        arrivals.shift()?.(request.method === 'POST' ? posted : url);
      }
      response.end('done');
    });
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  callback = `http://localhost:${server.address().port}/cb`;
  // A program that keeps a secret: Contoso's client of the demo, with an address to come back to.
  await graph('Contoso', 'POST', 'v1.0/servicePrincipals',
    { appId: CONTOSO.client.clientId, replyUrls: [callback] });
  const { clientId, clientSecret } = CONTOSO.client;
  secretive = await oidc.discovery(ISSUER, clientId, undefined, oidc.ClientSecretBasic(clientSecret));
  // One on somebody's machine, which cannot.
  const { appId } = await graph('Contoso', 'POST', 'v1.0/applications',
    { displayName: 'Tool', publicClient: { redirectUris: ['http://localhost/cb'] } });
  open_ = await oidc.discovery(ISSUER, appId, undefined, oidc.None());
  ({ browser, page } = await open());
});
after(async () => {
  await browser.close();
  server.close();
});

/** Sends the browser to sign in, and waits for what comes back. */
async function authorize(client, parameters, walk = async () => {}) {
  const arrival = new Promise((arrived) => { arrivals.push(arrived); });
  await page.goto(oidc.buildAuthorizationUrl(client, { redirect_uri: callback, scope: SCOPE, ...parameters }).href);
  await walk();
  const back = await arrival;
  await page.waitForURL(`${callback}**`);
  return back;
}

async function checks() {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const expectedState = oidc.randomState();
  const expectedNonce = oidc.randomNonce();
  return [{ pkceCodeVerifier, expectedState, expectedNonce }, {
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
  }];
}

const refused = (error) => (thrown) => {
  assert.equal(thrown.error ?? thrown.cause?.error, error, thrown);
  return true;
};

test('code flow with PKCE, state and nonce; id token and userinfo agree', async () => {
  const [expected, sent] = await checks();
  const back = await authorize(open_, sent, () => signIn(page, NAME));
  const tokens = await oidc.authorizationCodeGrant(open_, back, expected);
  const claims = tokens.claims();
  assert.equal(claims.preferred_username, NAME);
  assert.equal(claims.tid, CONTOSO.tenantId);
  const info = await oidc.fetchUserInfo(open_, tokens.access_token, claims.sub);
  assert.equal(info.preferred_username, NAME);
  // The same person is somebody else for another application.
  const [others, other] = await checks();
  const second = await oidc.authorizationCodeGrant(secretive, await authorize(secretive, other), others);
  assert.equal(second.claims().oid, claims.oid);
  assert.notEqual(second.claims().sub, claims.sub);
});

test('a confidential client without PKCE, and response_mode form_post', async () => {
  const expectedNonce = oidc.randomNonce();
  const posted = await authorize(secretive, { nonce: expectedNonce, response_mode: 'form_post' });
  const tokens = await oidc.authorizationCodeGrant(secretive, posted, { expectedNonce });
  assert.equal(tokens.claims().nonce, expectedNonce);
});

test('prompt none, prompt login and max_age', async () => {
  const [expected, sent] = await checks();
  const silent = await authorize(secretive, { ...sent, prompt: 'none' });
  await oidc.authorizationCodeGrant(secretive, silent, expected);
  const [again, asked] = await checks();
  const back = await authorize(secretive, { ...asked, prompt: 'login' }, () => signIn(page, NAME));
  const tokens = await oidc.authorizationCodeGrant(secretive, back, { ...again, maxAge: 60 });
  assert.ok(Date.now() / 1000 - tokens.claims().auth_time < 60);
  const [, old] = await checks();
  await new Promise((later) => { setTimeout(later, 1100); });
  const stale = await authorize(secretive, { ...old, prompt: 'none', max_age: '0' });
  assert.equal(stale.searchParams.get('error'), 'login_required');
  const other = await open();
  const url = oidc.buildAuthorizationUrl(secretive, { redirect_uri: callback, scope: SCOPE, prompt: 'none' });
  const arrival = new Promise((arrived) => { arrivals.push(arrived); });
  await other.page.goto(url.href);
  assert.equal((await arrival).searchParams.get('error'), 'login_required');
  await other.browser.close();
});

test('login_hint fills in the name', async () => {
  const other = await open();
  const url = oidc.buildAuthorizationUrl(secretive, { redirect_uri: callback, scope: SCOPE, login_hint: NAME });
  await other.page.goto(url.href);
  await other.page.getByRole('heading', { name: 'Enter your password' }).waitFor();
  await other.page.getByText(NAME).waitFor();
  await other.browser.close();
});

test('a redirect URI that is not registered is shown to the person and sent nowhere', async () => {
  for (const wrong of [`${callback}/`, `${callback}?x=1`, 'http://localhost.evil.example/cb']) {
    const url = oidc.buildAuthorizationUrl(secretive, { redirect_uri: wrong, scope: SCOPE });
    const answer = await fetch(url, { redirect: 'manual' });
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /AADSTS50011/);
  }
});

test('refresh tokens rotate, and one that comes again ends what came of it', async () => {
  const [expected, sent] = await checks();
  const first = await oidc.authorizationCodeGrant(open_, await authorize(open_, sent), expected);
  const second = await oidc.refreshTokenGrant(open_, first.refresh_token);
  assert.notEqual(second.refresh_token, first.refresh_token);
  assert.equal(second.claims().sub, first.claims().sub);
  await assert.rejects(oidc.refreshTokenGrant(open_, first.refresh_token), refused('invalid_grant'));
  await assert.rejects(oidc.refreshTokenGrant(open_, second.refresh_token), refused('invalid_grant'));
});

test('a code is bound to its verifier, its client and its first use', async () => {
  const [expected, sent] = await checks();
  const back = await authorize(open_, sent);
  const stolen = { ...expected, pkceCodeVerifier: oidc.randomPKCECodeVerifier() };
  await assert.rejects(oidc.authorizationCodeGrant(open_, back, stolen), refused('invalid_grant'));
  await assert.rejects(oidc.authorizationCodeGrant(secretive, back, expected), refused('invalid_grant'));
  await oidc.authorizationCodeGrant(open_, back, expected);
  await assert.rejects(oidc.authorizationCodeGrant(open_, back, expected), refused('invalid_grant'));
});

test('a device gets its tokens by a code on another screen', async () => {
  const begun = await oidc.initiateDeviceAuthorization(open_, { scope: SCOPE });
  await page.goto(begun.verification_uri);
  await page.getByLabel('Code').fill(begun.user_code);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: NAME }).click();
  await page.getByRole('button', { name: 'Accept' }).click();
  await page.getByRole('heading', { name: 'Go on there' }).waitFor();
  const tokens = await oidc.pollDeviceAuthorizationGrant(open_, begun);
  assert.equal(tokens.claims().preferred_username, NAME);
});

test('ending the sessions of an account ends its refresh tokens', async () => {
  const [expected, sent] = await checks();
  const tokens = await oidc.authorizationCodeGrant(open_, await authorize(open_, sent), expected);
  await graph('Contoso', 'POST', `v1.0/users/${tokens.claims().oid}/revokeSignInSessions`);
  await assert.rejects(oidc.refreshTokenGrant(open_, tokens.refresh_token), refused('invalid_grant'));
  const silent = await authorize(open_, { ...sent, prompt: 'none' });
  assert.equal(silent.searchParams.get('error'), 'login_required');
});

test('signing out at the wish of the application', async () => {
  await new Promise((later) => { setTimeout(later, 1100); });
  const [expected, sent] = await checks();
  const back = await authorize(secretive, sent, () => signIn(page, NAME));
  const tokens = await oidc.authorizationCodeGrant(secretive, back, expected);
  const out = oidc.buildEndSessionUrl(secretive,
    { post_logout_redirect_uri: callback, id_token_hint: tokens.id_token, state: 'bye' });
  const arrival = new Promise((arrived) => { arrivals.push(arrived); });
  await page.goto(out.href);
  assert.equal((await arrival).searchParams.get('state'), 'bye');
  const silent = await authorize(secretive, { ...sent, prompt: 'none' });
  assert.equal(silent.searchParams.get('error'), 'login_required');
});
