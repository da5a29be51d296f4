// The workbook: figures, charts, tables with everything that is in the charts, and the way to the
// rows of the log.

import {
  Button,
  makeStyles,
  mergeClasses,
  Skeleton,
  SkeletonItem,
  Tab,
  TabList,
  Text,
  tokens,
  typographyStyles,
} from '@fluentui/react-components';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useId } from 'react';
import { asProblem } from '../api/problem';
import { useNames } from '../names/names';
import { Bars, Columns } from '../pieces/Charts';
import { Page } from '../pieces/Page';
import { type Offer, Pick } from '../pieces/Pick';
import { ProblemBar } from '../pieces/ProblemBar';
import {
  activity,
  RANGES,
  reasonOf,
  TABLES,
  type TableName,
  type Activity as Told,
  USUAL,
  type View,
} from './data';
import { columnsOf } from './days';
import { ActivityTable } from './Tables';
import { texts } from './words';

const route = getRouteApi('/_in/activity');

const useStyles = makeStyles({
  filters: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalM, alignItems: 'end' },
  figures: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalM, margin: 0 },
  figure: {
    display: 'grid',
    minWidth: '8rem',
    padding: tokens.spacingHorizontalM,
    borderRadius: tokens.borderRadiusLarge,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  number: { ...typographyStyles.title3, margin: 0 },
  term: { color: tokens.colorNeutralForeground2 },
  charts: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(min(26rem, 100%), 1fr))',
    gap: tokens.spacingHorizontalL,
  },
  chart: {
    display: 'grid',
    alignContent: 'start',
    gap: tokens.spacingVerticalM,
    padding: tokens.spacingHorizontalL,
    borderRadius: tokens.borderRadiusLarge,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    minWidth: 0,
  },
  wide: { gridColumn: '1 / -1' },
  heading: { ...typographyStyles.subtitle2, margin: 0 },
  tabs: { borderBottom: `1px solid ${tokens.colorNeutralStroke2}`, flexWrap: 'wrap' },
});

const NAMES = { inbound: texts.inbound, outbound: texts.outbound };
const FIRST = 8;

export function Activity() {
  const styles = useStyles();
  const view = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery({ ...activity(view), placeholderData: keepPreviousData });
  const change = (part: Partial<View>) =>
    void navigate({ search: { ...view, page: undefined, ...part }, replace: true });
  const table = view.table ?? 'tenants';
  return (
    <Page title={texts.title} lead={texts.lead}>
      <Filters view={view} told={data} onChange={change} onReset={() => void navigate({ search: {} })} />
      {error && <ProblemBar problem={asProblem(error)} retry={() => void refetch()} />}
      {!data && !error && (
        <Skeleton>
          <SkeletonItem size={128} />
        </Skeleton>
      )}
      {data && (
        <>
          <Figures told={data} />
          {data.total.inbound + data.total.outbound === 0 ? (
            <Text>{texts.nothing}</Text>
          ) : (
            <Charts told={data} days={view.days ?? USUAL} />
          )}
          <TabList
            className={styles.tabs}
            aria-label={texts.tables}
            selectedValue={table}
            onTabSelect={(_, { value }) =>
              change({ table: value as TableName, q: undefined, sort: undefined, desc: undefined })
            }
          >
            {TABLES.map((name) => (
              <Tab key={name} id={`table-${name}`} value={name} aria-controls="table-panel">
                {texts.table[name]}
              </Tab>
            ))}
          </TabList>
          <div id="table-panel" role="tabpanel" aria-labelledby={`table-${table}`}>
            <ActivityTable
              key={table}
              table={table}
              told={data}
              view={view}
              onState={({ q, sort, desc, page }) =>
                void navigate({ search: { ...view, q, sort, desc, page }, replace: true })
              }
            />
          </div>
        </>
      )}
    </Page>
  );
}

interface FiltersProps {
  view: View;
  told: Told | undefined;
  onChange: (part: Partial<View>) => void;
  onReset: () => void;
}

