// Writes the types of the interfaces from docs/openapi.json, as far as the console speaks to them.
// They are made at each build and not kept: the description is, and two copies could disagree.

import { readFileSync, writeFileSync } from 'node:fs';

import openapiTS, { astToString } from 'openapi-typescript';

const here = new URL('.', import.meta.url);
const target = new URL('../src/api/schema.d.ts', here);
const document = JSON.parse(readFileSync(new URL('../../docs/openapi.json', here), 'utf8'));

// What the console asks of beta, because v1.0 does not have it.
const BETA = [
  /^\/beta\/auditLogs\//,
  /^\/beta\/policies\/crossTenantAccessPolicy\/(default|partners)/,
  /^\/beta\/policies\/deletedItems\//,
];
const wanted = (path) =>
  path.startsWith('/v1.0/') ||
  path.startsWith('/comity/') ||
  /^\/(livez|readyz)$/.test(path) ||
  BETA.some((pattern) => pattern.test(path));

document.paths = Object.fromEntries(Object.entries(document.paths).filter(([path]) => wanted(path)));
const text = astToString(await openapiTS(document, { alphabetize: true }));
let before = '';
try {
  before = readFileSync(target, 'utf8');
} catch {
  // The first time.
}
if (text !== before) writeFileSync(target, text);
