// A policy as the page edits it, and back. What the page does not know stays as it was written.

import type { Policy } from '../data';

export const TYPES = [
  'b2bCollaborationGuest',
  'b2bCollaborationMember',
  'b2bDirectConnectUser',
  'internalGuest',
  'serviceProvider',
  'otherExternalUser',
] as const;
export type GuestType = (typeof TYPES)[number];

export const CONTROLS = ['mfa', 'compliantDevice', 'domainJoinedDevice'] as const;
export type Control = (typeof CONTROLS)[number];

export type State = NonNullable<Policy['state']>;

export interface Draft {
  displayName: string;
  state: State;
  everyone: boolean;
  /** Users named one by one; kept. */
  users: string[];
  types: GuestType[];
  allTenants: boolean;
  tenants: string[];
  groups: string[];
  exceptGroups: string[];
  target: 'applications' | 'contexts' | 'actions';
  allApplications: boolean;
  applications: string[];
  contexts: string[];
  block: boolean;
  controls: Control[];
  /** Controls that are not edited here. */
  otherControls: string[];
  /** Id of a strength; `kept` for one that has no id that everybody knows. */
  strength: string;
  terms: string[];
  operator: 'AND' | 'OR';
}

export const KEPT = 'kept';
const KNOWN_STRENGTHS = /^00000000-0000-0000-0000-00000000000[234]$/;
const ALL = 'All';

export const EMPTY: Draft = {
  displayName: '',
  state: 'enabledForReportingButNotEnforced',
  everyone: false,
  users: [],
  types: ['b2bCollaborationGuest', 'b2bCollaborationMember', 'b2bDirectConnectUser'],
  allTenants: true,
  tenants: [],
  groups: [],
  exceptGroups: [],
  target: 'applications',
  allApplications: true,
  applications: [],
  contexts: [],
  block: false,
  controls: ['mfa'],
  otherControls: [],
  strength: '',
  terms: [],
  operator: 'OR',
};

interface Guests {
  guestOrExternalUserTypes?: string;
  externalTenants?: { membershipKind?: string; members?: string[] } | null;
}

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((text): text is string => typeof text === 'string') : [];
const isType = (name: string): name is GuestType => (TYPES as readonly string[]).includes(name);
const isControl = (name: string): name is Control => (CONTROLS as readonly string[]).includes(name);

export function draftOf(policy: Policy): Draft {
  const users = policy.conditions?.users;
  const targets = policy.conditions?.applications;
  const grant = policy.grantControls;
  const guests = users?.includeGuestsOrExternalUsers as Guests | null | undefined;
  const named = strings(users?.includeUsers);
  // The old word for all kinds of guests.
  const allGuests = named.some((name) => name.toLowerCase() === 'guestsorexternalusers');
  const types = (guests?.guestOrExternalUserTypes ?? '').split(',').map((name) => name.trim());
  const applications = strings(targets?.includeApplications);
  const contexts = strings(targets?.includeAuthenticationContextClassReferences);
  const controls = strings(grant?.builtInControls);
  const strength = grant?.authenticationStrength as { id?: string } | null | undefined;
  const target =
    contexts.length > 0
      ? 'contexts'
      : strings(targets?.includeUserActions).length > 0
        ? 'actions'
        : 'applications';
  return {
    displayName: policy.displayName ?? '',
    state: policy.state ?? 'disabled',
    everyone: named.includes(ALL),
    users: named.filter((name) => !/^(all|none|guestsorexternalusers)$/i.test(name)),
    types: allGuests ? [...TYPES] : types.filter(isType),
    allTenants: guests?.externalTenants?.membershipKind !== 'enumerated',
    tenants: guests?.externalTenants?.members ?? [],
    groups: strings(users?.includeGroups),
    exceptGroups: strings(users?.excludeGroups),
    target,
    allApplications: applications.includes(ALL),
    applications: applications.filter((id) => id !== ALL && id !== 'None'),
    contexts,
    block: controls.includes('block'),
    controls: controls.filter(isControl),
    otherControls: controls.filter((name) => name !== 'block' && !isControl(name)),
    strength: !strength ? '' : KNOWN_STRENGTHS.test(strength.id ?? '') ? (strength.id ?? '') : KEPT,
    terms: strings(grant?.termsOfUse),
    operator: grant?.operator === 'AND' ? 'AND' : 'OR',
  };
}

export type Missing = 'name' | 'users' | 'tenants' | 'applications' | 'contexts' | 'controls';

/** What has to be entered before it can be saved. */
export function missing(draft: Draft): Missing[] {
  const found: Missing[] = [];
  if (!draft.displayName.trim()) found.push('name');
  if (!draft.everyone) {
    if (draft.types.length + draft.groups.length + draft.users.length === 0) found.push('users');
    if (draft.types.length > 0 && !draft.allTenants && draft.tenants.length === 0) found.push('tenants');
  }
  if (draft.target === 'applications' && !draft.allApplications && draft.applications.length === 0) {
    found.push('applications');
  }
  if (draft.target === 'contexts' && draft.contexts.length === 0) found.push('contexts');
  const asked =
    draft.controls.length + draft.otherControls.length + draft.terms.length + (draft.strength ? 1 : 0);
  if (!draft.block && asked === 0) found.push('controls');
  return found;
}

/** Whether nobody could sign in any more, whoever is editing this among them. */
export const locksOut = (draft: Draft): boolean =>
  draft.block &&
  draft.state === 'enabled' &&
  draft.everyone &&
  draft.exceptGroups.length === 0 &&
  draft.target === 'applications' &&
  draft.allApplications;

function guestsOf(draft: Draft) {
  if (draft.everyone || draft.types.length === 0) return null;
  const externalTenants = draft.allTenants
    ? { '@odata.type': '#microsoft.graph.conditionalAccessAllExternalTenants', membershipKind: 'all' }
    : {
        '@odata.type': '#microsoft.graph.conditionalAccessEnumeratedExternalTenants',
        membershipKind: 'enumerated',
        members: draft.tenants,
      };
  return { guestOrExternalUserTypes: draft.types.join(','), externalTenants };
}

function targetOf(draft: Draft) {
  if (draft.target === 'actions') return {};
  const isContexts = draft.target === 'contexts';
  const applications = draft.allApplications ? [ALL] : draft.applications;
  return {
    applications: {
      includeApplications: isContexts ? [] : applications,
      includeAuthenticationContextClassReferences: isContexts ? draft.contexts : [],
    },
  };
}

function grantOf(draft: Draft) {
  if (draft.block) {
    return { operator: 'OR', builtInControls: ['block'], authenticationStrength: null, termsOfUse: [] };
  }
  return {
    operator: draft.operator,
    builtInControls: [...draft.controls, ...draft.otherControls],
    termsOfUse: draft.terms,
    ...(draft.strength !== KEPT && {
      authenticationStrength: draft.strength ? { id: draft.strength } : null,
    }),
  };
}

/** The body that makes the policy, or makes it like this. */
export function bodyOf(draft: Draft) {
  return {
    displayName: draft.displayName.trim(),
    state: draft.state,
    conditions: {
      users: {
        includeUsers: draft.everyone ? [ALL] : draft.users,
        includeGroups: draft.everyone ? [] : draft.groups,
        excludeGroups: draft.exceptGroups,
        includeGuestsOrExternalUsers: guestsOf(draft),
      },
      ...targetOf(draft),
    },
    grantControls: grantOf(draft),
  };
}
