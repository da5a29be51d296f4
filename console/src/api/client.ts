// The one place that speaks to the server. Everything is asked with the person's token; a token
// that is not believed any more is renewed once, and a refusal is thrown as a problem.

import createClient from 'openapi-fetch';
import { renew, token } from '../session/session';
import { asProblem, problemOf } from './problem';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];

async function send(request: Request, current: string): Promise<Response> {
  const copy = request.clone();
  copy.headers.set('authorization', `Bearer ${current}`);
  return fetch(copy);
}

/** Asks with a token that is good, or says that there is none. */
export async function authorized(request: Request): Promise<Response> {
  const response = await send(request, await token());
  // A challenge for more than the session has proved is not answered by a new token alone.
  const challenge = response.headers.get('www-authenticate') ?? '';
  if (response.status !== 401 || challenge.includes('insufficient_claims')) return response;
  return send(request, await renew());
}

/** The interfaces, with their types. */
export const api = createClient<paths>({
  baseUrl: location.origin,
  fetch: authorized,
  // Graph reads several names as one option, with commas between them.
  querySerializer: { array: { style: 'form', explode: false } },
});

interface Answered<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** What was answered; a problem is thrown. */
export async function answered<T>(asked: Promise<Answered<T>>): Promise<NonNullable<T>> {
  return (await withTag(asked)).value;
}

/** What was answered, with its ETag. */
export async function withTag<T>(
  asked: Promise<Answered<T>>,
): Promise<{ value: NonNullable<T>; tag: string | undefined }> {
  let answer: Answered<T>;
  try {
    answer = await asked;
  } catch (thrown) {
    throw asProblem(thrown);
  }
  if (!answer.response.ok) throw problemOf(answer.response, answer.error);
  return { value: answer.data as NonNullable<T>, tag: answer.response.headers.get('etag') ?? undefined };
}

/** A request in Graph's words, as a draft is made of. */
export interface GraphRequest {
  method: 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below the version, for instance `/policies/crossTenantAccessPolicy/default`. */
  url: string;
  body?: unknown;
}

/** What a request left: its answer, and the ETag of what it wrote. */
export interface CarriedOut {
  body: unknown;
  tag: string | undefined;
}

/** Carries a request out. What it was made on is named by the ETag; the reason goes to the audit. */
export async function carryOut(
  request: GraphRequest,
  options: { ifMatch?: string; reason?: string; version?: 'v1.0' | 'beta' } = {},
): Promise<CarriedOut> {
  const headers = new Headers();
  if (options.ifMatch) headers.set('if-match', options.ifMatch);
  if (options.reason) headers.set('comity-reason', encodeURIComponent(options.reason));
  if (request.body !== undefined) headers.set('content-type', 'application/json');
  const asked = new Request(`${location.origin}/${options.version ?? 'v1.0'}${request.url}`, {
    method: request.method,
    headers,
    body: request.body === undefined ? undefined : JSON.stringify(request.body),
  });
  try {
    const response = await authorized(asked);
    const text = await response.text();
    const body: unknown = text ? parsed(text) : undefined;
    if (!response.ok) throw problemOf(response, body);
    return { body, tag: response.headers.get('etag') ?? undefined };
  } catch (thrown) {
    throw asProblem(thrown);
  }
}

interface Wish {
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  accept?: string;
  signal?: AbortSignal;
}

async function request(method: string, path: string, wish: Wish): Promise<Response> {
  const address = new URL(path, location.origin);
  for (const [name, value] of Object.entries(wish.query ?? {})) {
    if (value !== undefined) address.searchParams.set(name, String(value));
  }
  const headers = new Headers(wish.accept ? { accept: wish.accept } : {});
  if (wish.body !== undefined) headers.set('content-type', 'application/json');
  const body = wish.body === undefined ? undefined : JSON.stringify(wish.body);
  const response = await authorized(new Request(address, { method, headers, body, signal: wish.signal }));
  if (!response.ok) throw problemOf(response, parsed(await response.text()));
  return response;
}

/** Asks one of the product's own questions, whose answers are too free for types of a description. */
export async function ask<T>(method: 'GET' | 'POST', path: string, wish: Wish = {}): Promise<T> {
  try {
    const response = await request(method, path, wish);
    return (await response.json()) as T;
  } catch (thrown) {
    throw asProblem(thrown);
  }
}

/** The same, where the answer comes line by line, each one telling more than the one before. */
export async function* askForLines<T>(path: string, wish: Wish): AsyncGenerator<T> {
  try {
    const response = await request('POST', path, { ...wish, accept: 'application/x-ndjson' });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: '' };
      rest += value ?? '';
      const lines = rest.split('\n');
      rest = done ? '' : (lines.pop() ?? '');
      for (const line of lines.filter((line) => line.trim() !== '')) yield lineOf<T>(response, line);
      if (done) return;
    }
  } catch (thrown) {
    throw asProblem(thrown);
  }
}

/** A line may say that the answer has broken off. */
function lineOf<T>(response: Response, text: string): T {
  const told = parsed(text);
  if (typeof told === 'object' && told !== null && !('error' in told)) return told as T;
  throw problemOf(new Response(null, { status: 500, headers: response.headers }), told);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
