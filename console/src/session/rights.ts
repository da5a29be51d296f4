// What somebody's roles do not let them do, and the sentence that says so. The server has said it
// when they signed in, from the rules by which it will judge the request.

import type { paths } from '../api/schema';
import { type Me, useMe } from './session';
import { texts } from './words';

type Below<Path> = Path extends `/v1.0${infer Rest}` ? Rest : Path extends `/beta${infer Rest}` ? Rest : Path;
/** An address as the table of permissions writes it. */
export type Address = Below<keyof paths>;
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Why a request would be refused; `undefined` when it would not. */
export function refusal(me: Me, method: Method, path: Address, member?: string): string | undefined {
  const found = me.refused.find(
    (line) =>
      line.method === method &&
      line.path === path &&
      (member === undefined || line.member === null || line.member === member),
  );
  return found && texts.needsRole(found.roles);
}

/** The same, for whoever is signed in. */
export function useRefusal(method: Method, path: Address, member?: string): string | undefined {
  return refusal(useMe(), method, path, member);
}
