// The settings, as Graph writes them, and what can be said about a block without asking the server.
// What is decided is not here: only what the screens must not let somebody do, because the law would
// refuse it anyway (S4).

export type AccessType = 'allowed' | 'blocked';
export type TargetType = 'user' | 'group' | 'application';

export interface Target {
  target: string;
  targetType: TargetType;
}

/** One half of a block: users and groups, or applications. */
export interface Half {
  accessType: AccessType;
  targets: Target[];
}

export interface Block {
  usersAndGroups: Half;
  applications: Half;
}

export interface Trust {
  isMfaAccepted: boolean | null;
  isCompliantDeviceAccepted: boolean | null;
  isHybridAzureADJoinedDeviceAccepted: boolean | null;
}

export interface Consent {
  inboundAllowed: boolean | null;
  outboundAllowed: boolean | null;
}

export const BLOCKS = [
  'b2bCollaborationInbound',
  'b2bCollaborationOutbound',
  'b2bDirectConnectInbound',
  'b2bDirectConnectOutbound',
  'tenantRestrictions',
] as const;
export type BlockName = (typeof BLOCKS)[number];

export type Direction = 'inbound' | 'outbound' | 'restrictions';

/** The default configuration: every member has a value. */
export type Defaults = Record<BlockName, Block> & { inboundTrust: Trust; isServiceDefault: boolean };

/** An organization's entry: what is null is inherited. */
export type Entry = Record<BlockName, Block | null> & {
  tenantId: string;
  isServiceProvider: boolean | null;
  isInMultiTenantOrganization: boolean;
  inboundTrust: Trust | null;
  automaticUserConsentSettings: Consent;
  identitySynchronization: { userSyncInbound: { isSyncAllowed: boolean | null } | null } | null;
};

export const ALL_USERS: Target = { target: 'AllUsers', targetType: 'user' };
export const ALL_APPLICATIONS: Target = { target: 'AllApplications', targetType: 'application' };

export const everybody = (accessType: AccessType): Half => ({ accessType, targets: [ALL_USERS] });
export const everything = (accessType: AccessType): Half => ({ accessType, targets: [ALL_APPLICATIONS] });

/** Whether the half is for all of them. */
export const isAll = (half: Half): boolean =>
  half.targets.length === 1 && /^All(Users|Applications)$/i.test(half.targets[0]?.target ?? '');

const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

export function sameHalf(one: Half, other: Half): boolean {
  return (
    one.accessType === other.accessType &&
    one.targets.length === other.targets.length &&
    one.targets.every(({ target, targetType }) =>
      other.targets.some((known) => same(known.target, target) && known.targetType === targetType),
    )
  );
}

export const sameBlock = (one: Block | null, other: Block | null): boolean =>
  one === null || other === null
    ? one === other
    : sameHalf(one.usersAndGroups, other.usersAndGroups) && sameHalf(one.applications, other.applications);

/** What is wrong with a block, or has to be said of it, by the clause that says so. */
export type Remark =
  | 'usersMissing'
  | 'applicationsMissing'
  /** S4.11: cannot be chosen, but can be read from elsewhere. */
  | 'allUsersBlockedOnly'
  /** S4.12 */
  | 'usersAllowedNothingToReach'
  /** S4.13 */
  | 'selectedUsersBlockedFromEverything';

export const isError = (remark: Remark): boolean => remark !== 'selectedUsersBlockedFromEverything';

export function remarks(block: Block): Remark[] {
  const { usersAndGroups: users, applications } = block;
  const found: Remark[] = [];
  if (users.targets.length === 0) found.push('usersMissing');
  if (applications.targets.length === 0) found.push('applicationsMissing');
  if (found.length > 0) return found;
  const allUsersBlocked = users.accessType === 'blocked' && isAll(users);
  const allApplicationsBlocked = applications.accessType === 'blocked' && isAll(applications);
  if (allUsersBlocked && !allApplicationsBlocked) found.push('allUsersBlockedOnly');
  if (allApplicationsBlocked && users.accessType === 'allowed') found.push('usersAllowedNothingToReach');
  if (allApplicationsBlocked && users.accessType === 'blocked' && !isAll(users)) {
    found.push('selectedUsersBlockedFromEverything');
  }
  return found;
}

/** The users half is given that value; blocking all users blocks all applications as well. */
export function withUsers(block: Block, usersAndGroups: Half): Block {
  const blocksAll = usersAndGroups.accessType === 'blocked' && isAll(usersAndGroups);
  return { usersAndGroups, applications: blocksAll ? everything('blocked') : block.applications };
}

/** The application that encrypted mail is read with. */
export const RIGHTS_MANAGEMENT = '00000012-0000-0000-c000-000000000000';

const names = (half: Half, id: string) => half.targets.some(({ target }) => same(target, id));

/** Whether encrypted mail of the other side cannot be read any more. */
export function hidesEncryptedMail(block: Block): boolean {
  const { usersAndGroups: users, applications } = block;
  if (users.accessType === 'blocked' && isAll(users)) return true;
  if (applications.accessType === 'blocked') {
    return (
      isAll(applications) || names(applications, RIGHTS_MANAGEMENT) || names(applications, 'AllMicrosoftApps')
    );
  }
  return (
    !isAll(applications) &&
    !names(applications, RIGHTS_MANAGEMENT) &&
    !names(applications, 'AllMicrosoftApps')
  );
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isGuid = (text: string): boolean => GUID.test(text);

/** The ids in a text that somebody pasted, and what else stands in it. */
export function pastedIds(text: string): { ids: string[]; others: string[] } {
  const words = text.split(/[\s,;"'{}[\]()<>]+/).filter(Boolean);
  const ids = new Set(words.filter(isGuid).map((id) => id.toLowerCase()));
  const others = [...new Set(words.filter((word) => !isGuid(word)))];
  return { ids: [...ids], others };
}
