import { createFileRoute } from '@tanstack/react-router';
import { FILTERS, type Filter } from '../cross-tenant/organizations/filter';
import { Organizations } from '../cross-tenant/organizations/Organizations';
import { type ListState, listState, oneWord } from '../pieces/listState';

export const Route = createFileRoute('/_in/cross-tenant-access/organizations')({
  validateSearch: (search: Record<string, unknown>): ListState & { show?: Filter } => ({
    ...listState(search),
    show: oneWord(search.show, FILTERS),
  }),
  component: Organizations,
});
