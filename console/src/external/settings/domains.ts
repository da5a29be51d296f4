// The list of domains, which stands as JSON in a string in JSON, and what somebody pasted into it.

export type Kind = 'any' | 'blocked' | 'allowed';

export interface DomainList {
  kind: Kind;
  domains: readonly string[];
}

interface Lists {
  AllowedDomains?: unknown;
  BlockedDomains?: unknown;
}
interface Definition {
  B2BManagementPolicy?: { InvitationsAllowedAndBlockedDomainsPolicy?: Lists | null } & Record<
    string,
    unknown
  >;
}

const names = (list: unknown): string[] =>
  Array.isArray(list) ? list.filter((name): name is string => typeof name === 'string') : [];

function parsed(definition: string | undefined): Definition {
  try {
    return JSON.parse(definition ?? '{}') as Definition;
  } catch {
    return {};
  }
}

export function readList(definition: string | undefined): DomainList {
  const lists = parsed(definition).B2BManagementPolicy?.InvitationsAllowedAndBlockedDomainsPolicy;
  const [allowed, blocked] = [names(lists?.AllowedDomains), names(lists?.BlockedDomains)];
  if (allowed.length > 0) return { kind: 'allowed', domains: allowed };
  if (blocked.length > 0) return { kind: 'blocked', domains: blocked };
  return { kind: 'any', domains: [] };
}

/** The definition with another list; whatever else stands in it stays. */
export function withList(definition: string | undefined, list: DomainList): string {
  const before = parsed(definition).B2BManagementPolicy ?? {};
  const lists =
    list.kind === 'allowed'
      ? { AllowedDomains: list.domains }
      : { BlockedDomains: list.kind === 'blocked' ? list.domains : [] };
  return JSON.stringify({
    B2BManagementPolicy: { ...before, InvitationsAllowedAndBlockedDomainsPolicy: lists },
  });
}

export function sameList(one: DomainList, other: DomainList): boolean {
  if (one.kind !== other.kind) return false;
  if (one.kind === 'any') return true;
  return (
    one.domains.length === other.domains.length && one.domains.every((name) => other.domains.includes(name))
  );
}

const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** The domains in a text that somebody pasted, and what else stands in it. */
export function pastedDomains(text: string): { domains: string[]; others: string[] } {
  const words = text
    .toLowerCase()
    .split(/[\s,;"']+/)
    .map((word) => word.replace(/^(https?:\/\/|.*@)/, '').replace(/[/.]+$/, ''))
    .filter(Boolean);
  const isDomain = (word: string) => DOMAIN.test(word);
  return {
    domains: [...new Set(words.filter(isDomain))],
    others: [...new Set(words.filter((word) => !isDomain(word)))],
  };
}
