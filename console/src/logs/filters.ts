// Which rows of the logs one looks at: as it stands in the address, and as Graph is asked for them.

import { isGuid } from '../cross-tenant/data/model';
import { type ListState, listState, oneWord } from '../pieces/listState';

export const RANGES = [1, 7, 14, 30, 60, 90] as const;
export const USUAL = 30;

const word = (value: unknown): string | undefined => {
  const said = typeof value === 'number' ? String(value) : value;
  return typeof said === 'string' && said.trim() !== '' ? said.trim().slice(0, 200) : undefined;
};
const id = (value: unknown): string | undefined =>
  typeof value === 'string' && isGuid(value) ? value.toLowerCase() : undefined;
const range = (value: unknown) => RANGES.find((days) => days === value && days !== USUAL);

/** Words that cannot be misread as a part of a filter. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The beginning of the first of so many days, today being the last. */
export function since(days: number, now: Date): string {
  const first = new Date(now.getTime() - days * 86_400_000);
  return `${first.toISOString().slice(0, 10)}T00:00:00Z`;
}

export interface SignInView extends ListState {
  days?: number;
  direction?: 'inbound' | 'outbound';
  tenant?: string;
  application?: string;
  user?: string;
  name?: string;
  status?: 'success' | 'failure';
  code?: number;
  access?: (typeof ACCESS)[number];
  /** Also those that stay within the organization. */
  all?: boolean;
  /** The row whose details are open. */
  row?: string;
}

export const ACCESS = ['b2bCollaboration', 'b2bDirectConnect', 'serviceProvider', 'passthrough'] as const;

export function signInViewIn(search: Record<string, unknown>): SignInView {
  const code = Number(search.code);
  return {
    ...listState(search),
    days: range(search.days),
    direction: oneWord(search.direction, ['inbound', 'outbound']),
    tenant: id(search.tenant),
    application: id(search.application),
    user: id(search.user),
    name: word(search.name),
    status: oneWord(search.status, ['success', 'failure']),
    code: search.code !== undefined && Number.isInteger(code) && code >= 0 ? code : undefined,
    access: oneWord(search.access, ACCESS),
    all: search.all === true || undefined,
    row: word(search.row),
  };
}

export function signInFilter(view: SignInView, own: string, now: Date): string {
  const parts = [`createdDateTime ge ${since(view.days ?? USUAL, now)}`];
  const crosses = {
    inbound: `homeTenantId ne '${own}'`,
    outbound: `resourceTenantId ne '${own}'`,
  };
  if (view.direction) parts.push(crosses[view.direction]);
  else if (!view.all && !view.tenant) parts.push(`(${crosses.inbound} or ${crosses.outbound})`);
  if (view.tenant) parts.push(`(homeTenantId eq '${view.tenant}' or resourceTenantId eq '${view.tenant}')`);
  if (view.application) parts.push(`resourceId eq '${view.application}'`);
  if (view.user) parts.push(`userId eq '${view.user}'`);
  if (view.name) parts.push(`startswith(userPrincipalName,${quoted(view.name)})`);
  if (view.status) parts.push(`status/errorCode ${view.status === 'success' ? 'eq' : 'ne'} 0`);
  if (view.code !== undefined) parts.push(`status/errorCode eq ${view.code}`);
  if (view.access) parts.push(`crossTenantAccessType eq '${view.access}'`);
  parts.push("signInEventTypes/any(t: t eq 'interactiveUser' or t eq 'nonInteractiveUser')");
  return parts.join(' and ');
}

/** What both categories of changes of the settings are called. */
export const ACCESS_CHANGES = ['CrossTenantAccessSettings', 'CrossTenantIdentitySyncSettings'] as const;

export interface AuditView extends ListState {
  days?: number;
  /** The changes of cross-tenant access, whichever category they are in. */
  preset?: 'access';
  category?: string;
  activity?: string;
  who?: string;
  target?: string;
  row?: string;
}

export const auditViewIn = (search: Record<string, unknown>): AuditView => ({
  ...listState(search),
  days: range(search.days),
  preset: oneWord(search.preset, ['access']),
  category: word(search.category),
  activity: word(search.activity),
  who: word(search.who),
  target: word(search.target),
  row: word(search.row),
});

export function auditFilter(view: AuditView, now: Date): string {
  const parts = [`activityDateTime ge ${since(view.days ?? USUAL, now)}`];
  if (view.preset) {
    parts.push(`(${ACCESS_CHANGES.map((category) => `category eq '${category}'`).join(' or ')})`);
  } else if (view.category) parts.push(`category eq ${quoted(view.category)}`);
  if (view.activity) parts.push(`activityDisplayName eq ${quoted(view.activity)}`);
  if (view.who) parts.push(`startswith(initiatedBy/user/userPrincipalName,${quoted(view.who)})`);
  if (view.target) parts.push(`targetResources/any(t: t/id eq ${quoted(view.target)})`);
  return parts.join(' and ');
}
