// A table of things: found by words, ordered by a column, page by page. Where it stands is in the
// address, so any view of it can be linked. While there is nothing to show it says why.

import {
  Button,
  makeStyles,
  SearchBox,
  Skeleton,
  SkeletonItem,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  Text,
  tokens,
} from '@fluentui/react-components';
import { ArrowDownloadRegular, ChevronLeftRegular, ChevronRightRegular } from '@fluentui/react-icons';
import { memo, type ReactNode, useDeferredValue, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { Problem } from '../api/problem';
import { type CsvValue, csv, download } from './csv';
import type { ListState } from './listState';
import { ProblemBar } from './ProblemBar';
import { texts } from './words';

export interface Column<Row> {
  id: string;
  label: string;
  cell: (row: Row) => ReactNode;
  /** By what rows are ordered, if they can be by this column. */
  sortBy?: (row: Row) => string | number;
  /** A CSS width, where the column should not have its share. */
  width?: string;
  /** What is written into a file, where the table can be had as one. */
  value?: (row: Row) => CsvValue;
}

export interface DataTableProps<Row> {
  /** What the table is, for whoever does not see it. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string;
  /** The words a row is found by. */
  text: (row: Row) => string;
  state: ListState;
  onState: (next: ListState) => void;
  /** Whether rows pass the filters that stand beside the search; they are shown in `filters`. */
  keep?: (row: Row) => boolean;
  filters?: ReactNode;
  /** What is said, and can be done, when there is nothing at all. */
  empty: ReactNode;
  searchLabel: string;
  problem: Problem | null;
  retry: () => void;
  /** The name of the file with every row that was found, in their order. */
  file?: string;
}

const SIZE = 50;
/** How long nobody types until the search is written into the address, in milliseconds. */
const PAUSE = 250;

const useStyles = makeStyles({
  whole: { display: 'grid', gap: tokens.spacingVerticalM, minWidth: 0 },
  bar: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalM },
  search: { minWidth: 'min(20rem, 100%)' },
  count: { marginInlineStart: 'auto', color: tokens.colorNeutralForeground2 },
  frame: {
    overflowX: 'auto',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusLarge,
    backgroundColor: tokens.colorNeutralBackground1,
  },
  table: { minWidth: '40rem' },
  head: { fontWeight: tokens.fontWeightSemibold, backgroundColor: tokens.colorNeutralBackground2 },
  // Links must be read on it as well.
  row: { ':hover': { backgroundColor: tokens.colorNeutralBackground2 } },
  cell: { paddingBlock: tokens.spacingVerticalS, overflowWrap: 'anywhere' },
  waiting: { display: 'grid', gap: tokens.spacingVerticalM, padding: tokens.spacingHorizontalL },
  empty: {
    display: 'grid',
    justifyItems: 'center',
    gap: tokens.spacingVerticalM,
    padding: tokens.spacingHorizontalXXXL,
    textAlign: 'center',
    color: tokens.colorNeutralForeground2,
  },
  pages: { display: 'flex', alignItems: 'center', justifyContent: 'end', gap: tokens.spacingHorizontalS },
});

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function compared(one: string | number, other: string | number): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return collator.compare(String(one), String(other));
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rows, rowKey, text, state, onState, keep } = props;
  const styles = useStyles();
  const countId = useId();
  // What is typed shows at once, the rows follow, and the address when nobody types for a moment.
  const [typed, setTyped] = useState(state.q ?? '');
  const written = useRef(state.q ?? '');
  const writing = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if ((state.q ?? '') === written.current) return;
    written.current = state.q ?? '';
    setTyped(written.current);
  }, [state.q]);
  useEffect(() => () => clearTimeout(writing.current), []);
  // Whoever orders the list in that moment has it ordered.
  const latest = useRef({ state, onState });
  latest.current = { state, onState };
  function search(value: string) {
    setTyped(value);
    clearTimeout(writing.current);
    writing.current = setTimeout(() => {
      written.current = value;
      const { state, onState } = latest.current;
      onState({ ...state, q: value || undefined, page: undefined });
    }, PAUSE);
  }
  const wanted = useDeferredValue(typed);

  const indexed = useMemo(
    () => rows?.map((row) => ({ row, words: text(row).toLocaleLowerCase('en') })),
    [rows, text],
  );
  const sorted = useMemo(() => {
    const column = columns.find(({ id, sortBy }) => sortBy && id === state.sort);
    const by = column?.sortBy;
    if (!indexed || !by) return indexed;
    const keyed = indexed.map((entry) => ({ entry, key: by(entry.row) }));
    keyed.sort((one, other) => compared(one.key, other.key) * (state.desc ? -1 : 1));
    return keyed.map(({ entry }) => entry);
  }, [indexed, columns, state.sort, state.desc]);
  const found = useMemo(() => {
    const parts = wanted.toLocaleLowerCase('en').split(/\s+/).filter(Boolean);
    return sorted?.filter(
      ({ row, words }) => parts.every((part) => words.includes(part)) && (!keep || keep(row)),
    );
  }, [sorted, wanted, keep]);

  const pages = Math.max(1, Math.ceil((found?.length ?? 0) / SIZE));
  const page = Math.min(Math.max(1, state.page ?? 1), pages);
  const shown = found?.slice((page - 1) * SIZE, page * SIZE);
  const save = () => {
    const kept = columns.filter(({ value }) => value);
    const lines = found?.map(({ row }) => kept.map(({ value }) => value?.(row))) ?? [];
    download(props.file ?? '', csv([kept.map(({ label }) => label), ...lines]));
  };
  const turn = (to: number) => onState({ ...state, page: to === 1 ? undefined : to });
  const order = (id: string) =>
    onState({
      ...state,
      sort: id,
      desc: state.sort === id && !state.desc ? true : undefined,
      page: undefined,
    });

  return (
    <div className={styles.whole}>
      <div className={styles.bar}>
        <SearchBox
          className={styles.search}
          aria-label={props.searchLabel}
          placeholder={props.searchLabel}
          value={typed}
          onChange={(_, { value }) => search(value)}
        />
        {props.filters}
        <Text id={countId} className={styles.count} role="status">
          {found &&
            rows &&
            (found.length === rows.length ? texts.rows(rows.length) : texts.found(found.length, rows.length))}
        </Text>
        {props.file && (
          <Button icon={<ArrowDownloadRegular />} disabledFocusable={!found} onClick={save}>
            {texts.csv}
          </Button>
        )}
      </div>
      {props.problem && <ProblemBar problem={props.problem} retry={props.retry} />}
      <div className={styles.frame}>
        {!rows && !props.problem && (
          <Skeleton aria-label={texts.loading} className={styles.waiting}>
            {Array.from({ length: 6 }, (_, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
              <SkeletonItem key={place} size={24} />
            ))}
          </Skeleton>
        )}
        {rows && rows.length === 0 && <div className={styles.empty}>{props.empty}</div>}
        {rows && rows.length > 0 && (
          <Table aria-label={props.label} aria-describedby={countId} className={styles.table}>
            <TableHeader>
              <TableRow className={styles.head}>
                {columns.map((column) => (
                  <TableHeaderCell
                    key={column.id}
                    style={column.width ? { width: column.width } : undefined}
                    sortable={column.sortBy !== undefined}
                    sortDirection={
                      state.sort === column.id ? (state.desc ? 'descending' : 'ascending') : undefined
                    }
                    onClick={column.sortBy ? () => order(column.id) : undefined}
                  >
                    {column.label}
                  </TableHeaderCell>
                ))}
              </TableRow>
            </TableHeader>
            <TableBody>
              {shown?.map(({ row }) => (
                <Line key={rowKey(row)} row={row} columns={columns as readonly Column<unknown>[]} />
              ))}
            </TableBody>
          </Table>
        )}
        {rows && rows.length > 0 && found?.length === 0 && (
          <div className={styles.empty}>
            <Text>{texts.nothingFound}</Text>
            <Button onClick={() => onState({})}>{texts.clear}</Button>
          </div>
        )}
      </div>
      {pages > 1 && (
        <nav className={styles.pages} aria-label={texts.pages}>
          <Button
            appearance="subtle"
            icon={<ChevronLeftRegular />}
            aria-label={texts.previous}
            disabledFocusable={page === 1}
            onClick={() => page > 1 && turn(page - 1)}
          />
          <Text>{texts.pageOf(page, pages)}</Text>
          <Button
            appearance="subtle"
            icon={<ChevronRightRegular />}
            aria-label={texts.next}
            disabledFocusable={page === pages}
            onClick={() => page < pages && turn(page + 1)}
          />
        </nav>
      )}
    </div>
  );
}

/** A row that is there already is not painted again for every key that is pressed. */
const Line = memo(function Line({ row, columns }: { row: unknown; columns: readonly Column<unknown>[] }) {
  const styles = useStyles();
  return (
    <TableRow className={styles.row}>
      {columns.map((column) => (
        <TableCell key={column.id} className={styles.cell}>
          {column.cell(row)}
        </TableCell>
      ))}
    </TableRow>
  );
});
