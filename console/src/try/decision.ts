// The answer, and where each of its findings can be changed.

import { queryOptions } from '@tanstack/react-query';
import { ask } from '../api/client';
import { asked, type Question } from './question';

export type Verdict = 'allow' | 'block' | 'challenge';
export type Side = 'home' | 'resource' | 'policy';

export interface Finding {
  side: Side | null;
  section?: string;
  verdict: Verdict;
  code: string;
  source?: 'partner' | 'default' | 'system' | null;
  detail?: string | null;
  clause?: string;
  sentence: string | null;
  policy?: string;
}

export interface Decision {
  decision: Verdict;
  reason: string;
  side: Side | null;
  sentence: string;
  remedy: string | null;
  notJudged: Side[];
  findings: Finding[];
  rows: { tenantId: string; sentence: string }[];
}

export const decision = (question: Question, own: string) =>
  queryOptions({
    queryKey: ['decide', own, question],
    staleTime: 0,
    retry: false,
    queryFn: ({ signal }) =>
      ask<Decision>('POST', '/comity/v1/decide', { body: asked(question, own), signal }),
  });

/** The finding that decides: the last one with the verdict and the reason of the whole. */
export const deciding = ({ decision, reason, findings }: Decision): Finding | undefined =>
  decision === 'allow'
    ? undefined
    : findings.findLast(({ verdict, code }) => verdict === decision && code === reason);

const TABS: Record<string, [direction: string, tab: string]> = {
  b2bCollaborationInbound: ['inbound', 'collaboration'],
  b2bCollaborationOutbound: ['outbound', 'collaboration'],
  b2bDirectConnectInbound: ['inbound', 'direct'],
  b2bDirectConnectOutbound: ['outbound', 'direct'],
  tenantRestrictions: ['restrictions', 'restrictions'],
};
const ELSEWHERE: Record<string, string> = {
  allowedCloudEndpoints: '/cross-tenant-access/clouds',
  conditionalAccess: '/conditional-access',
  account: '/users',
  object: '/users',
  domainList: '/external-collaboration/settings',
  allowInvitesFrom: '/external-collaboration/settings',
};

/** The side that is one's own in a question of this direction. */
export const ownSide = (dir: Question['dir']): Side => (dir === 'outbound' ? 'home' : 'resource');

/** Where what a finding is about can be changed; nowhere, when it is the other side's. */
export function control(finding: Finding, question: Question): string | undefined {
  const isOwn = finding.side === null || finding.side === ownSide(question.dir) || finding.side === 'policy';
  const section = finding.section ?? '';
  if (!isOwn) return undefined;
  if (section === 'conditionalAccess' && finding.policy) {
    return `${ELSEWHERE.conditionalAccess}?q=${encodeURIComponent(finding.policy)}`;
  }
  const entry = `/cross-tenant-access/organizations/${question.tenant}`;
  if (section === 'redemption' && question.tenant) return `${entry}/inbound?tab=trust`;
  const place = TABS[section];
  if (!place) return ELSEWHERE[section];
  const [direction, tab] = place;
  const whose = finding.source === 'partner' && question.tenant ? entry : '/cross-tenant-access/default';
  return `${whose}/${direction}?tab=${tab}`;
}
