// An application that people sign in to, on this machine: openid-client, and an address to come back to.

import { createServer } from 'node:http';

import * as oidc from 'openid-client';

export class Application {
  /** Listens; the client is registered afterwards, with the address. */
  static async listen() {
    const application = new Application();
    const arrivals = [];
    const server = createServer((request, response) => {
      const url = new URL(request.url, application.callback);
      if (url.pathname === '/cb') arrivals.shift()?.(url);
      response.end('Back at the application');
    });
    await new Promise((listening) => { server.listen(0, '127.0.0.1', listening); });
    const callback = `http://localhost:${server.address().port}/cb`;
    return Object.assign(application, { server, callback, arrivals });
  }

  close() {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** Learns of its provider. */
  async discover(issuer, client, secret, fetch) {
    this.client = await oidc.discovery(new URL(issuer), client, undefined,
      oidc.ClientSecretBasic(secret), { [oidc.customFetch]: fetch });
    this.client[oidc.customFetch] = fetch;
  }

  /** Sends a browser to sign in. */
  async begin(page, parameters = {}) {
    const verifier = oidc.randomPKCECodeVerifier();
    const expected = {
      pkceCodeVerifier: verifier, expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce(),
    };
    const arrival = new Promise((arrived) => { this.arrivals.splice(0, Infinity, arrived); });
    await page.goto(oidc.buildAuthorizationUrl(this.client, {
      redirect_uri: this.callback,
      scope: 'openid profile email offline_access',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: expected.expectedState,
      nonce: expected.expectedNonce,
      ...parameters,
    }).href);
    return { page, arrival, expected };
  }

  /** Takes what comes back. */
  async finish({ page, arrival, expected }) {
    const back = await arrival;
    await page.waitForURL(`${this.callback}**`);
    return oidc.authorizationCodeGrant(this.client, back, expected);
  }

  async refresh(tokens) {
    return oidc.refreshTokenGrant(this.client, tokens.refresh_token);
  }
}
