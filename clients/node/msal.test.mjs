// @azure/msal-node alone: a token for Contoso's client, and what becomes of a wrong secret.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SECRET, URL_OF_COMITY } from './demo.mjs';
import { application } from './msal.mjs';

const request = { scopes: [`${URL_OF_COMITY}/.default`] };

test('a token is good for an hour and comes from the cache meanwhile', async () => {
  const msal = application(SECRET);
  const first = await msal.acquireTokenByClientCredential(request);
  assert.equal(first.fromCache, false);
  const minutes = (first.expiresOn - Date.now()) / 60_000;
  assert.ok(minutes > 50 && minutes <= 61, `${minutes} minutes`);
  const second = await msal.acquireTokenByClientCredential(request);
  assert.equal(second.fromCache, true);
  assert.equal(second.accessToken, first.accessToken);
});

test('a wrong secret is an invalid client', async () => {
  await assert.rejects(
    application('wrong').acquireTokenByClientCredential(request),
    (error) => error.errorCode === 'invalid_client' && /AADSTS\d+: /.test(error.errorMessage));
});
