// The tenant's provider, as OpenID Connect has it: code and PKCE, tokens in memory and nowhere else.

import * as oauth from 'oauth4webapi';
import { SCOPES } from './scopes';

/** The console's application id, the same in every tenant. */
const CLIENT: oauth.Client = { client_id: 'c0c01e00-0000-4000-8000-000000000001' };
const RETURN = '/console/signed-in';
const FAREWELL = '/console/signed-out';
/** What a sign-in under way is remembered by, until the browser comes back. */
const UNDER_WAY = 'comity.sign-in';

export interface Tokens {
  access: string;
  refresh?: string;
  id?: string;
  /** When the access token ends, in milliseconds since 1970. */
  until: number;
}

interface UnderWay {
  tenant: string;
  verifier: string;
  state: string;
  nonce: string;
  silent: boolean;
  /** Where the person wanted to go. */
  target: string;
}

const providers = new Map<string, Promise<oauth.AuthorizationServer>>();

/** The provider of a tenant. */
function provider(tenant: string): Promise<oauth.AuthorizationServer> {
  let known = providers.get(tenant);
  if (!known) {
    const issuer = new URL(`${location.origin}/${tenant}/v2.0`);
    known = oauth
      .discoveryRequest(issuer, { algorithm: 'oidc' })
      .then((response) => oauth.processDiscoveryResponse(issuer, response));
    known.catch(() => providers.delete(tenant));
    providers.set(tenant, known);
  }
  return known;
}

/** The tenant that has verified a domain, by its id. */
export async function tenantOf(domain: string): Promise<string | undefined> {
  const response = await fetch(`/${encodeURIComponent(domain)}/v2.0/.well-known/openid-configuration`);
  if (response.status >= 500) throw new TypeError('no answer');
  if (!response.ok) return undefined;
  const { issuer } = (await response.json()) as { issuer?: string };
  return issuer?.match(/\/([0-9a-f-]{36})\/v2\.0$/)?.[1];
}

interface Wish {
  tenant: string;
  target: string;
  /** Whom to ask for. */
  hint?: string;
  /** Ask nothing: whoever is signed in, or nobody. */
  silent?: boolean;
  /** What the session has to prove, as a challenge says it. */
  claims?: string;
}

async function prepared(wish: Wish): Promise<{ address: string; underWay: UnderWay }> {
  const server = await provider(wish.tenant);
  const underWay: UnderWay = {
    tenant: wish.tenant,
    verifier: oauth.generateRandomCodeVerifier(),
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    silent: wish.silent === true,
    target: wish.target,
  };
  const address = new URL(server.authorization_endpoint ?? '');
  const put = (name: string, value: string | undefined) => value && address.searchParams.set(name, value);
  put('client_id', CLIENT.client_id);
  put('redirect_uri', location.origin + RETURN);
  put('response_type', 'code');
  put('scope', SCOPES.join(' '));
  put('code_challenge', await oauth.calculatePKCECodeChallenge(underWay.verifier));
  put('code_challenge_method', 'S256');
  put('state', underWay.state);
  put('nonce', underWay.nonce);
  put('login_hint', wish.hint);
  put('prompt', wish.silent ? 'none' : undefined);
  put('claims', wish.claims);
  return { address: address.href, underWay };
}

/** Leaves the page to sign in. */
export async function leave(wish: Wish): Promise<never> {
  const { address, underWay } = await prepared(wish);
  sessionStorage.setItem(UNDER_WAY, JSON.stringify(underWay));
  location.assign(address);
  return new Promise(() => {});
}

/** Somebody has come back from signing in. */
export interface Arrived {
  tenant: string;
  target: string;
  tokens: Tokens;
}

/** The provider said no, or could not ask. */
export class NotSignedIn extends Error {
  constructor(
    message: string,
    readonly code: string,
    /** Whether nobody was asked anything. */
    readonly silent: boolean,
    readonly target: string,
  ) {
    super(message);
  }
}

