// Serves the console as it was built last, and everything else from a server, so that the console
// can be changed without building the program again:
//
//     comity serve --demo --data /tmp/demo --listen 127.0.0.1:9443 --public-url https://localhost:8443
//     node scripts/dev.mjs /tmp/demo 9443 8443        # and `npm run build` after each change
//
// It shows pages under the same policy as the program (crates/server/src/console/page.rs).

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, request } from 'node:https';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const [data, behind, port] = process.argv.slice(2);
const site = fileURLToPath(new URL('../dist/site/', import.meta.url));
const address = `https://localhost:${port}`;
const tls = (name) => join(data, 'tls', name);
const KINDS = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** A certificate of the demo's own authority. */
function certificate() {
  const [cert, key] = [tls('dev.pem'), tls('dev.key')];
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const made = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '7',
    '-out',
    cert,
    '-keyout',
    key,
  ];
  execFileSync('openssl', ['req', '-x509', '-CA', tls('ca.pem'), '-CAkey', tls('ca.key'), ...name, ...made], {
    stdio: 'ignore',
  });
  return { cert: readFileSync(cert), key: readFileSync(key) };
}

function page(response) {
  const nonce = randomBytes(20).toString('hex');
  const text = readFileSync(join(site, 'index.html'), 'utf8');
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'content-security-policy':
      `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; connect-src 'self'; ` +
      "img-src 'self' data:; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  });
  response.end(text.replaceAll('COMITY-NONCE', nonce).replaceAll('COMITY-ADDRESS', address));
}

function forward(incoming, response) {
  const { method, url, headers } = incoming;
  const options = { host: 'localhost', port: behind, method, path: url, headers, rejectUnauthorized: false };
  const asked = request(options, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  asked.on('error', () => response.destroy());
  incoming.pipe(asked);
}

createServer(certificate(), (incoming, response) => {
  const { pathname } = new URL(incoming.url, address);
  if (pathname === '/') return response.writeHead(307, { location: '/console/' }).end();
  if (!/^\/console(\/|$)/.test(pathname)) return forward(incoming, response);
  const file = join(site, normalize(pathname.slice('/console'.length)));
  if (!file.startsWith(site) || !existsSync(file) || !statSync(file).isFile() || file.endsWith('.html')) {
    return pathname.startsWith('/console/assets/') ? response.writeHead(404).end() : page(response);
  }
  response.writeHead(200, {
    'content-type': KINDS[extname(file)] ?? 'text/plain',
    'cache-control': 'no-cache',
  });
  response.end(readFileSync(file));
}).listen(Number(port), '127.0.0.1', () => process.stdout.write(`${address}\n`));
