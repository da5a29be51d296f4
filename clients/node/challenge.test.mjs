// A protected action, met by a person's program: the Graph client's error carries the challenge, and a
// token with what it asks for opens the action.
//
// The person's token is of an issuer that `comity.toml` lists; its key is in the folder COMITY_ISSUER.

import assert from 'node:assert/strict';
import { createSign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { GraphError } from '@microsoft/microsoft-graph-client';

import { LUCERNE, SECRET, TENANT, URL_OF_COMITY } from './demo.mjs';
import { connect, connectWith } from './graph.mjs';
import { application } from './msal.mjs';

const ENTRY = `/policies/crossTenantAccessPolicy/partners/${LUCERNE}`;
const ACTION = '/roleManagement/directory/resourceNamespaces/microsoft.directory/resourceActions/'
  + 'microsoft.directory-crossTenantAccessPolicy-partners-delete-delete';
const CONTEXT = '/identity/conditionalAccess/authenticationContextClassReferences/c2';
const program = connect();

/** A token of an administrator's session with these authentication contexts. */
function token(contexts) {
  const now = Math.floor(Date.now() / 1000);
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: 'https://id.contoso.example', aud: 'comity', tid: TENANT,
    oid: '0c000000-0000-4000-8000-00000000beef', upn: 'carol@contoso.com',
    scp: 'Policy.ReadWrite.CrossTenantAccess', roles: ['admins'],
    iat: now, nbf: now, exp: now + 3600, acrs: contexts,
  };
  const signed = `${part({ alg: 'RS256', typ: 'JWT', kid: 'first' })}.${part(claims)}`;
  const key = readFileSync(`${process.env.COMITY_ISSUER}/issuer.pem`);
  const signature = createSign('RSA-SHA256').update(signed).sign(key, 'base64url');
  return { token: `${signed}.${signature}`, expiresOnTimestamp: (now + 3600) * 1000 };
}

test('deleting a partner needs a context, and the error says which', async () => {
  await program.api(CONTEXT).patch({ displayName: 'Strong sign-in', isAvailable: true });
  await program.api('/policies/crossTenantAccessPolicy/partners').post({ tenantId: LUCERNE });
  await program.api(ACTION).patch({ authenticationContextId: 'c2' });
  try {
    const person = connectWith({ getToken: async () => token([]) });
    const refused = await person.api(ENTRY).delete().then(() => null, (error) => error);
    assert.ok(refused instanceof GraphError);
    assert.equal(refused.statusCode, 401);
    const challenge = refused.headers.get('www-authenticate');
    assert.match(challenge, /^Bearer .*error="insufficient_claims"/);
    const claims = Buffer.from(challenge.match(/claims="([^"]+)"/)[1], 'base64').toString();
    const wanted = JSON.parse(claims).access_token.acrs;
    assert.deepEqual(wanted, { essential: true, value: 'c2' });

    const strong = connectWith({ getToken: async () => token([wanted.value]) });
    await strong.api(ENTRY).delete();
    await assert.rejects(program.api(ENTRY).get(), (error) => error.statusCode === 404);

    // MSAL takes the claims as they are, and asks for another token because of them.
    const msal = application(SECRET);
    const request = { scopes: [`${URL_OF_COMITY}/.default`] };
    await msal.acquireTokenByClientCredential(request);
    const fresh = await msal.acquireTokenByClientCredential({ ...request, claims });
    assert.equal(fresh.fromCache, false);
  } finally {
    await program.api(ACTION).patch({ authenticationContextId: null });
  }
});
