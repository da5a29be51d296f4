// One's own users and groups, by a part of their name.

import { Checkbox, makeStyles, SearchBox, Spinner, Text, tokens } from '@fluentui/react-components';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { answered, api } from '../../api/client';
import { asProblem } from '../../api/problem';
import { ProblemBar } from '../../pieces/ProblemBar';
import { useMe } from '../../session/session';
import type { Target } from '../data/model';
import type { PickerProps } from './ExternalPeople';
import { Pane } from './Pane';
import { smsSignIn } from './sms';
import { texts } from './words';

/** Somebody, or a group, that can be chosen. */
export interface Candidate {
  target: Target;
  name: string;
  more: string;
}

const MANY = 25;

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

const people = (words: string) =>
  queryOptions({
    queryKey: ['people', words],
    placeholderData: keepPreviousData,
    queryFn: async (): Promise<Candidate[]> => {
      const begins = `startswith(displayName,${quoted(words)})`;
      const filter = words ? `${begins} or startswith(userPrincipalName,${quoted(words)})` : undefined;
      const query = {
        $filter: filter,
        $top: MANY,
        $select: ['id', 'displayName', 'userPrincipalName'],
      } as never;
      const page = await answered(api.GET('/v1.0/users', { params: { query } }));
      return (page.value ?? []).map((user) => ({
        target: { target: user.id ?? '', targetType: 'user' },
        name: user.displayName ?? user.userPrincipalName ?? '',
        more: user.userPrincipalName ?? '',
      }));
    },
  });

const groups = (words: string) =>
  queryOptions({
    queryKey: ['groups', words],
    placeholderData: keepPreviousData,
    queryFn: async (): Promise<Candidate[]> => {
      const filter = words ? `startswith(displayName,${quoted(words)})` : undefined;
      const query = { $filter: filter, $top: MANY, $select: ['id', 'displayName', 'description'] } as never;
      const page = await answered(api.GET('/v1.0/groups', { params: { query } }));
      return (page.value ?? []).map((group) => ({
        target: { target: group.id ?? '', targetType: 'group' },
        name: group.displayName ?? '',
        more: group.description ?? '',
      }));
    },
  });

export function OwnPeople({ known, onTake, onClose }: PickerProps) {
  const me = useMe();
  const [typed, setTyped] = useState('');
  const words = useDeferredValue(typed.trim());
  const users = useQuery(people(words));
  const circles = useQuery(groups(words));
  const sms = useQuery(smsSignIn(me.tenant.id));
  const [chosen, setChosen] = useState<Target[]>([]);
  const problem = users.error ?? circles.error;
  const busy = users.isPending || circles.isPending;
  const reason = (candidate: Candidate) =>
    candidate.target.targetType === 'user' && sms.data?.includes(candidate.target.target)
      ? texts.search.sms
      : undefined;

  return (
    <Pane
      title={texts.add.own(me.tenant.displayName ?? '')}
      take={texts.search.select}
      count={chosen.length}
      onTake={() => onTake(chosen)}
      onClose={onClose}
    >
      <SearchBox
        aria-label={texts.search.people}
        placeholder={texts.search.people}
        value={typed}
        onChange={(_, { value }) => setTyped(value)}
      />
      {problem && <ProblemBar problem={asProblem(problem)} />}
      {busy && !problem && <Spinner size="small" label={texts.search.loading} />}
      <Choices
        label={texts.search.groups}
        candidates={circles.data ?? []}
        known={known}
        chosen={chosen}
        onChoose={setChosen}
        reason={reason}
      />
      <Choices
        label={texts.search.users}
        candidates={users.data ?? []}
        known={known}
        chosen={chosen}
        onChoose={setChosen}
        reason={reason}
      />
      {!busy && users.data?.length === 0 && circles.data?.length === 0 && <Text>{texts.search.none}</Text>}
    </Pane>
  );
}

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid' },
  entry: { display: 'grid' },
  more: { color: tokens.colorNeutralForeground2, overflowWrap: 'anywhere' },
});

interface ChoicesProps {
  label: string;
  candidates: readonly Candidate[];
  known: readonly Target[];
  chosen: readonly Target[];
  onChoose: (targets: Target[]) => void;
  reason?: (candidate: Candidate) => string | undefined;
}

/** Candidates to tick. One that cannot be chosen says why. */
export function Choices({ label, candidates, known, chosen, onChoose, reason }: ChoicesProps) {
  const styles = useStyles();
  if (candidates.length === 0) return null;
  const is = (target: Target) => (other: Target) =>
    other.target.toLowerCase() === target.target.toLowerCase();
  return (
    <div role="group" aria-label={label}>
      <Text weight="semibold">{label}</Text>
      <ul className={styles.list}>
        {candidates.map((candidate) => {
          const already = known.some(is(candidate.target));
          const why = already ? texts.search.already : reason?.(candidate);
          const ticked = already || chosen.some(is(candidate.target));
          return (
            <li key={candidate.target.target}>
              <Checkbox
                checked={ticked}
                disabled={why !== undefined}
                onChange={(_, { checked }) =>
                  onChoose(
                    checked
                      ? [...chosen, candidate.target]
                      : chosen.filter((target) => !is(candidate.target)(target)),
                  )
                }
                label={
                  <span className={styles.entry}>
                    <Text dir="auto">{candidate.name}</Text>
                    <Text size={200} className={styles.more}>
                      {candidate.more}
                    </Text>
                    {why && <Text size={200}>{why}</Text>}
                  </span>
                }
              />
            </li>
          );
        })}
      </ul>
      {candidates.length >= MANY && <Text size={200}>{texts.search.more}</Text>}
    </div>
  );
}
