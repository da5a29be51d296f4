// Where a list stands, as it is written into the address.

export interface ListState {
  /** The words that are searched for. */
  q?: string;
  /** The column that it is ordered by. */
  sort?: string;
  desc?: boolean;
  page?: number;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== ''
    ? value.slice(0, 200)
    : typeof value === 'number'
      ? String(value)
      : undefined;

/** Reads it; what cannot be read is left out. */
export function listState(search: Record<string, unknown>): ListState {
  const page = Number(search.page);
  const state: ListState = {
    q: text(search.q),
    sort: text(search.sort),
    desc: search.desc === true || undefined,
    page: Number.isInteger(page) && page > 1 ? page : undefined,
  };
  return state;
}

/** One of these words, if the address says one. */
export function oneWord<const Word extends string>(value: unknown, words: readonly Word[]): Word | undefined {
  return words.find((word) => word === value);
}

/** The next state of a list, with the filters that stand beside its search; cleared together. */
export function withFilters<Filters extends object>(
  next: ListState,
  filters: Filters,
): ListState & Partial<Filters> {
  return Object.keys(next).length === 0 ? {} : { ...filters, ...next };
}

/** The state of a list with one filter beside its search, one of these words. */
export function listWith<const Name extends string, const Word extends string>(
  name: Name,
  words: readonly Word[],
) {
  type Filter = { [Key in Name]?: Word };
  return (search: Record<string, unknown>): ListState & Filter => ({
    ...listState(search),
    ...({ [name]: oneWord(search[name], words) } as Filter),
  });
}
