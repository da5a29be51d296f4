// Puts a compressed form beside every file of the finished console, and says how much script the
// first page needs. The build fails when that is more than the limit.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const LIMIT = 350 * 1024;
const site = new URL('../dist/site/', import.meta.url);
const TEXT = /\.(js|css|svg|json|txt)$/;

const sizes = new Map();
for (const entry of readdirSync(site, { recursive: true })) {
  const name = entry.replaceAll('\\', '/');
  if (!TEXT.test(name) || name.startsWith('.vite')) continue;
  const file = new URL(name, site);
  const bytes = readFileSync(file);
  const gzip = gzipSync(bytes, { level: 9 });
  sizes.set(name, gzip.length);
  if (bytes.length < 1024) continue;
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  writeFileSync(new URL(`${name}.gz`, site), gzip);
  writeFileSync(new URL(`${name}.br`, site), brotliCompressSync(bytes, quality));
}

const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', site), 'utf8'));

/** The files that a chunk cannot do without. */
function needed(key, found = new Set()) {
  const chunk = manifest[key];
  if (!chunk || found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const other of chunk.imports ?? []) needed(other, found);
  return found;
}

const total = (files) => [...files].reduce((sum, file) => sum + (sizes.get(file) ?? 0), 0);
const KiB = (bytes) => `${(bytes / 1024).toFixed(0)} KiB`;

// What somebody loads who opens the list of organizations, which is what the console is for.
const FIRST = ['_in.tsx', '_in.cross-tenant-access.tsx', '_in.cross-tenant-access.organizations.tsx'];
const first = needed('index.html');
const entry = total(first);
for (const key of Object.keys(manifest)) {
  const [path] = key.split('?');
  if (FIRST.some((name) => path.endsWith(`/routes/${name}`))) needed(key, first);
}
const page = total(first);
console.log(
  `script of every page: ${KiB(entry)} gzip; with the first screen: ${KiB(page)} gzip (limit ${KiB(LIMIT)})`,
);
if (page > LIMIT) {
  console.error('The first page needs more script than the limit. Load what it does not show at once later.');
  process.exit(1);
}
