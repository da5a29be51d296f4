// How the server is, and where the operator does the rest.

import { Badge, makeStyles, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { answered, api, type Schemas } from '../api/client';
import { asProblem } from '../api/problem';
import { Page } from '../pieces/Page';
import { ProblemBar } from '../pieces/ProblemBar';
import { Facts, Section } from '../pieces/Section';
import { Waiting } from '../pieces/Waiting';
import { texts } from './words';

const useStyles = makeStyles({
  commands: { display: 'grid', gap: tokens.spacingVerticalS, margin: 0 },
  command: { fontFamily: tokens.fontFamilyMonospace },
  what: { margin: 0, color: tokens.colorNeutralForeground2 },
});

/** A server that is not ready says so with a status that is no success. */
async function readiness(): Promise<Schemas['readiness']> {
  const response = await fetch('/readyz');
  return (await response.json()) as Schemas['readiness'];
}

export function Server() {
  const styles = useStyles();
  const alive = useQuery({
    queryKey: ['server', 'alive'],
    queryFn: () => answered(api.GET('/livez')),
    refetchInterval: 10_000,
  });
  const ready = useQuery({ queryKey: ['server', 'ready'], queryFn: readiness, refetchInterval: 10_000 });
  return (
    <Page title={texts.title} lead={texts.lead}>
      <Section title={texts.health} lead={texts.healthLead}>
        {(alive.error || ready.error) && <ProblemBar problem={asProblem(alive.error ?? ready.error)} />}
        {!ready.data && !ready.error && <Waiting error={null} retry={() => void ready.refetch()} />}
        {ready.data && <Health isAlive={!alive.error} ready={ready.data} />}
      </Section>
      <Section title={texts.operators} lead={texts.operatorsLead}>
        <dl className={styles.commands}>
          {Object.entries(texts.commands).map(([command, what]) => (
            <div key={command}>
              <dt className={styles.command}>{command}</dt>
              <dd className={styles.what}>{what}</dd>
            </div>
          ))}
        </dl>
      </Section>
    </Page>
  );
}

function Health({ isAlive, ready }: { isAlive: boolean; ready: Schemas['readiness'] }) {
  const badge = (good: boolean, text: string) => (
    <Badge appearance="tint" color={good ? 'success' : 'danger'}>
      {text}
    </Badge>
  );
  const { status = 'starting', store = 'unreachable', dataAgeSeconds, sequence } = ready;
  return (
    <Facts
      facts={[
        { label: texts.process, value: badge(isAlive, isAlive ? texts.alive : texts.silent) },
        { label: texts.ready, value: badge(status === 'ready', texts.readiness[status]) },
        { label: texts.store, value: badge(store === 'reachable', texts.stores[store]) },
        { label: texts.age, value: dataAgeSeconds == null ? texts.silent : texts.ago(dataAgeSeconds) },
        { label: texts.sequence, value: sequence?.toLocaleString('en') },
      ]}
    />
  );
}
