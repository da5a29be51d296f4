// The log of sign-ins: filters that the server applies, rows, and what one row says.

import {
  Badge,
  Button,
  Checkbox,
  Field,
  Input,
  makeStyles,
  Spinner,
  Text,
  tokens,
} from '@fluentui/react-components';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { asProblem } from '../api/problem';
import { organizations, useNames } from '../names/names';
import { type Column, DataTable } from '../pieces/DataTable';
import { Page } from '../pieces/Page';
import { PathLink } from '../pieces/PathLink';
import { Pick } from '../pieces/Pick';
import { ProblemBar } from '../pieces/ProblemBar';
import { useMe } from '../session/session';
import { Details, Facts, RowLink } from './Details';
import { type SignIn, signIn, signIns } from './data';
import { ACCESS, RANGES, type SignInView, USUAL } from './filters';
import { Only } from './Only';
import { texts } from './words';

const route = getRouteApi('/_in/logs/sign-ins');
const words = texts.signIns;

const useStyles = makeStyles({
  filters: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalM, alignItems: 'end' },
  row: { padding: 0, minWidth: 0, fontWeight: tokens.fontWeightRegular },
});

/** A time that sorts as it reads. */
export const moment = (time: string): string => time.slice(0, 19).replace('T', ' ');

type Kind = 'inbound' | 'outbound' | 'within';

const directionOf = (row: SignIn, own: string): Kind =>
  row.resourceTenantId && row.resourceTenantId !== own
    ? 'outbound'
    : row.homeTenantId && row.homeTenantId !== own
      ? 'inbound'
      : 'within';

const otherOf = (row: SignIn, own: string): string | null =>
  directionOf(row, own) === 'outbound'
    ? row.resourceTenantId
    : directionOf(row, own) === 'inbound'
      ? row.homeTenantId
      : null;

const succeeded = (row: SignIn): boolean => row.status?.errorCode === 0;
const userOf = (row: SignIn): string => row.userPrincipalName ?? row.userDisplayName ?? words.masked;

export function SignIns() {
  const styles = useStyles();
  const me = useMe();
  const own = me.tenant.id;
  const names = useNames();
  const view = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: Partial<SignInView>) =>
    void navigate({ search: { ...view, page: undefined, ...part }, replace: true });
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(
    signIns(view, own),
  );
  const rows = data?.pages.flatMap(({ value }) => value);
  const other = (row: SignIn) => {
    const id = otherOf(row, own);
    return id ? (names.get(id) ?? row.homeTenantName ?? id) : '';
  };
  const text = (row: SignIn) =>
    `${userOf(row)} ${row.appDisplayName} ${row.resourceDisplayName} ${other(row)} ${row.status?.failureReason ?? ''} ${row.id}`;

  const plain = (id: string, label: string, of: (row: SignIn) => string, width?: string): Column<SignIn> => ({
    id,
    label,
    cell: (row) => <span dir="auto">{of(row)}</span>,
    sortBy: of,
    value: of,
    width,
  });
  const columns: Column<SignIn>[] = [
    {
      ...plain('time', words.time, (row) => moment(row.createdDateTime), '12rem'),
      cell: (row) => (
        <Button
          appearance="transparent"
          className={styles.row}
          aria-label={texts.open(`${moment(row.createdDateTime)} ${userOf(row)}`)}
          onClick={() => change({ row: row.id, page: view.page })}
        >
          {moment(row.createdDateTime)}
        </Button>
      ),
    },
    plain('user', words.user, userOf),
    plain('application', words.application, (row) => row.resourceDisplayName ?? row.resourceId ?? ''),
    plain('direction', words.direction, (row) => words[directionOf(row, own)]),
    plain('other', words.other, other),
    {
      ...plain('status', words.status, (row) => (succeeded(row) ? words.success : words.failure)),
      cell: (row) => (
        <Badge appearance="tint" color={succeeded(row) ? 'success' : 'danger'}>
          {succeeded(row) ? words.success : words.failure}
        </Badge>
      ),
    },
    {
      id: 'code',
      label: words.code,
      cell: (row) => row.status?.errorCode,
      sortBy: (row) => row.status?.errorCode ?? 0,
      value: (row) => row.status?.errorCode,
    },
  ];

  return (
    <Page title={words.title} lead={words.lead}>
      <Filters view={view} onChange={change} onReset={() => void navigate({ search: {} })} />
      <Only
        label={words.only}
        things={[
          view.application && {
            what: words.applicationIs(names.get(view.application) ?? view.application),
            drop: () => change({ application: undefined }),
          },
          view.user && { what: words.userIs(view.user), drop: () => change({ user: undefined }) },
          view.code !== undefined && {
            what: words.codeIs(view.code),
            drop: () => change({ code: undefined }),
          },
        ]}
        dropLabel={words.drop}
      />
      <DataTable
        label={words.list}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        text={text}
        state={view}
        onState={({ q, sort, desc, page }) =>
          void navigate({ search: { ...view, q, sort, desc, page }, replace: true })
        }
        empty={<Text>{words.empty}</Text>}
        searchLabel={words.search}
        problem={error && asProblem(error)}
        retry={() => void refetch()}
        file="sign-ins.csv"
      />
      {rows && rows.length > 0 && (
        <div>
          {hasNextPage ? (
            <Button disabledFocusable={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {texts.older}
            </Button>
          ) : (
            <Text>{texts.complete}</Text>
          )}
        </div>
      )}
      <Row id={view.row} known={rows} onClose={() => change({ row: undefined, page: view.page })} />
    </Page>
  );
}