function Filters({ view, told, onChange, onReset }: FiltersProps) {
  const styles = useStyles();
  const names = useNames();
  const named = (id: string | undefined) => (id ? [{ id, name: names.get(id) ?? id }] : []);
  // What is filtered by stays in its list, whatever is counted.
  const tenants = unique([
    ...named(view.tenant),
    ...(told?.tenants ?? []).map(({ tenantId, displayName }) => ({
      id: tenantId,
      name: displayName ?? tenantId,
    })),
  ]);
  const applications = unique([
    ...(told?.applications ?? []).flatMap(({ applicationId: id, displayName }) =>
      id ? [{ id, name: displayName ?? names.get(id) ?? id }] : [],
    ),
    ...named(view.application),
  ]);
  const users = unique([
    ...(told?.users ?? []).flatMap(({ userId: id, userPrincipalName }) =>
      id ? [{ id, name: userPrincipalName ?? id }] : [],
    ),
    ...named(view.user),
  ]);
  return (
    <search className={styles.filters} aria-label={texts.filters}>
      <Pick
        label={texts.range}
        value={String(view.days ?? USUAL)}
        options={RANGES.map((days) => ({ id: String(days), name: texts.days(days) }))}
        onPick={(days) => onChange({ days: RANGES.find((one) => String(one) === days && one !== USUAL) })}
      />
      <Pick
        label={texts.direction}
        any={texts.both}
        value={view.direction}
        options={(['inbound', 'outbound'] as const).map((id) => ({ id, name: texts[id] }))}
        onPick={(direction) => onChange({ direction: direction as View['direction'] })}
      />
      <Pick
        label={texts.tenant}
        any={texts.anyTenant}
        value={view.tenant}
        options={tenants}
        onPick={(tenant) => onChange({ tenant })}
      />
      <Pick
        label={texts.application}
        any={texts.anyApplication}
        value={view.application}
        options={applications}
        onPick={(application) => onChange({ application })}
      />
      <Pick
        label={texts.user}
        any={texts.anyUser}
        value={view.user}
        options={users}
        onPick={(user) => onChange({ user })}
      />
      <Pick
        label={texts.status}
        any={texts.anyStatus}
        value={view.status}
        options={(['success', 'failure'] as const).map((id) => ({ id, name: texts[id] }))}
        onPick={(status) => onChange({ status: status as View['status'] })}
      />
      <Button onClick={onReset}>{texts.reset}</Button>
    </search>
  );
}

const unique = (offers: readonly Offer[]): Offer[] =>
  [...new Map(offers.map((offer) => [offer.id.toLowerCase(), offer])).values()].sort((one, other) =>
    one.name.localeCompare(other.name, 'en'),
  );

function Figures({ told }: { told: Told }) {
  const styles = useStyles();
  const { total, tenants } = told;
  const figures: [string, number][] = [
    [texts.signIns, total.inbound + total.outbound],
    [texts.inbound, total.inbound],
    [texts.outbound, total.outbound],
    [texts.failed, total.failed],
    [texts.organizations, tenants.length],
    [texts.people, total.users],
    [texts.applications, total.applications],
  ];
  return (
    <dl className={styles.figures} aria-label={texts.figures}>
      {figures.map(([term, count]) => (
        <div key={term} className={styles.figure}>
          <dt className={styles.term}>{term}</dt>
          <dd className={styles.number}>{count.toLocaleString('en')}</dd>
        </div>
      ))}
    </dl>
  );
}

function Charts({ told, days }: { told: Told; days: number }) {
  const styles = useStyles();
  const names = useNames();
  const failures = told.outcomes
    .filter(({ errorCode }) => errorCode !== 0)
    .sort((one, other) => other.signIns - one.signIns);
  return (
    <div className={styles.charts}>
      <Chart title={texts.overTime} wide>
        <Columns label={`${texts.overTime}, ${texts.days(days)}`} names={NAMES} data={columnsOf(told)} />
      </Chart>
      <Chart title={texts.byTenant}>
        <Bars
          label={texts.byTenant}
          names={NAMES}
          data={told.tenants.slice(0, FIRST).map(({ tenantId, displayName, inbound, outbound }) => ({
            key: tenantId,
            name: displayName ?? tenantId,
            inbound,
            outbound,
          }))}
        />
      </Chart>
      <Chart title={texts.byApplication}>
        <Bars
          label={texts.byApplication}
          names={NAMES}
          data={told.applications
            .slice(0, FIRST)
            .map(({ applicationId, displayName, inbound, outbound }) => ({
              key: applicationId ?? '',
              name: displayName ?? names.get(applicationId ?? '') ?? applicationId ?? texts.nobody,
              inbound,
              outbound,
            }))}
        />
      </Chart>
      <Chart title={texts.byReason}>
        {failures.length === 0 ? (
          <Text>{texts.nothingHere}</Text>
        ) : (
          <Bars
            label={texts.byReason}
            names={undefined}
            data={failures.slice(0, FIRST).map(({ errorCode, reasons, signIns }) => ({
              key: String(errorCode),
              name: reasonOf({ errorCode, reasons }),
              inbound: signIns,
              outbound: 0,
            }))}
          />
        )}
      </Chart>
    </div>
  );
}

function Chart({ title, wide, children }: { title: string; wide?: boolean; children: ReactNode }) {
  const styles = useStyles();
  const id = useId();
  return (
    <section className={mergeClasses(styles.chart, wide && styles.wide)} aria-labelledby={id}>
      <h2 id={id} className={styles.heading}>
        {title}
      </h2>
      {children}
    </section>
  );
}
