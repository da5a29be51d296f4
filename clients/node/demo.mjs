// What `demo.json` says about the server under test.
//
// `COMITY_DEMO` names the file, as `comity serve --demo` writes it into its data folder.

import { readFileSync } from 'node:fs';

const demo = JSON.parse(readFileSync(process.env.COMITY_DEMO, 'utf8'));
const contoso = demo.tenants[0];

/** Where the server is, `https://localhost:8443` for instance. */
export const URL_OF_COMITY = demo.baseUrl;

/** Contoso, and the client that may do there whatever a client may do. */
export const TENANT = contoso.tenantId;
export const CLIENT = contoso.client.clientId;
export const SECRET = contoso.client.clientSecret;

/** A tenant that Contoso can name and has no entry for. */
export const LUCERNE = '1d000000-0000-4000-8000-00000000000a';

/** Another tenant that is here. */
export const FABRIKAM = demo.tenants[1].tenantId;

/** Somebody who works for Contoso. */
export const CAROL = contoso.people[0].userPrincipalName;
