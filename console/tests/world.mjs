// What `demo.json` says about the server under test, and Graph as a tenant's program uses it.

import { readFileSync } from 'node:fs';

const demo = JSON.parse(readFileSync(process.env.COMITY_DEMO, 'utf8'));

/** Where the server is. */
export const HERE = demo.baseUrl;

/** A tenant of the demo, by its name. */
export function tenant(displayName) {
  return demo.tenants.find((tenant) => tenant.displayName === displayName);
}

/** The password of somebody. */
export function password(userPrincipalName) {
  const people = demo.tenants.flatMap((tenant) => tenant.people);
  return people.find((person) => person.userPrincipalName === userPrincipalName).password;
}

/** Asks Graph as the program of a tenant. */
export async function graph(of, method, path, body) {
  const { tenantId, client } = tenant(of);
  const token = await fetch(`${HERE}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.clientId,
      client_secret: client.clientSecret,
      scope: `${HERE}/.default`,
    }),
  });
  const { access_token } = await token.json();
  const answer = await fetch(`${HERE}/${path}`, {
    method,
    headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}
