// The tables of the workbook. A file of a table has what the table has, row by row.

import { Text } from '@fluentui/react-components';
import { type Names, useNames } from '../names/names';
import { Copyable } from '../pieces/Copyable';
import { type Column, DataTable } from '../pieces/DataTable';
import type { ListState } from '../pieces/listState';
import { PathLink } from '../pieces/PathLink';
import { type Activity, reasonOf, rowsOf, type TableName, type Tally, type View } from './data';
import { texts } from './words';

/** A line of any of the tables. */
interface Line extends Partial<Tally> {
  key: string;
  name: string;
  id?: string;
  code?: number;
  count: number;
  /** Where its sign-ins are. */
  path?: string;
}

const number = (id: string, label: string, of: (line: Line) => number | undefined): Column<Line> => ({
  id,
  label,
  cell: (line) => (of(line) ?? 0).toLocaleString('en'),
  sortBy: (line) => of(line) ?? 0,
  value: (line) => of(line) ?? 0,
  width: '5.2rem',
});

const name = (label: string): Column<Line> => ({
  id: 'name',
  label,
  cell: (line) => (
    <Text weight="semibold" dir="auto">
      {line.name}
    </Text>
  ),
  sortBy: (line) => line.name,
  value: (line) => line.name,
});

const ident: Column<Line> = {
  id: 'id',
  label: texts.id,
  cell: (line) => line.id && <Copyable text={line.id} what={texts.id} />,
  value: (line) => line.id,
};

const day = (time: string | null | undefined): string => time?.slice(0, 10) ?? '';

const last: Column<Line> = {
  id: 'last',
  label: texts.last,
  cell: (line) => day(line.last),
  sortBy: (line) => line.last ?? '',
  value: (line) => day(line.last),
  width: '6.5rem',
};

const rows = (label: string): Column<Line> => ({
  id: 'rows',
  label,
  width: '5rem',
  cell: (line) =>
    line.path && (
      <PathLink path={line.path}>
        {texts.show}
        <span style={{ position: 'absolute', clipPath: 'inset(50%)' }}>: {line.name}</span>
      </PathLink>
    ),
});

const TALLY: readonly Column<Line>[] = [
  number('signIns', texts.count, (line) => line.count),
  number('inbound', texts.inbound, (line) => line.inbound),
  number('outbound', texts.outbound, (line) => line.outbound),
  number('failed', texts.failed, (line) => line.failed),
];
const USERS = number('users', texts.users, (line) => line.users);
const APPLICATIONS = number('applications', texts.apps, (line) => line.applications);
const ROWS = rows(texts.rows);

const COLUMNS: Record<TableName, readonly Column<Line>[]> = {
  tenants: [name(texts.name), ident, ...TALLY, USERS, APPLICATIONS, last, ROWS],
  blocked: [name(texts.name), ident, ...TALLY, last, ROWS],
  applications: [name(texts.name), ident, ...TALLY, USERS, last, ROWS],
  users: [name(texts.user), ident, ...TALLY, APPLICATIONS, last, ROWS],
  outcomes: [
    number('code', texts.errorCode, (line) => line.code),
    name(texts.reasons),
    number('signIns', texts.count, (line) => line.count),
    ROWS,
  ],
  days: [name(texts.date), ...TALLY, USERS, APPLICATIONS],
  unused: [name(texts.name), ident, rows(texts.settings)],
};

const tallied = (tally: Tally) => ({ ...tally, count: tally.inbound + tally.outbound });

function lines(table: TableName, told: Activity, view: View, names: Names): Line[] {
  const tenants = () =>
    told.tenants.map((tenant) => ({
      ...tallied(tenant),
      key: tenant.tenantId,
      id: tenant.tenantId,
      name: tenant.displayName ?? texts.unnamed,
      path: rowsOf(view, { tenant: tenant.tenantId }),
    }));
  switch (table) {
    case 'tenants':
      return tenants();
    case 'blocked':
      return tenants()
        .filter(({ failed }) => failed > 0)
        .sort((one, other) => other.failed - one.failed)
        .map((line) => ({ ...line, path: rowsOf(view, { tenant: line.key, status: 'failure' }) }));
    case 'applications':
      return told.applications.map((application) => ({
        ...tallied(application),
        key: application.applicationId ?? '',
        id: application.applicationId ?? undefined,
        name:
          application.displayName ??
          names.get(application.applicationId ?? '') ??
          application.applicationId ??
          texts.nobody,
        path: application.applicationId
          ? rowsOf(view, { application: application.applicationId })
          : undefined,
      }));
    case 'users':
      return told.users.map((user) => ({
        ...tallied(user),
        key: user.userId ?? '',
        id: user.userId ?? undefined,
        name: user.userPrincipalName ?? user.userId ?? texts.nobody,
        path: user.userId ? rowsOf(view, { user: user.userId }) : undefined,
      }));
    case 'outcomes':
      return told.outcomes.map((outcome) => ({
        key: String(outcome.errorCode),
        code: outcome.errorCode,
        name: reasonOf(outcome),
        count: outcome.signIns,
        path: rowsOf(view, { code: outcome.errorCode }),
      }));
    case 'days':
      return told.days.map((day) => ({ ...tallied(day), key: day.date, name: day.date }));
    case 'unused':
      return told.unusedPartners.map(({ tenantId, displayName }) => ({
        key: tenantId,
        id: tenantId,
        name: displayName ?? texts.unnamed,
        count: 0,
        path: `/cross-tenant-access/organizations/${tenantId}/inbound`,
      }));
  }
}

const text = (line: Line) => `${line.name} ${line.id ?? ''}`;
const key = (line: Line) => line.key;

export interface ActivityTableProps {
  table: TableName;
  told: Activity;
  view: View;
  onState: (state: ListState) => void;
}

export function ActivityTable({ table, told, view, onState }: ActivityTableProps) {
  const names = useNames();
  return (
    <>
      {table === 'unused' && <p>{texts.unusedLead}</p>}
      <DataTable
        label={texts.table[table]}
        columns={COLUMNS[table]}
        rows={lines(table, told, view, names)}
        rowKey={key}
        text={text}
        state={view}
        onState={onState}
        empty={<Text>{texts.nothingHere}</Text>}
        searchLabel={texts.search}
        problem={null}
        retry={() => {}}
        file={`${table}.csv`}
      />
    </>
  );
}
