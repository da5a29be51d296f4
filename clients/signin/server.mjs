// A Comity server as somebody sets one up: `comity init`, a certificate of their own authority,
// `comity.toml`, `comity serve`. What the operator does is done with the program, and what
// administrators do, through Graph.

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = process.env.COMITY_PROGRAM;
// What somebody has set for a server of theirs is not for these.
const ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('COMITY_')),
);

/** A port that nobody listens at. */
const port = () => new Promise((found) => {
  const server = createServer();
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => found(port));
  });
});

/** `fetch` that believes in one authority. */
export const trusting = (ca) => (url, { method = 'GET', headers, body } = {}) =>
  new Promise((answered, failed) => {
    const sent = request(url, { method, headers: Object.fromEntries(new Headers(headers)), ca, agent: false });
    sent.on('error', failed);
    sent.on('response', async (answer) => {
      const parts = [];
      for await (const part of answer) parts.push(part);
      const status = answer.statusCode;
      answered(new Response(parts.length ? Buffer.concat(parts) : null,
        { status, headers: Object.entries(answer.headers).map(([name, value]) => [name, String(value)]) }));
    });
    sent.end(body === undefined ? undefined : String(body));
  });

/** An authority of one's own in `folder`, and a certificate of it for `host`. */
function certify(folder, host) {
  const openssl = (...words) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '30', '-subj', `/CN=Authority for ${host}`);
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', `/CN=${host}`);
  const name = /^[\d.]+$/.test(host) ? `IP:${host}` : `DNS:${host}`;
  writeFileSync(join(folder, 'names'), `subjectAltName=${name}\nbasicConstraints=CA:FALSE\n`);
  openssl('x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial',
    '-days', '30', '-extfile', 'names', '-out', 'server.pem');
}

export class Server {
  /** Makes one that holds a tenant, at a host of its own: cookies know no ports. */
  static async make({ host, tenant, domain }) {
    const folder = mkdtempSync(join(tmpdir(), 'comity-'));
    mkdirSync(join(folder, 'data'));
    certify(folder, host);
    const server = new Server();
    const listen = await port();
    Object.assign(server, { folder, host, name: tenant, domain, listen, url: `https://${host}:${listen}` });
    server.ca = readFileSync(join(folder, 'ca.pem'), 'utf8');
    server.fetch = trusting(server.ca);
    const said = server.run('init', '--data', 'data', '--tenant-name', tenant, '--domain', domain, '--p1');
    const find = (pattern) => said.match(pattern).slice(1);
    [server.tenant] = find(/^Tenant\s+(\S+)/m);
    const [client, secret] = find(/^\s+client\s+(\S+)\s+(\S+)/m);
    server.client = { client, secret };
    const [operator, hidden] = find(/^\s+operator\s+(\S+)\s+(\S+)/m);
    writeFileSync(join(folder, 'operator.secret'), hidden, { mode: 0o600 });
    server.operator = operator;
    return server;
  }

  /** Runs the program, without a server. */
  run(...words) {
    return execFileSync(PROGRAM, words, { cwd: this.folder, env: ENVIRONMENT, encoding: 'utf8' });
  }

  /** Runs it as the operator of the server, and reads what it answers. */
  operate(...words) {
    const login = ['--server', this.url, '--client-id', this.operator, '--client-secret-file', 'operator.secret',
      '--ca-file', 'ca.pem', '--json'];
    const env = { ...ENVIRONMENT, COMITY_TENANT_ID: this.tenant };
    return JSON.parse(execFileSync(PROGRAM, [...words, ...login], { cwd: this.folder, env, encoding: 'utf8' }));
  }

  /** Leaves a text in a file that only the server's operator reads. */
  secret(name, text) {
    writeFileSync(join(this.folder, name), text, { mode: 0o600 });
    return name;
  }

  /** Writes `comity.toml`; `others` are servers that people may come from. */
  configure(others = []) {
    this.secret('others.pem', others.map(({ ca }) => ca).join(''));
    const known = others.length ? 'ca_file = "others.pem"' : '';
    writeFileSync(join(this.folder, 'comity.toml'), `
data = "data"
listen = "127.0.0.1:${this.listen}"
public_url = "${this.url}"
master_key_file = "data/master.key"
[tls]
certificate = "server.pem"
key = "server.key"
[sign_in]
allow_addresses = ["127.0.0.1"]
${known}
`);
  }

  async start() {
    this.child = spawn(PROGRAM, ['serve'], { cwd: this.folder, env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] });
    this.log = '';
    this.child.stderr.on('data', (text) => { this.log += text; });
    this.ended = new Promise((ended) => { this.child.once('exit', ended); });
    for await (const line of createInterface({ input: this.child.stdout })) {
      if (line.includes('ready at')) return;
    }
    throw new Error(`comity serve did not start: ${this.log}`);
  }

  async stop() {
    this.child.kill('SIGTERM');
    await this.ended;
  }

  async remove() {
    await this.stop();
    rmSync(this.folder, { recursive: true });
  }

  /** Asks Graph as the first program of the tenant. */
  async graph(method, path, body) {
    const token = await this.fetch(`${this.url}/${this.tenant}/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: this.client.client,
        client_secret: this.client.secret,
        scope: `${this.url}/.default`,
      }),
    });
    const { access_token } = await token.json();
    const answer = await this.fetch(`${this.url}/${path}`, {
      method,
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  /** Makes somebody who signs in with that password. */
  async person(name, password) {
    const person = await this.graph('POST', 'v1.0/users', {
      accountEnabled: true,
      displayName: name,
      mailNickname: name.toLowerCase(),
      userPrincipalName: `${name.toLowerCase()}@${this.domain}`,
      mail: `${name.toLowerCase()}@${this.domain}`,
      passwordProfile: { password, forceChangePasswordNextSignIn: false },
    });
    return { ...person, password };
  }

  /** Rows of its sign-in log, the newest first. */
  async rows(filter) {
    const query = `$filter=${encodeURIComponent(filter)}&$top=10`;
    return (await this.graph('GET', `beta/auditLogs/signIns?${query}`)).value;
  }

  /** What its settings say of another tenant. */
  async partner(tenant, changes) {
    await this.graph('PATCH', `v1.0/policies/crossTenantAccessPolicy/partners/${tenant}`, changes);
  }
}
