// The audit log: who changed what, with the values before and after side by side.

import {
  Badge,
  Button,
  makeStyles,
  Spinner,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  Text,
  tokens,
} from '@fluentui/react-components';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { asProblem } from '../api/problem';
import { useNames, withNames } from '../names/names';
import { type Column, DataTable } from '../pieces/DataTable';
import { Page } from '../pieces/Page';
import { PathLink } from '../pieces/PathLink';
import { Pick } from '../pieces/Pick';
import { ProblemBar } from '../pieces/ProblemBar';
import { Details, Facts, RowLink } from './Details';
import { type AuditEntry, audit, audits, readable } from './data';
import { ACCESS_CHANGES, type AuditView, RANGES, USUAL } from './filters';
import { Only } from './Only';
import { Begins, moment } from './SignIns';
import { texts } from './words';

const route = getRouteApi('/_in/logs/audit');
const words = texts.audit;

const useStyles = makeStyles({
  filters: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalM, alignItems: 'end' },
  row: { padding: 0, minWidth: 0, fontWeight: tokens.fontWeightRegular },
  value: {
    margin: 0,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  },
  cell: { verticalAlign: 'top', paddingBlock: tokens.spacingVerticalS, overflowWrap: 'anywhere' },
});

const CATEGORIES = [
  ...ACCESS_CHANGES,
  'ApplicationManagement',
  'Authentication',
  'Authorization',
  'DirectoryManagement',
  'GroupManagement',
  'Policy',
  'ProvisioningManagement',
  'RoleManagement',
  'UserManagement',
];

export const initiator = ({ initiatedBy: { user, app } }: AuditEntry): string =>
  user?.userPrincipalName ?? user?.displayName ?? user?.id ?? app?.displayName ?? app?.appId ?? words.system;

const detail = (entry: AuditEntry, name: string): string | undefined =>
  entry.additionalDetails.find(({ key }) => key.toLowerCase() === name)?.value;

