// What the settings were: every revision, two of them side by side, and the way back.

import {
  Button,
  MessageBar,
  MessageBarBody,
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
  typographyStyles,
} from '@fluentui/react-components';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { asProblem } from '../api/problem';
import { organizations } from '../names/names';
import { Page } from '../pieces/Page';
import { Pick } from '../pieces/Pick';
import { ProblemBar } from '../pieces/ProblemBar';
import { ReasonedButton } from '../pieces/Reasoned';
import { useRefusal } from '../session/rights';
import { useMe } from '../session/session';
import { Compared } from './Compared';
import { comparison, type Restore, type Revision, revisions } from './data';
import { partsNamed, usePartName } from './partName';
import { RestoreDialog } from './RestoreDialog';
import { texts } from './words';

const route = getRouteApi('/_in/history');

const useStyles = makeStyles({
  bar: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalM, alignItems: 'end' },
  frame: {
    overflowX: 'auto',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusLarge,
  },
  table: { minWidth: '48rem' },
  cell: { verticalAlign: 'top', paddingBlock: tokens.spacingVerticalS, overflowWrap: 'anywhere' },
  actions: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalXS },
  heading: { ...typographyStyles.subtitle1, margin: 0 },
  part: { display: 'grid', gap: tokens.spacingVerticalM },
});

