// The certified `oidc-provider` as the provider of a tenant: it signs whoever comes in as whom it is
// told, says of them what it is told, and can be made to send tokens that nobody should believe.

import { createServer } from 'node:http';

import { SignJWT, decodeJwt, exportJWK, generateKeyPair } from 'jose';
import Provider, { interactionPolicy } from 'oidc-provider';

/** Everybody is asked each time. */
function always() {
  const { Check, base } = interactionPolicy;
  const policy = base();
  const asked = ({ oidc }) => (oidc.result?.login ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT);
  policy.get('login').checks.add(new Check('always', 'everybody is asked', asked));
  return policy;
}

export class Upstream {
  static async listen() {
    const server = createServer();
    await new Promise((listening) => { server.listen(0, '127.0.0.1', listening); });
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const upstream = new Upstream();
    return Object.assign(upstream, {
      server,
      privateKey,
      issuer: `http://127.0.0.1:${server.address().port}`,
      /** Who signs in, and how. */
      login: () => ({ accountId: 'gina', amr: ['pwd'] }),
      /** What is known of people, by their subject. */
      people: {},
      /** What becomes of a token before it is sent. */
      tamper: undefined,
    });
  }

  /** Serves a client. */
  async serve(client) {
    const jwk = { ...await exportJWK(this.privateKey), kid: 'one', use: 'sig', alg: 'RS256' };
    const provider = new Provider(this.issuer, {
      clients: [{ grant_types: ['authorization_code', 'refresh_token'], ...client }],
      jwks: { keys: [jwk] },
      cookies: { keys: ['of this test'] },
      acrValues: ['urn:example:two'],
      claims: {
        openid: ['sub', 'acr', 'amr', 'auth_time', 'groups', 'compliant', 'hybrid'],
        email: ['email', 'email_verified'],
        profile: ['preferred_username'],
      },
      conformIdTokenClaims: false,
      features: { devInteractions: { enabled: false } },
      interactions: { policy: always(), url: (_, { uid }) => `/interaction/${uid}` },
      // It would give none without `prompt=consent`.
      issueRefreshToken: () => true,
      rotateRefreshToken: true,
      pkce: { required: () => true },
      findAccount: (_, id) => this.people[id] && { accountId: id, claims: () => ({ sub: id, ...this.people[id] }) },
    });
    provider.use(async (context, next) => {
      if (context.path.startsWith('/interaction/')) return this.interact(provider, context);
      await next();
      const token = context.oidc?.route === 'token' && context.body?.id_token;
      if (token && this.tamper) context.body.id_token = await this.tamper(token);
    });
    this.server.on('request', provider.callback());
  }

  async interact(provider, context) {
    const { params } = await provider.interactionDetails(context.req, context.res);
    const login = { remember: false, ...this.login(params) };
    const grant = new provider.Grant({ accountId: login.accountId, clientId: params.client_id });
    grant.addOIDCScope('openid profile email offline_access');
    const consent = { grantId: await grant.save() };
    context.respond = false;
    await provider.interactionFinished(context.req, context.res, { login, consent }, { mergeWithLastSubmission: false });
  }

  /** The token again with other claims, and the provider's own signature. */
  signed(token, changes) {
    return new SignJWT({ ...decodeJwt(token), ...changes })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(this.privateKey);
  }

  close() {
    this.server.close();
    this.server.closeAllConnections();
  }
}
