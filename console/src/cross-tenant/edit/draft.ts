// A draft of one page: what somebody wants to be different, member by member, and the requests that
// would make it so. What they have not touched is never written.

import type { GraphRequest } from '../../api/client';
import {
  BLOCKS,
  type Block,
  type BlockName,
  type Consent,
  type Entry,
  sameBlock,
  type Trust,
} from '../data/model';

const ROOT = '/policies/crossTenantAccessPolicy';

/** Everything a page can change of an organization; of the default, what is never null. */
export interface Values extends Record<BlockName, Block | null> {
  inboundTrust: Trust | null;
  inboundAllowed: boolean | null;
  outboundAllowed: boolean | null;
  /** `null`: there is no setting for synchronization. */
  isSyncAllowed: boolean | null;
}

export type Member = keyof Values;
export type Draft = Partial<Values>;

export const MEMBERS: readonly Member[] = [
  ...BLOCKS,
  'inboundTrust',
  'inboundAllowed',
  'outboundAllowed',
  'isSyncAllowed',
];

/** Whose settings they are. */
export type Subject =
  | { kind: 'default' }
  | { kind: 'organization'; tenantId: string; name: string; sameCloud: boolean };

export function sameTrust(one: Trust | null, other: Trust | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.isMfaAccepted === other.isMfaAccepted &&
    one.isCompliantDeviceAccepted === other.isCompliantDeviceAccepted &&
    one.isHybridAzureADJoinedDeviceAccepted === other.isHybridAzureADJoinedDeviceAccepted
  );
}

function isBlock(member: Member): member is BlockName {
  return (BLOCKS as readonly string[]).includes(member);
}

export function sameValue<M extends Member>(member: M, one: Values[M], other: Values[M]): boolean {
  if (isBlock(member)) return sameBlock(one as Block | null, other as Block | null);
  if (member === 'inboundTrust') return sameTrust(one as Trust | null, other as Trust | null);
  return one === other;
}

/** The members that are really different. */
export function changed(base: Values, draft: Draft): Member[] {
  return MEMBERS.filter(
    (member) => member in draft && !sameValue(member, base[member], draft[member] as never),
  );
}

export const wanted = (base: Values, draft: Draft): Values => ({ ...base, ...draft });

export function valuesOfEntry(entry: Entry): Values {
  const blocks = Object.fromEntries(BLOCKS.map((name) => [name, entry[name] ?? null])) as Record<
    BlockName,
    Block | null
  >;
  const trust = entry.inboundTrust;
  const consent: Consent | null = entry.automaticUserConsentSettings ?? null;
  const sync = entry.identitySynchronization;
  return {
    ...blocks,
    inboundTrust: trust && {
      isMfaAccepted: trust.isMfaAccepted ?? null,
      isCompliantDeviceAccepted: trust.isCompliantDeviceAccepted ?? null,
      isHybridAzureADJoinedDeviceAccepted: trust.isHybridAzureADJoinedDeviceAccepted ?? null,
    },
    inboundAllowed: consent?.inboundAllowed ?? null,
    outboundAllowed: consent?.outboundAllowed ?? null,
    isSyncAllowed: sync ? (sync.userSyncInbound?.isSyncAllowed ?? false) : null,
  };
}

/** The requests that make it so. Nothing but what is different is in them. */
export function requests(subject: Subject, base: Values, draft: Draft): GraphRequest[] {
  const members = changed(base, draft);
  const body: Record<string, unknown> = {};
  const consent: Record<string, boolean | null> = {};
  for (const member of members) {
    if (member === 'inboundAllowed' || member === 'outboundAllowed') consent[member] = draft[member] ?? null;
    else if (member !== 'isSyncAllowed') body[member] = draft[member] ?? null;
  }
  if (Object.keys(consent).length > 0) body.automaticUserConsentSettings = consent;
  const url = subject.kind === 'default' ? `${ROOT}/default` : `${ROOT}/partners/${subject.tenantId}`;
  const made: GraphRequest[] = [];
  if (Object.keys(body).length > 0) made.push({ method: 'PATCH', url, body });
  if (members.includes('isSyncAllowed'))
    made.push(synchronization(url, base.isSyncAllowed, draft.isSyncAllowed ?? null));
  return made;
}

function synchronization(entry: string, before: boolean | null, after: boolean | null): GraphRequest {
  const url = `${entry}/identitySynchronization`;
  if (after === null) return { method: 'DELETE', url };
  const body = { userSyncInbound: { isSyncAllowed: after } };
  return { method: before === null ? 'PUT' : 'PATCH', url, body };
}