export function History() {
  const styles = useStyles();
  const me = useMe();
  const own = me.tenant.id;
  const view = route.useSearch();
  const navigate = route.useNavigate();
  const partName = usePartName();
  const others = useQuery(organizations(own)).data ?? [];
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(
    revisions(own, view.part),
  );
  const [wanted, setWanted] = useState<Restore>();
  const [restored, setRestored] = useState(false);
  const rows = data?.pages.flatMap((page) => page.revisions);
  const offers = [
    { id: 'default', name: partName('default') },
    { id: 'policy', name: partName('policy') },
    ...others.map(({ tenantId, displayName }) => ({
      id: `partners/${tenantId}`,
      name: displayName ?? tenantId,
    })),
  ];
  const known = offers.some(({ id }) => id === view.part);
  return (
    <Page title={view.part ? texts.titleOf(partName(view.part)) : texts.title} lead={texts.lead}>
      <div className={styles.bar}>
        <Pick
          label={texts.part}
          any={texts.anyPart}
          value={view.part}
          options={view.part && !known ? [...offers, { id: view.part, name: partName(view.part) }] : offers}
          onPick={(part) => void navigate({ search: { part } })}
        />
      </div>
      {restored && (
        <MessageBar intent="success">
          <MessageBarBody>{texts.restored}</MessageBarBody>
        </MessageBar>
      )}
      {view.from && (
        <Comparison
          from={view.from}
          to={view.to ?? 'now'}
          part={view.part}
          onClose={() => void navigate({ search: { part: view.part } })}
          onRestore={setWanted}
        />
      )}
      {error && <ProblemBar problem={asProblem(error)} retry={() => void refetch()} />}
      {!rows && !error && <Spinner />}
      {rows?.length === 0 && <Text>{texts.empty}</Text>}
      {rows && rows.length > 0 && (
        <div className={styles.frame}>
          <Table aria-label={texts.list} className={styles.table}>
            <TableHeader>
              <TableRow>
                <TableHeaderCell style={{ width: '6rem' }}>{texts.revision}</TableHeaderCell>
                <TableHeaderCell>{texts.time}</TableHeaderCell>
                <TableHeaderCell>{texts.author}</TableHeaderCell>
                <TableHeaderCell>{texts.what}</TableHeaderCell>
                <TableHeaderCell>{texts.reason}</TableHeaderCell>
                <TableHeaderCell style={{ width: '18rem' }}>{texts.actions}</TableHeaderCell>
              </TableRow>
            </TableHeader>
            <TableBody>
              {rows.map((row) => (
                <Line
                  key={row.revision}
                  row={row}
                  onCompare={(from, to) => void navigate({ search: { part: view.part, from, to } })}
                />
              ))}
            </TableBody>
          </Table>
        </div>
      )}
      {hasNextPage && (
        <div>
          <Button disabledFocusable={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {texts.older}
          </Button>
        </div>
      )}
      <RestoreDialog
        wanted={wanted}
        onClose={() => setWanted(undefined)}
        onRestored={() => {
          setWanted(undefined);
          setRestored(true);
          void navigate({ search: { part: view.part } });
        }}
      />
    </Page>
  );
}

function Line({ row, onCompare }: { row: Revision; onCompare: (from: string, to?: string) => void }) {
  const styles = useStyles();
  const partName = usePartName();
  const before = Number(row.revision) - 1;
  const what = [...new Set(row.changes.map(({ property }) => property))];
  return (
    <TableRow>
      <TableCell className={styles.cell}>{row.revision}</TableCell>
      <TableCell className={styles.cell}>{(row.time ?? '').slice(0, 19).replace('T', ' ')}</TableCell>
      <TableCell className={styles.cell}>
        {row.author.name ?? row.author.id}
        <Text size={200} block>
          {texts.channels[row.channel ?? ''] ?? row.channel}
        </Text>
      </TableCell>
      <TableCell className={styles.cell}>
        <Text weight="semibold" block dir="auto">
          {partsNamed(row.parts, partName)}
        </Text>
        {what.slice(0, 6).join(', ')}
        {what.length > 6 && ', …'}
      </TableCell>
      <TableCell className={styles.cell}>
        <span dir="auto">{row.reason}</span>
      </TableCell>
      <TableCell className={styles.cell}>
        <div className={styles.actions}>
          {before >= 1 && (
            <Button
              size="small"
              aria-label={texts.beforeOf(row.revision)}
              onClick={() => onCompare(String(before), row.revision)}
            >
              {texts.before}
            </Button>
          )}
          <Button
            size="small"
            aria-label={texts.compareOf(row.revision)}
            onClick={() => onCompare(row.revision)}
          >
            {texts.compare}
          </Button>
        </div>
      </TableCell>
    </TableRow>
  );
}

interface ComparisonProps {
  from: string;
  to: string;
  part: string | undefined;
  onClose: () => void;
  onRestore: (wanted: Restore) => void;
}

function Comparison({ from, to, part, onClose, onRestore }: ComparisonProps) {
  const styles = useStyles();
  const own = useMe().tenant.id;
  const partName = usePartName();
  const forbidden = useRefusal('PATCH', '/policies/crossTenantAccessPolicy/default');
  const { data, error, refetch } = useQuery(comparison(own, from, to));
  const found = data?.differences.filter((one) => !part || one.part === part) ?? [];
  const parts = [...new Set(found.map((one) => one.part))];
  return (
    <section className={styles.part} aria-labelledby="compared">
      <h2 id="compared" className={styles.heading}>
        {texts.differences(texts.revisionIs(from), texts.revisionIs(to))}
      </h2>
      {error && <ProblemBar problem={asProblem(error)} retry={() => void refetch()} />}
      {!data && !error && <Spinner />}
      {data && found.length === 0 && <Text>{texts.same}</Text>}
      {found.length > 0 && <Compared found={found} from={from} to={to} />}
      <div className={styles.actions}>
        {found.length > 0 && to === 'now' && !part && (
          <ReasonedButton reason={forbidden} onClick={() => onRestore({ to: from })}>
            {texts.restoreAll}
          </ReasonedButton>
        )}
        {found.length > 0 &&
          to === 'now' &&
          parts.map((one) => (
            <ReasonedButton key={one} reason={forbidden} onClick={() => onRestore({ to: from, part: one })}>
              {texts.restorePart(partName(one))}
            </ReasonedButton>
          ))}
        <Button onClick={onClose}>{texts.close}</Button>
      </div>
    </section>
  );
}
