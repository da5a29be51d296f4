// What opens and closes: the exact difference, in the sentences of the server.

import { MessageBar, MessageBarBody, makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import {
  LockClosedRegular,
  LockOpenRegular,
  ToggleLeftRegular,
  ToggleRightRegular,
} from '@fluentui/react-icons';
import { useQuery } from '@tanstack/react-query';
import type { GraphRequest } from '../api/client';
import { asProblem } from '../api/problem';
import { useNames, withNames } from '../names/names';
import { ProblemBar } from '../pieces/ProblemBar';
import { type Difference, difference } from './consequences';
import { Part } from './Part';
import { texts } from './words';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', gap: tokens.spacingVerticalS },
  line: { display: 'grid', gridTemplateColumns: 'auto 1fr', gap: tokens.spacingHorizontalS },
  icon: { fontSize: '20px' },
  text: { overflowWrap: 'anywhere' },
});

const ICONS = {
  opens: LockOpenRegular,
  closes: LockClosedRegular,
  on: ToggleRightRegular,
  off: ToggleLeftRegular,
} as const;
type Turn = keyof typeof ICONS;

/** Every difference in a line, those that close first. */
function lines(told: Difference): { turn: Turn; sentence: string }[] {
  const turns: Turn[] = ['closes', 'opens', 'off', 'on'];
  const all: { turn: Turn; sentence: string }[] = [...told.regions, ...told.switches];
  return turns.flatMap((turn) => all.filter((line) => line.turn === turn));
}

export function DifferencePart({ requests }: { requests: readonly GraphRequest[] }) {
  const styles = useStyles();
  const names = useNames();
  const { data, error, refetch } = useQuery(difference(requests));
  const found = data ? lines(data) : [];
  const beside = data ? besides(data) : [];
  const closesDefault = data?.regions.some(
    ({ turn, partners }) => turn === 'closes' && partners.everyoneElse,
  );
  return (
    <Part title={texts.difference.title}>
      {error && <ProblemBar problem={asProblem(error)} retry={() => void refetch()} />}
      {!data && !error && <Spinner size="tiny" label={texts.difference.asking} labelPosition="after" />}
      {data && found.length === 0 && beside.length === 0 && <Text>{texts.difference.equal}</Text>}
      {closesDefault && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{texts.closesDefault}</MessageBarBody>
        </MessageBar>
      )}
      {found.length > 0 && (
        <ul className={styles.list} aria-label={texts.difference.title}>
          {found.map(({ turn, sentence }) => {
            const Icon = ICONS[turn];
            return (
              <li key={turn + sentence} className={styles.line}>
                <Icon className={styles.icon} aria-hidden />
                <span className={styles.text}>
                  <Text weight="semibold">{texts.difference[turn]}</Text> {withNames(sentence, names)}
                </span>
              </li>
            );
          })}
        </ul>
      )}
      {beside.map((sentence) => (
        <Text key={sentence}>{sentence}</Text>
      ))}
    </Part>
  );
}

/** What is no answer to a request, and is changed all the same. */
function besides(told: Difference): string[] {
  return [
    told.redemptionOrder ? texts.difference.order : '',
    told.cloudsEnabled.length > 0 ? texts.difference.cloudsEnabled(told.cloudsEnabled.join(', ')) : '',
    told.cloudsDisabled.length > 0 ? texts.difference.cloudsDisabled(told.cloudsDisabled.join(', ')) : '',
  ].filter(Boolean);
}
