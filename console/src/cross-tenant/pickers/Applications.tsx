// Applications: Microsoft's, one's own, or the other side's, by a part of the name or by an id.

import { SearchBox, Text } from '@fluentui/react-components';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { answered, api } from '../../api/client';
import { asProblem } from '../../api/problem';
import { ProblemBar } from '../../pieces/ProblemBar';
import { MICROSOFT, SUITES } from '../data/microsoft';
import { isGuid, type Target } from '../data/model';
import type { PickerProps } from './ExternalPeople';
import { type Candidate, Choices } from './OwnPeople';
import { Pane } from './Pane';
import { texts } from './words';

export type Kind = 'microsoft' | 'other' | 'external';

const target = (id: string): Target => ({ target: id, targetType: 'application' });

/** The applications of the tenant: those that have a service principal in it. */
const own = queryOptions({
  queryKey: ['applications', 'own'],
  staleTime: 60_000,
  queryFn: async (): Promise<Candidate[]> => {
    const query = { $top: 999, $select: ['appId', 'displayName'] } as never;
    const [principals, applications] = await Promise.all([
      answered(api.GET('/v1.0/servicePrincipals', { params: { query } })),
      answered(api.GET('/v1.0/applications', { params: { query } })),
    ]);
    const found = new Map<string, Candidate>();
    for (const { appId, displayName } of [...(principals.value ?? []), ...(applications.value ?? [])]) {
      if (appId) found.set(appId, { target: target(appId), name: displayName ?? appId, more: appId });
    }
    return [...found.values()].sort((one, other) => one.name.localeCompare(other.name));
  },
});

/** What one's own people have signed in to there. */
const seen = (tenant: string | undefined) =>
  queryOptions({
    queryKey: ['applications', 'seen', tenant],
    enabled: tenant !== undefined,
    staleTime: 60_000,
    retry: false,
    queryFn: async (): Promise<Candidate[]> => {
      const filter = `resourceTenantId eq '${tenant}' and crossTenantAccessType ne 'none'`;
      const query = {
        $filter: filter,
        $top: 500,
        $select: ['resourceId', 'resourceDisplayName', 'appId', 'appDisplayName'],
      } as never;
      const page = await answered(api.GET('/beta/auditLogs/signIns', { params: { query } }));
      const found = new Map<string, Candidate>();
      for (const row of page.value ?? []) {
        const known: [string | null | undefined, string | null | undefined][] = [
          [row.appId, row.appDisplayName],
          [row.resourceId, row.resourceDisplayName],
        ];
        for (const [id, name] of known) {
          if (id && isGuid(id)) found.set(id, { target: target(id), name: name ?? id, more: id });
        }
      }
      return [...found.values()].sort((one, other) => one.name.localeCompare(other.name));
    },
  });

const microsoft = (noSuite: boolean): Candidate[] =>
  [...SUITES.filter(({ id }) => !noSuite || id === 'Office365'), ...MICROSOFT].map(({ id, name }) => ({
    target: target(id),
    name,
    more: id,
  }));

export interface ApplicationsProps extends PickerProps {
  kind: Kind;
  /** The organization whose applications they are, and its name. */
  tenant?: string;
  name: string;
  /** Tenant restrictions know no word for all of Microsoft's applications (S4.6). */
  noSuite: boolean;
}

const FIRST = 50;

export function Applications({ kind, tenant, name, noSuite, known, onTake, onClose }: ApplicationsProps) {
  const [typed, setTyped] = useState('');
  const words = useDeferredValue(typed.trim().toLocaleLowerCase('en'));
  const mine = useQuery({ ...own, enabled: kind === 'other' });
  const theirs = useQuery(seen(kind === 'external' ? tenant : undefined));
  const [chosen, setChosen] = useState<Target[]>([]);
  const matches = ({ name, more }: Candidate) => `${name} ${more}`.toLocaleLowerCase('en').includes(words);
  const first = (candidates: Candidate[] | undefined) => (candidates ?? []).filter(matches).slice(0, FIRST);

  const shown = {
    own: kind === 'other' ? first(mine.data) : [],
    seen: kind === 'external' ? first(theirs.data) : [],
    microsoft: kind === 'other' ? [] : first(microsoft(noSuite)),
  };
  const listed = [...shown.own, ...shown.seen, ...shown.microsoft];
  // Whatever has an id can be named, also what nobody here has heard of.
  const pasted =
    isGuid(words) && kind !== 'microsoft' && !listed.some(({ more }) => more.toLowerCase() === words)
      ? [{ target: target(words), name: texts.unknown, more: words }]
      : [];
  const titles = { microsoft: texts.add.microsoft, other: texts.add.other, external: texts.add.anyExternal };
  const choices = { known, chosen, onChoose: setChosen };
  // That the log may not be read is no reason to offer nothing.
  const problem = mine.error;

  return (
    <Pane
      title={titles[kind]}
      take={texts.search.select}
      count={chosen.length}
      onTake={() => onTake(chosen)}
      onClose={onClose}
    >
      <SearchBox
        aria-label={texts.search.applications}
        placeholder={texts.search.applications}
        value={typed}
        onChange={(_, { value }) => setTyped(value)}
      />
      {problem && <ProblemBar problem={asProblem(problem)} />}
      <Choices label={texts.search.pasted} candidates={pasted} {...choices} />
      <Choices label={texts.search.own} candidates={shown.own} {...choices} />
      <Choices label={texts.search.seen(name)} candidates={shown.seen} {...choices} />
      <Choices label={texts.search.microsoft} candidates={shown.microsoft} {...choices} />
      {listed.length === 0 && pasted.length === 0 && <Text>{texts.search.none}</Text>}
    </Pane>
  );
}
