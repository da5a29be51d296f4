// The tabs of a page, and which members of the settings each of them is about.

import type { BlockName, Direction } from '../data/model';
import type { Member, Subject, Values } from './draft';

export const SECTIONS = ['collaboration', 'direct', 'restrictions', 'trust', 'synchronization'] as const;
export type Section = (typeof SECTIONS)[number];

/** The block that a tab edits. */
export function blockOf(section: Section, direction: Direction): BlockName | undefined {
  if (section === 'restrictions') return 'tenantRestrictions';
  if (section === 'collaboration')
    return direction === 'inbound' ? 'b2bCollaborationInbound' : 'b2bCollaborationOutbound';
  if (section === 'direct')
    return direction === 'inbound' ? 'b2bDirectConnectInbound' : 'b2bDirectConnectOutbound';
  return undefined;
}

/** The members that a tab edits. */
export function membersOf(section: Section, direction: Direction): readonly Member[] {
  const block = blockOf(section, direction);
  if (block) return [block];
  if (section === 'synchronization') return ['isSyncAllowed'];
  return direction === 'inbound' ? ['inboundTrust', 'inboundAllowed'] : ['outboundAllowed'];
}

/** The tabs, in their order. */
export function sectionsOf(subject: Subject, direction: Direction): readonly Section[] {
  if (direction === 'restrictions') return ['restrictions'];
  const both: Section[] = ['collaboration', 'direct'];
  if (subject.kind === 'default') return direction === 'inbound' ? [...both, 'trust'] : both;
  return direction === 'inbound' ? [...both, 'trust', 'synchronization'] : [...both, 'trust'];
}

/** Whether an organization has its own of what the tab is about. */
export const isOwn = (section: Section, direction: Direction, values: Values): boolean =>
  membersOf(section, direction).some((member) => values[member] !== null);
