// Who is signed in, and with what. It lives in the memory of the page: a reload asks the provider
// again, which asks the person nothing as long as their session with it lasts.

import { useSyncExternalStore } from 'react';
import type { Schemas } from '../api/client';
import { asProblem, Problem, problemOf } from '../api/problem';
import { beside, farewell, leave, NotSignedIn, refreshed, type Tokens } from './provider';
import { texts } from './words';

export type Me = Schemas['me'];

/** What the page knows. */
export type Session =
  | { is: 'nobody' }
  | { is: 'somebody'; tenant: string; me: Me }
  /** They were, until the provider said no more. What they have entered stays where it is. */
  | { is: 'over'; tenant: string; me: Me };

let session: Session = { is: 'nobody' };
let held: Tokens | undefined;
let renewing: Promise<string> | undefined;
const listeners = new Set<() => void>();

function become(next: Session): void {
  session = next;
  for (const listener of listeners) listener();
}

/** Who is signed in. */
export const current = (): Session => session;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useSession = (): Session => useSyncExternalStore(subscribe, current);

/** Whoever is signed in; only below the frame, which is shown to nobody else. */
export function useMe(): Me {
  const session = useSession();
  if (session.is === 'nobody') throw new Error('nobody is signed in');
  return session.me;
}

/** Which organization and whom to ask for the next time. An address is no secret; tokens never come here. */
const REMEMBERED = 'comity.remembered';
export interface Remembered {
  tenant: string;
  address: string;
}

export function remembered(): Remembered | undefined {
  try {
    const value = JSON.parse(localStorage.getItem(REMEMBERED) ?? 'null') as Remembered | null;
    return value?.tenant ? value : undefined;
  } catch {
    return undefined;
  }
}

export function remember(value: Remembered | undefined): void {
  if (value) localStorage.setItem(REMEMBERED, JSON.stringify(value));
  else localStorage.removeItem(REMEMBERED);
}

/** Somebody has signed in. */
export async function begin(tenant: string, tokens: Tokens): Promise<void> {
  const response = await fetch('/comity/v1/me', { headers: { authorization: `Bearer ${tokens.access}` } });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw problemOf(response, body);
  const me = body as Me;
  held = tokens;
  remember({ tenant, address: me.person?.userPrincipalName ?? remembered()?.address ?? '' });
  become({ is: 'somebody', tenant, me });
}

/** An access token that is good for a while. */
export async function token(): Promise<string> {
  if (held && held.until - Date.now() > 60_000) return held.access;
  return renew();
}

/** A new one, whatever the old one says. Several that ask at once get the same. */
export function renew(): Promise<string> {
  renewing ??= renewed().finally(() => {
    renewing = undefined;
  });
  return renewing;
}

async function renewed(): Promise<string> {
  if (session.is !== 'somebody' || !held) throw over();
  try {
    held = await refreshed(session.tenant, held);
    return held.access;
  } catch (thrown) {
    if (thrown instanceof NotSignedIn) {
      held = undefined;
      become({ is: 'over', tenant: session.tenant, me: session.me });
      throw over();
    }
    throw asProblem(thrown);
  }
}

const over = () => new Problem(401, 'signedOut', texts.endedLead);

/** Signs in again beside the page, and proves what is asked for. */
export async function again(claims?: string): Promise<void> {
  if (session.is === 'nobody') return;
  const { tenant, me } = session;
  const hint = me.person?.userPrincipalName ?? undefined;
  const tokens = await beside({ tenant, hint, claims });
  held = tokens;
  await begin(tenant, tokens);
}

/** Ends the session, here and with the provider. */
export async function signOut(): Promise<never> {
  const tokens = held;
  const tenant = session.is === 'nobody' ? remembered()?.tenant : session.tenant;
  held = undefined;
  const address = tenant ? await farewell(tenant, tokens) : '/console/signed-out';
  location.assign(address);
  return new Promise(() => {});
}

/** Nobody was asked yet whether they are signed in; asked once for each visit of the page. */
const ASKED = 'comity.asked';

/** Looks whether somebody is signed in with their organization, by going there and coming back. */
export async function lookSilently(target: string): Promise<void> {
  const known = remembered();
  if (!known || sessionStorage.getItem(ASKED)) {
    sessionStorage.removeItem(ASKED);
    return;
  }
  sessionStorage.setItem(ASKED, '1');
  await leave({ tenant: known.tenant, hint: known.address, silent: true, target });
}

/** The answer to that has come. */
export const lookedSilently = (): void => sessionStorage.removeItem(ASKED);