/** Takes what the browser came back with. `undefined`: nobody had set out. */
export async function arrived(address: URL): Promise<Arrived | undefined> {
  const stored = sessionStorage.getItem(UNDER_WAY);
  sessionStorage.removeItem(UNDER_WAY);
  if (!stored) return undefined;
  const underWay = JSON.parse(stored) as UnderWay;
  return { ...underWay, tokens: await exchanged(address, underWay) };
}

async function exchanged(address: URL, underWay: UnderWay): Promise<Tokens> {
  const server = await provider(underWay.tenant);
  const refused = (thrown: unknown): never => {
    if (thrown instanceof oauth.AuthorizationResponseError) {
      const said = thrown.error_description ?? thrown.error;
      throw new NotSignedIn(said, thrown.error, underWay.silent, underWay.target);
    }
    throw thrown;
  };
  let parameters: URLSearchParams;
  try {
    parameters = oauth.validateAuthResponse(server, CLIENT, address, underWay.state);
  } catch (thrown) {
    return refused(thrown);
  }
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    CLIENT,
    oauth.None(),
    parameters,
    location.origin + RETURN,
    underWay.verifier,
  );
  const answer = await oauth.processAuthorizationCodeResponse(server, CLIENT, response, {
    expectedNonce: underWay.nonce,
    requireIdToken: true,
  });
  return tokens(answer);
}

function tokens(answer: oauth.TokenEndpointResponse): Tokens {
  return {
    access: answer.access_token,
    refresh: answer.refresh_token,
    id: answer.id_token,
    until: Date.now() + (answer.expires_in ?? 3600) * 1000,
  };
}

/** New tokens for a refresh token; it is used up by that. */
export async function refreshed(tenant: string, known: Tokens): Promise<Tokens> {
  const server = await provider(tenant);
  if (!known.refresh) throw new NotSignedIn('', 'invalid_grant', true, '');
  const response = await oauth.refreshTokenGrantRequest(server, CLIENT, oauth.None(), known.refresh);
  try {
    const answer = await oauth.processRefreshTokenResponse(server, CLIENT, response);
    return { id: known.id, ...tokens(answer) };
  } catch (thrown) {
    if (thrown instanceof oauth.ResponseBodyError) {
      throw new NotSignedIn(thrown.error_description ?? thrown.error, thrown.error, true, '');
    }
    throw thrown;
  }
}

/** Where the session with the provider ends. */
export async function farewell(tenant: string, known: Tokens | undefined): Promise<string> {
  const server = await provider(tenant);
  const address = new URL(server.end_session_endpoint ?? '');
  address.searchParams.set('client_id', CLIENT.client_id);
  address.searchParams.set('post_logout_redirect_uri', location.origin + FAREWELL);
  if (known?.id) address.searchParams.set('id_token_hint', known.id);
  return address.href;
}

const WINDOW = 'comity-sign-in';

/** Signs in beside the page, so that nothing on it is lost. */
export async function beside(wish: Omit<Wish, 'target'>): Promise<Tokens> {
  // Opened before anything is waited for: a browser lets that pass as the answer to a click.
  const other = window.open('about:blank', WINDOW, 'popup,width=520,height=720');
  if (!other) throw new NotSignedIn('', 'popup_blocked', false, '');
  const { address, underWay } = await prepared({ ...wish, target: '' });
  const channel = new BroadcastChannel(WINDOW);
  try {
    const back = new Promise<URL>((resolve, reject) => {
      channel.onmessage = ({ data }) => resolve(new URL(String(data)));
      const watch = setInterval(() => {
        if (!other.closed) return;
        clearInterval(watch);
        // The answer may still be on its way.
        setTimeout(() => reject(new NotSignedIn('', 'closed', false, '')), 500);
      }, 300);
    });
    other.location.replace(address);
    return await exchanged(await back, underWay);
  } finally {
    channel.close();
    other.close();
  }
}

/** In that other window: hands over what it came back with. `false`: this is not that window. */
export function handOver(): boolean {
  if (window.name !== WINDOW || sessionStorage.getItem(UNDER_WAY)) return false;
  const channel = new BroadcastChannel(WINDOW);
  channel.postMessage(location.href);
  channel.close();
  window.close();
  return true;
}
