// The start: how things stand, what was changed, who crossed, and what to do next.

import {
  makeStyles,
  Spinner,
  Text,
  Link as TextLink,
  tokens,
  typographyStyles,
} from '@fluentui/react-components';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';
import { activity } from '../activity/data';
import { columnsOf } from '../activity/days';
import { asProblem } from '../api/problem';
import { revisions } from '../history/data';
import { partsNamed, usePartName } from '../history/partName';
import { Columns } from '../pieces/Charts';
import { Page } from '../pieces/Page';
import { PathLink } from '../pieces/PathLink';
import { ProblemBar } from '../pieces/ProblemBar';
import { type Finding, lint } from '../save/consequences';
import { bySeverity, FindingBar } from '../save/LintPart';
import { useMe } from '../session/session';
import { texts } from './words';

const useStyles = makeStyles({
  cards: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(min(26rem, 100%), 1fr))',
    gap: tokens.spacingHorizontalL,
    alignItems: 'start',
  },
  stack: { display: 'grid', gap: tokens.spacingHorizontalL, minWidth: 0 },
  card: {
    display: 'grid',
    alignContent: 'start',
    gap: tokens.spacingVerticalM,
    padding: tokens.spacingHorizontalL,
    borderRadius: tokens.borderRadiusLarge,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    minWidth: 0,
  },
  heading: { ...typographyStyles.subtitle1, margin: 0 },
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', gap: tokens.spacingVerticalM },
  finding: { display: 'grid', gap: tokens.spacingVerticalXS },
  quiet: { color: tokens.colorNeutralForeground2, overflowWrap: 'anywhere' },
});

const NEXT = {
  organizations: '/cross-tenant-access/organizations',
  defaults: '/cross-tenant-access/default',
  try: '/try',
  activity: '/activity',
  unused: '/activity?table=unused',
  audit: '/logs/audit?preset=access',
} as const;

export function Overview() {
  const styles = useStyles();
  const me = useMe();
  return (
    <Page title={texts.title} lead={texts.lead(me.tenant.displayName ?? me.tenant.id)}>
      <div className={styles.cards}>
        <Posture />
        <div className={styles.stack}>
          <Activity />
          <Changes />
          <Card title={texts.next}>
            <ul className={styles.list}>
              {(Object.keys(NEXT) as (keyof typeof NEXT)[]).map((name) => {
                const [label, what] = texts.nextSteps[name];
                return (
                  <li key={name}>
                    <PathLink path={NEXT[name]}>{label}</PathLink>
                    <Text block className={styles.quiet}>
                      {what}
                    </Text>
                  </li>
                );
              })}
            </ul>
          </Card>
        </div>
      </div>
    </Page>
  );
}

function Card({ title, children }: { title: string; children: ReactNode }) {
  const styles = useStyles();
  const id = useId();
  return (
    <section className={styles.card} aria-labelledby={id}>
      <h2 id={id} className={styles.heading}>
        {title}
      </h2>
      {children}
    </section>
  );
}

const FEW = 3;

const TABS: Record<string, string> = {
  b2bCollaborationInbound: 'inbound?tab=collaboration',
  b2bCollaborationOutbound: 'outbound?tab=collaboration',
  b2bDirectConnectInbound: 'inbound?tab=direct',
  b2bDirectConnectOutbound: 'outbound?tab=direct',
  tenantRestrictions: 'restrictions',
};

/** Where what a finding is about is set. */
function placeOf({ source }: Finding): string {
  const tab =
    TABS[source.setting ?? ''] ??
    (source.setting?.startsWith('inboundTrust') ? 'inbound?tab=trust' : 'inbound');
  const whose = source.partner
    ? `/cross-tenant-access/organizations/${source.partner}`
    : '/cross-tenant-access/default';
  return `${whose}/${tab}`;
}

const NO_DRAFT: readonly never[] = [];

function Posture() {
  const styles = useStyles();
  const { data, error, refetch } = useQuery(lint(NO_DRAFT));
  const [all, setAll] = useState(false);
  const found = bySeverity(data?.findings ?? []);
  const count = (severity: string) => found.filter((finding) => finding.severity === severity).length;
  return (
    <Card title={texts.posture}>
      {error && <ProblemBar problem={asProblem(error)} retry={() => void refetch()} />}
      {!data && !error && <Spinner size="small" />}
      {data && (
        <Text>
          {found.length === 0
            ? texts.postureGood
            : texts.postureCount(count('error'), count('warning'), count('note'))}
        </Text>
      )}
      <ul className={styles.list}>
        {found.slice(0, all ? undefined : FEW).map((finding) => (
          <li
            key={`${finding.check} ${finding.source.partner} ${finding.source.setting}`}
            className={styles.finding}
          >
            <FindingBar finding={finding} />
            <Text size={200}>
              <PathLink path={placeOf(finding)}>{texts.open}</PathLink>
            </Text>
          </li>
        ))}
      </ul>
      {found.length > FEW && (
        <div>
          <TextLink as="button" onClick={() => setAll(!all)}>
            {all ? texts.fewer : texts.more(found.length - FEW)}
          </TextLink>
        </div>
      )}
    </Card>
  );
}

function Activity() {
  const { data, error, refetch } = useQuery(activity({}));
  return (
    <Card title={texts.activity}>
      {error && <ProblemBar problem={asProblem(error)} retry={() => void refetch()} />}
      {!data && !error && <Spinner size="small" />}
      {data && (
        <>
          <Text>{texts.activityCount(data.total.inbound, data.total.outbound, data.total.failed)}</Text>
          <Columns
            label={texts.activityLabel}
            names={{ inbound: texts.inbound, outbound: texts.outbound }}
            data={columnsOf(data)}
          />
          <Text>
            <PathLink path="/activity">{texts.toActivity}</PathLink>
          </Text>
        </>
      )}
    </Card>
  );
}

function Changes() {
  const styles = useStyles();
  const partName = usePartName();
  const { data, error, refetch } = useInfiniteQuery(revisions(useMe().tenant.id, undefined, 5));
  const rows = data?.pages[0]?.revisions;
  return (
    <Card title={texts.changes}>
      {error && <ProblemBar problem={asProblem(error)} retry={() => void refetch()} />}
      {!rows && !error && <Spinner size="small" />}
      {rows?.length === 0 && <Text>{texts.noChanges}</Text>}
      <ul className={styles.list}>
        {rows?.map((row) => (
          <li key={row.revision}>
            <PathLink
              path={
                Number(row.revision) > 1
                  ? `/history?from=${Number(row.revision) - 1}&to=${row.revision}`
                  : '/history'
              }
            >
              {partsNamed(row.parts, partName)}
            </PathLink>
            <Text block className={styles.quiet}>
              {(row.time ?? '').slice(0, 16).replace('T', ' ')} · {row.author.name ?? row.author.id}
              {row.reason && ` · ${row.reason}`}
            </Text>
          </li>
        ))}
      </ul>
      <Text>
        <PathLink path="/history">{texts.allChanges}</PathLink>
      </Text>
    </Card>
  );
}