export function Audit() {
  const styles = useStyles();
  const names = useNames();
  const view = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: Partial<AuditView>) =>
    void navigate({ search: { ...view, page: undefined, ...part }, replace: true });
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(
    audits(view),
  );
  const rows = data?.pages.flatMap(({ value }) => value);
  const target = (entry: AuditEntry): string => {
    const [first] = entry.targetResources;
    const partner = detail(entry, 'partner');
    if (partner) return withNames(partner, names);
    return first?.displayName ?? first?.userPrincipalName ?? withNames(first?.id ?? '', names);
  };
  const plain = (
    id: string,
    label: string,
    of: (row: AuditEntry) => string,
    width?: string,
  ): Column<AuditEntry> => ({
    id,
    label,
    cell: (row) => <span dir="auto">{of(row)}</span>,
    sortBy: of,
    value: of,
    width,
  });
  const columns: Column<AuditEntry>[] = [
    {
      ...plain('time', words.time, (row) => moment(row.activityDateTime), '12rem'),
      cell: (row) => (
        <Button
          appearance="transparent"
          className={styles.row}
          aria-label={texts.open(`${moment(row.activityDateTime)} ${row.activityDisplayName}`)}
          onClick={() => change({ row: row.id, page: view.page })}
        >
          {moment(row.activityDateTime)}
        </Button>
      ),
    },
    plain('activity', words.activity, (row) => row.activityDisplayName),
    plain('category', words.category, (row) => row.category),
    plain('who', words.who, initiator),
    plain('target', words.target, target),
    {
      ...plain('result', words.result, (row) => row.result),
      cell: (row) => (
        <Badge appearance="tint" color={row.result === 'success' ? 'success' : 'danger'}>
          {row.result}
        </Badge>
      ),
    },
    plain('reason', words.reason, (row) => detail(row, 'reason') ?? row.resultReason),
  ];
  return (
    <Page title={words.title} lead={words.lead}>
      <search className={styles.filters} aria-label={texts.filters}>
        <Pick
          label={words.show}
          any={words.all}
          value={view.preset}
          options={[{ id: 'access', name: words.preset }]}
          onPick={(preset) =>
            change({ preset: preset === 'access' ? 'access' : undefined, category: undefined })
          }
        />
        {!view.preset && (
          <Pick
            label={words.category}
            any={words.anyCategory}
            value={view.category}
            options={CATEGORIES.map((id) => ({ id, name: id }))}
            onPick={(category) => change({ category })}
          />
        )}
        <Pick
          label={texts.range}
          value={String(view.days ?? USUAL)}
          options={RANGES.map((days) => ({ id: String(days), name: texts.days(days) }))}
          onPick={(days) => change({ days: RANGES.find((one) => String(one) === days && one !== USUAL) })}
        />
        <Begins label={words.whoBegins} value={view.who} onValue={(who) => change({ who })} />
        <Button onClick={() => void navigate({ search: {} })}>{texts.reset}</Button>
      </search>
      <Only
        label={words.only}
        things={[
          view.target && {
            what: words.targetIs(withNames(view.target, names)),
            drop: () => change({ target: undefined }),
          },
          view.activity && { what: view.activity, drop: () => change({ activity: undefined }) },
        ]}
        dropLabel={words.drop}
      />
      <DataTable
        label={words.list}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        text={(row) =>
          `${row.activityDisplayName} ${row.category} ${initiator(row)} ${target(row)} ${row.id}`
        }
        state={view}
        onState={({ q, sort, desc, page }) =>
          void navigate({ search: { ...view, q, sort, desc, page }, replace: true })
        }
        empty={<Text>{words.empty}</Text>}
        searchLabel={words.search}
        problem={error && asProblem(error)}
        retry={() => void refetch()}
        file="audit.csv"
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

interface RowProps {
  id: string | undefined;
  known: readonly AuditEntry[] | undefined;
  onClose: () => void;
}

function Row({ id, known, onClose }: RowProps) {
  const found = known?.find((row) => row.id === id);
  const asked = useQuery({ ...audit(id), enabled: id !== undefined && !found && known !== undefined });
  const entry = found ?? asked.data;
  return (
    <Details title={entry?.activityDisplayName ?? words.details} open={id !== undefined} onClose={onClose}>
      {asked.error && <ProblemBar problem={asProblem(asked.error)} />}
      {!entry && asked.data === null && <Text>{texts.notFound}</Text>}
      {!entry && asked.data === undefined && !asked.error && <Spinner />}
      {entry && <Whole entry={entry} />}
    </Details>
  );
}

function Whole({ entry }: { entry: AuditEntry }) {
  const styles = useStyles();
  const names = useNames();
  const { user, app } = entry.initiatedBy;
  const partner = detail(entry, 'partner');
  const isAccess = (ACCESS_CHANGES as readonly string[]).includes(entry.category);
  return (
    <>
      <Facts
        facts={[
          [words.time, moment(entry.activityDateTime)],
          [words.who, initiator(entry)],
          ['userId', user?.id],
          ['ipAddress', user?.ipAddress],
          ['appId', app?.appId],
          [words.category, entry.category],
          ['operationType', entry.operationType],
          [words.result, entry.result],
          ['resultReason', entry.resultReason],
          ...entry.targetResources.map(
            ({ id, displayName, userPrincipalName, type }) =>
              [
                words.target,
                `${displayName ?? userPrincipalName ?? ''} ${id ? `(${id})` : ''} ${type ?? ''}`.trim(),
              ] as const,
          ),
          ...entry.additionalDetails.map(({ key, value }) => [key, withNames(value, names)] as const),
          ['correlationId', entry.correlationId],
          ['id', entry.id],
        ]}
      />
      {entry.targetResources.map(({ id, modifiedProperties }) =>
        modifiedProperties.length === 0 ? (
          <Text key={id}>{words.nothingModified}</Text>
        ) : (
          <Table key={id} aria-label={words.modified} size="small">
            <TableHeader>
              <TableRow>
                <TableHeaderCell>{words.property}</TableHeaderCell>
                <TableHeaderCell>{words.before}</TableHeaderCell>
                <TableHeaderCell>{words.after}</TableHeaderCell>
              </TableRow>
            </TableHeader>
            <TableBody>
              {modifiedProperties.map(({ displayName, oldValue, newValue }) => (
                <TableRow key={displayName}>
                  <TableCell className={styles.cell}>{displayName}</TableCell>
                  {[oldValue, newValue].map((value, place) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: before, then after
                    <TableCell key={place} className={styles.cell}>
                      <pre className={styles.value} dir="auto">
                        {readable(value) ? withNames(readable(value), names) : words.nothing}
                      </pre>
                    </TableCell>
                  ))}
                </TableRow>
              ))}
            </TableBody>
          </Table>
        ),
      )}
      {isAccess && (
        <Text>
          <PathLink path={`/history${partner ? `?part=${encodeURIComponent(`partners/${partner}`)}` : ''}`}>
            {words.history}
          </PathLink>
        </Text>
      )}
      <RowLink />
    </>
  );
}
