// Who is hit: the sign-ins of the last days, judged as they are now and with the draft.

import { Button, Link, makeStyles, mergeClasses, Spinner, Text, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { GraphRequest } from '../api/client';
import { asProblem } from '../api/problem';
import { useNames, withNames } from '../names/names';
import { ProblemBar } from '../pieces/ProblemBar';
import { allOf } from '../words';
import { DAYS, type Hit, IMPACTS, type Keep, type Preview, preview } from './consequences';
import { Part } from './Part';
import { texts } from './words';

const useStyles = makeStyles({
  counts: {
    listStyleType: 'none',
    margin: 0,
    padding: 0,
    display: 'flex',
    flexWrap: 'wrap',
    gap: tokens.spacingHorizontalM,
  },
  count: {
    display: 'grid',
    minWidth: '8rem',
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    borderRadius: tokens.borderRadiusMedium,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderInlineStartWidth: '4px',
  },
  gravest: { borderInlineStartColor: tokens.colorStatusDangerBorder2 },
  grave: { borderInlineStartColor: tokens.colorStatusWarningBorder2 },
  groups: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', gap: tokens.spacingVerticalM },
  group: {
    display: 'grid',
    gap: tokens.spacingVerticalXS,
    padding: tokens.spacingHorizontalM,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground2,
    border: `1px solid ${tokens.colorTransparentStroke}`,
    overflowWrap: 'anywhere',
  },
  facts: {
    display: 'grid',
    gridTemplateColumns: 'minmax(6rem, auto) 1fr',
    columnGap: tokens.spacingHorizontalM,
    rowGap: tokens.spacingVerticalXXS,
    margin: 0,
  },
  term: { color: tokens.colorNeutralForeground2 },
  fact: { margin: 0 },
  quiet: { color: tokens.colorNeutralForeground2 },
});

const FEW = 5;

export interface PreviewPartProps {
  requests: readonly GraphRequest[];
  /** Somebody is to be kept; where that cannot be, it is only told how. */
  onKeep?: (keep: Keep) => void;
}

export function PreviewPart({ requests, onKeep }: PreviewPartProps) {
  const styles = useStyles();
  const names = useNames();
  const { data, error, refetch } = useQuery(preview(requests));
  const [all, setAll] = useState(false);
  return (
    <Part title={texts.preview.title(DAYS)}>
      {error && <ProblemBar problem={asProblem(error)} retry={() => void refetch()} />}
      {!data && !error && <Spinner size="tiny" label={texts.preview.asking} labelPosition="after" />}
      {data && !data.complete && !error && (
        <Spinner size="tiny" label={texts.preview.reading(data.signIns)} labelPosition="after" />
      )}
      {data && <Counts told={data} />}
      {data && data.groups.length > 0 && (
        <ul className={styles.groups}>
          {data.groups.slice(0, all ? undefined : FEW).map((hit, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: groups have no name of their own
            <li key={place} className={styles.group}>
              <Group hit={hit} onKeep={onKeep} />
            </li>
          ))}
        </ul>
      )}
      {data && !all && data.groups.length > FEW && (
        <div>
          <Link as="button" onClick={() => setAll(true)}>
            {texts.preview.more(data.groups.length - FEW)}
          </Link>
        </div>
      )}
      {data && (
        <Text size={200} className={styles.quiet}>
          {texts.preview.coverage(data.coverage.seen, data.coverage.cells)}{' '}
          {data.coverage.partnersWithoutSignIns.length > 0 &&
            texts.preview.silent(
              allOf(data.coverage.partnersWithoutSignIns.map((id) => withNames(id, names))),
            )}
        </Text>
      )}
      {data?.notJudged.map(({ reason, count, sentence }) => (
        <Text key={reason} size={200} className={styles.quiet}>
          {texts.preview.notJudged(count, sentence)}
        </Text>
      ))}
    </Part>
  );
}

/** How many of each kind; what is only possible beside what is certain, never added to it. */
function Counts({ told }: { told: Preview }) {
  const styles = useStyles();
  const counts = IMPACTS.flatMap((impact) => [
    { impact, label: texts.preview.impact[impact], count: told.certain[impact] },
    { impact, label: texts.preview.perhaps[impact], count: told.conditional[impact] },
  ]).filter(({ count }) => count > 0);
  if (counts.length === 0) return <Text>{told.complete && texts.preview.nobody(told.signIns)}</Text>;
  return (
    <>
      <ul className={styles.counts} aria-label={texts.preview.counts}>
        {counts.map(({ impact, label, count }) => (
          <li
            key={label}
            className={mergeClasses(
              styles.count,
              impact === 'closes' && styles.gravest,
              impact === 'stepsUp' && styles.grave,
            )}
          >
            <Text size={500} weight="semibold">
              {count.toLocaleString('en')}
            </Text>{' '}
            <Text>{label}</Text>
          </li>
        ))}
      </ul>
      <Text className={styles.quiet}>{texts.preview.unchanged(told.unchanged)}</Text>
    </>
  );
}

const listed = (names: string[], whole: number): string =>
  names.length < whole ? `${names.join(', ')} ${texts.preview.and(whole - names.length)}` : names.join(', ');

function Group({ hit, onKeep }: { hit: Hit; onKeep: ((keep: Keep) => void) | undefined }) {
  const styles = useStyles();
  const names = useNames();
  const people = hit.users
    .slice(0, FEW)
    .map(
      (user) =>
        `${user.userPrincipalName ?? user.userDisplayName ?? withNames(user.userId ?? '?', names)} (${user.count.toLocaleString('en')})`,
    );
  const applications = hit.applications
    .slice(0, FEW)
    .map(
      ({ resourceId, resourceDisplayName, count }) =>
        `${resourceDisplayName ?? withNames(resourceId, names)} (${count.toLocaleString('en')})`,
    );
  const facts: [string, string][] = [
    [texts.preview.people, people.length > 0 ? listed(people, hit.userCount) : ''],
    [texts.preview.applications, listed(applications, hit.applicationCount)],
    [texts.preview.because, withNames(hit.because ?? '', names)],
    [texts.preview.dependsOn, withNames(hit.dependsOn?.sentence ?? '', names)],
  ];
  const keep = hit.keep;
  return (
    <>
      <Text weight="semibold">{withNames(hit.sentence, names)}</Text>
      <Text>{texts.preview.signIns(hit.count, hit.succeeded)}</Text>
      <dl className={styles.facts}>
        {facts
          .filter(([, said]) => said !== '')
          .map(([term, said]) => (
            <div key={term} style={{ display: 'contents' }}>
              <dt className={styles.term}>{term}</dt>
              <dd className={styles.fact} dir="auto">
                {said}
              </dd>
            </div>
          ))}
      </dl>
      {people.length === 0 && hit.userCount > 0 && (
        <Text className={styles.quiet}>{texts.preview.withheld}</Text>
      )}
      {keep && (
        <>
          <Text>{texts.preview.keepWhat(withNames(keep.sentence, names))}</Text>
          {onKeep && (
            <div>
              <Button
                size="small"
                aria-label={texts.preview.keepWhat(withNames(hit.sentence, names))}
                onClick={() => onKeep(keep)}
              >
                {texts.preview.keep}
              </Button>
            </div>
          )}
        </>
      )}
    </>
  );
}
