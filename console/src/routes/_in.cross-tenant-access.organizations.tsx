import { createFileRoute } from '@tanstack/react-router';
import { Organizations } from '../cross-tenant/organizations/Organizations';
import { listState } from '../pieces/listState';

export const Route = createFileRoute('/_in/cross-tenant-access/organizations')({
  validateSearch: listState,
  component: Organizations,
});
