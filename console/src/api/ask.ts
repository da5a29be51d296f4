// Lists of Graph, whole: page after page, as the server names the next one.

import { authorized } from './client';
import { asProblem, problemOf } from './problem';

/** More than anybody reads in a browser; a list that goes on is cut there. */
const MOST = 20_000;

/** What is at an address, with its ETag; a problem is thrown. */
export async function askWithTag<T>(path: string): Promise<{ value: T; tag: string | undefined }> {
  try {
    const response = await authorized(new Request(location.origin + path));
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok) throw problemOf(response, body);
    return { value: body as T, tag: response.headers.get('etag') ?? undefined };
  } catch (thrown) {
    throw asProblem(thrown);
  }
}

/** What is at an address. */
export async function ask<T>(path: string): Promise<T> {
  return (await askWithTag<T>(path)).value;
}

interface Collection<T> {
  value: T[];
  '@odata.nextLink'?: string;
}

/** Everything in a collection. */
export async function askAll<T>(path: string): Promise<T[]> {
  const found: T[] = [];
  let next: string | undefined = path;
  while (next && found.length < MOST) {
    const page: Collection<T> = await ask(next);
    found.push(...page.value);
    const link = page['@odata.nextLink'];
    const address = link ? new URL(link) : undefined;
    next = address && address.pathname + address.search;
  }
  return found;
}