interface FiltersProps {
  view: SignInView;
  onChange: (part: Partial<SignInView>) => void;
  onReset: () => void;
}

function Filters({ view, onChange, onReset }: FiltersProps) {
  const styles = useStyles();
  const me = useMe();
  const names = useNames();
  const { data } = useQuery(organizations(me.tenant.id));
  const known = (data ?? []).map(({ tenantId, displayName }) => ({
    id: tenantId,
    name: displayName ?? tenantId,
  }));
  const tenants =
    view.tenant && !known.some(({ id }) => id === view.tenant)
      ? [...known, { id: view.tenant, name: names.get(view.tenant) ?? view.tenant }]
      : known;
  return (
    <search className={styles.filters} aria-label={texts.filters}>
      <Pick
        label={texts.range}
        value={String(view.days ?? USUAL)}
        options={RANGES.map((days) => ({ id: String(days), name: texts.days(days) }))}
        onPick={(days) => onChange({ days: RANGES.find((one) => String(one) === days && one !== USUAL) })}
      />
      <Pick
        label={words.direction}
        any={words.both}
        value={view.direction}
        options={(['inbound', 'outbound'] as const).map((id) => ({ id, name: words[id] }))}
        onPick={(direction) => onChange({ direction: direction as SignInView['direction'] })}
      />
      <Pick
        label={words.other}
        any={words.anyTenant}
        value={view.tenant}
        options={tenants}
        onPick={(tenant) => onChange({ tenant })}
      />
      <Pick
        label={words.access}
        any={words.anyAccess}
        value={view.access}
        options={ACCESS.map((id) => ({ id, name: words.accesses[id] ?? id }))}
        onPick={(access) => onChange({ access: ACCESS.find((one) => one === access) })}
      />
      <Pick
        label={words.status}
        any={words.anyStatus}
        value={view.status}
        options={(['success', 'failure'] as const).map((id) => ({ id, name: words[id] }))}
        onPick={(status) => onChange({ status: status as SignInView['status'] })}
      />
      <Begins label={words.name} value={view.name} onValue={(name) => onChange({ name })} />
      <Checkbox
        label={words.all}
        checked={view.all ?? false}
        onChange={(_, { checked }) => onChange({ all: checked === true || undefined })}
      />
      <Button onClick={onReset}>{texts.reset}</Button>
    </search>
  );
}

interface BeginsProps {
  label: string;
  value: string | undefined;
  onValue: (value: string | undefined) => void;
}

