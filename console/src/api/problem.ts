// What went wrong with a request, in one form, and as a sentence for whoever is looking at it.

import { texts } from './words';

/** A request that was refused, or never answered. */
export class Problem extends Error {
  constructor(
    /** HTTP status; 0 when there was no answer. */
    readonly status: number,
    /** The code of the interface, for instance `Request_ResourceNotFound`. */
    readonly code: string,
    message: string,
    /** By which the operator finds the request. */
    readonly requestId?: string,
    /** When it is worth trying again, in seconds. */
    readonly retryAfter?: number,
    /** What the session must prove before it is allowed, as the token endpoint reads it. */
    readonly claims?: string,
  ) {
    super(message);
  }

  /** Somebody else changed it since it was read. */
  get isConflict(): boolean {
    return this.status === 412 || this.status === 409;
  }

  /** It may work a little later, as it is. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

interface Said {
  error?: { code?: unknown; message?: unknown; innerError?: Record<string, unknown> } | string;
  error_description?: unknown;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** What an answer says that is no success. */
export function problemOf(response: Response, body: unknown): Problem {
  const said = (typeof body === 'object' && body !== null ? body : {}) as Said;
  const error = typeof said.error === 'object' ? said.error : undefined;
  const code = text(error?.code) ?? text(said.error) ?? String(response.status);
  const message = text(error?.message) ?? text(said.error_description) ?? texts.status(response.status);
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new Problem(
    response.status,
    code,
    message,
    response.headers.get('request-id') ?? undefined,
    Number.isFinite(seconds) ? seconds : undefined,
    challenged(response.headers.get('www-authenticate')),
  );
}

/** The claims that a challenge asks for (`insufficient_claims`). */
export function challenged(header: string | null): string | undefined {
  const found = header?.match(/claims="([^"]+)"/)?.[1];
  if (!found) return undefined;
  try {
    return atob(found.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return undefined;
  }
}

/** Whatever was thrown, as a problem. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof TypeError) return new Problem(0, 'noAnswer', texts.noAnswer);
  return new Problem(0, 'unexpected', thrown instanceof Error ? thrown.message : String(thrown));
}

/** The headline of a problem. */
export function headline(problem: Problem): string {
  if (problem.status === 0) return texts.noAnswerTitle;
  if (problem.status === 403) return texts.forbiddenTitle;
  if (problem.status === 404) return texts.notFoundTitle;
  if (problem.status === 412) return texts.conflictTitle;
  if (problem.status === 429) return texts.tooManyTitle;
  if (problem.status === 503) return texts.laterTitle;
  if (problem.status >= 500) return texts.failedTitle;
  return texts.refusedTitle;
}
