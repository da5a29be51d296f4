// What the draft adds that deserves a second look, and what it settles.

import {
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  Spinner,
  Text,
  tokens,
} from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import type { GraphRequest } from '../api/client';
import { asProblem } from '../api/problem';
import { useNames, withNames } from '../names/names';
import { ProblemBar } from '../pieces/ProblemBar';
import { type Finding, lint, type Severity } from './consequences';
import { Part } from './Part';
import { texts } from './words';

const INTENTS = { error: 'error', warning: 'warning', note: 'info' } as const satisfies Record<
  Severity,
  string
>;
const ORDER: readonly Severity[] = ['error', 'warning', 'note'];

const useStyles = makeStyles({
  quiet: { color: tokens.colorNeutralForeground2, overflowWrap: 'anywhere' },
});

export const bySeverity = (findings: readonly Finding[]): Finding[] =>
  ORDER.flatMap((severity) => findings.filter((finding) => finding.severity === severity));

/** Whose setting a finding is about. */
export const whose = ({ source }: Finding): string =>
  source.configuration === 'default'
    ? texts.lint.whose.default
    : texts.lint.whose.partner(source.displayName ?? source.partner ?? '');

export function FindingBar({ finding }: { finding: Finding }) {
  const names = useNames();
  return (
    <MessageBar intent={INTENTS[finding.severity]} layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>
          {texts.lint.severity[finding.severity]}: {whose(finding)}
        </MessageBarTitle>{' '}
        {withNames(finding.reason, names)}
        <div>
          {texts.lint.fix}: {withNames(finding.fix, names)}
        </div>
      </MessageBarBody>
    </MessageBar>
  );
}

export function LintPart({ requests }: { requests: readonly GraphRequest[] }) {
  const styles = useStyles();
  const names = useNames();
  const { data, error, refetch } = useQuery(lint(requests));
  const added = bySeverity(data?.findings.filter(({ isNew }) => isNew) ?? []);
  return (
    <Part title={texts.lint.title}>
      {error && <ProblemBar problem={asProblem(error)} retry={() => void refetch()} />}
      {!data && !error && <Spinner size="tiny" label={texts.lint.asking} labelPosition="after" />}
      {data && added.length === 0 && <Text>{texts.lint.none}</Text>}
      {added.map((finding) => (
        <FindingBar key={finding.check + finding.source.partner + finding.source.setting} finding={finding} />
      ))}
      {data?.settled.map((finding) => (
        <Text key={finding.check + finding.source.partner + finding.source.setting} className={styles.quiet}>
          {texts.lint.settled}: {whose(finding)}. {withNames(finding.reason, names)}
        </Text>
      ))}
      {data?.notChecked.map(({ check, missing }) => (
        <Text key={check} size={200} className={styles.quiet}>
          {texts.lint.notChecked(check, missing)}
        </Text>
      ))}
    </Part>
  );
}