/** A beginning that is asked for when it is entered, and not at every letter. */
export function Begins({ label, value, onValue }: BeginsProps) {
  const [typed, setTyped] = useState(value ?? '');
  const settle = () => typed.trim() !== (value ?? '') && onValue(typed.trim() || undefined);
  return (
    <Field label={label}>
      <Input
        key={value}
        value={typed}
        onChange={(_, data) => setTyped(data.value)}
        onBlur={settle}
        onKeyDown={({ key }) => key === 'Enter' && settle()}
      />
    </Field>
  );
}

interface RowProps {
  id: string | undefined;
  known: readonly SignIn[] | undefined;
  onClose: () => void;
}

function Row({ id, known, onClose }: RowProps) {
  const found = known?.find((row) => row.id === id);
  const asked = useQuery({ ...signIn(id), enabled: id !== undefined && !found && known !== undefined });
  const row = found ?? asked.data;
  return (
    <Details title={words.details} open={id !== undefined} onClose={onClose}>
      {asked.error && <ProblemBar problem={asProblem(asked.error)} />}
      {!row && asked.data === null && <Text>{texts.notFound}</Text>}
      {!row && asked.data === undefined && !asked.error && <Spinner />}
      {row && <Whole row={row} />}
    </Details>
  );
}

const listed = (object: Record<string, unknown> | null): string =>
  Object.entries(object ?? {})
    .filter(([, value]) => value !== null && value !== '' && typeof value !== 'object')
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');

function Whole({ row }: { row: SignIn }) {
  const me = useMe();
  const own = me.tenant.id;
  const names = useNames();
  const named = (id: string | null) => (id ? `${names.get(id) ?? ''} (${id})` : null);
  const policies = row.appliedConditionalAccessPolicies ?? [];
  const kind = directionOf(row, own);
  const search = new URLSearchParams();
  const put = (name: string, value: string | null) => value && search.set(name, value);
  if (kind === 'outbound') search.set('dir', 'outbound');
  put('tenant', otherOf(row, own));
  put('person', row.userId);
  put('app', row.resourceId);
  if (row.appId !== row.resourceId) put('client', row.appId);
  if (row.crossTenantAccessType === 'b2bDirectConnect') put('access', 'b2bDirectConnect');
  return (
    <>
      <Facts
        facts={[
          [words.time, moment(row.createdDateTime)],
          [words.user, userOf(row)],
          ['userDisplayName', row.userDisplayName],
          ['userId', row.userId],
          ['userType', row.userType],
          [words.direction, words[kind]],
          ['homeTenantId', named(row.homeTenantId)],
          ['resourceTenantId', named(row.resourceTenantId)],
          [words.access, words.accesses[row.crossTenantAccessType ?? ''] ?? row.crossTenantAccessType],
          [words.application, `${row.resourceDisplayName ?? ''} (${row.resourceId ?? ''})`],
          ['clientApp', `${row.appDisplayName ?? ''} (${row.appId ?? ''})`],
          [words.status, succeeded(row) ? words.success : words.failure],
          [words.code, row.status?.errorCode],
          [words.reason, row.status?.failureReason],
          ['conditionalAccessStatus', row.conditionalAccessStatus],
          [
            words.conditions,
            policies.length === 0
              ? words.noConditions
              : policies.map(({ displayName, id, result }) => `${displayName ?? id}: ${result}`).join('; '),
          ],
          ['authenticationRequirement', row.authenticationRequirement],
          ['isInteractive', String(row.isInteractive ?? '')],
          ['ipAddress', row.ipAddress],
          ['clientAppUsed', row.clientAppUsed],
          ['userAgent', row.userAgent],
          ['deviceDetail', listed(row.deviceDetail)],
          ['location', listed(row.location)],
          ['correlationId', row.correlationId],
          ['id', row.id],
        ]}
      />
      {kind !== 'within' && row.userId && row.resourceId && (
        <Text>
          <PathLink path={`/try?${search}`}>{words.tryAgain}</PathLink>
        </Text>
      )}
      <RowLink />
    </>
  );
}
