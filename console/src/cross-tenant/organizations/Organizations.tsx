// The organizations that have an entry of their own.

import { Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { asProblem } from '../../api/problem';
import { Copyable } from '../../pieces/Copyable';
import { type Column, DataTable } from '../../pieces/DataTable';
import { useMe } from '../../session/session';
import { type PartnerName, partnerNames } from '../data/queries';
import { texts } from './words';

const route = getRouteApi('/_in/cross-tenant-access/organizations');

const state = (configured: boolean | undefined) => (configured ? texts.configured : texts.inherited);

const COLUMNS: readonly Column<PartnerName>[] = [
  {
    id: 'name',
    label: texts.name,
    cell: (row) => (
      <>
        <Text weight="semibold" block dir="auto">
          {row.displayName ?? texts.unnamed}
        </Text>
        <Text size={200}>{row.defaultDomainName}</Text>
      </>
    ),
    sortBy: (row) => row.displayName ?? '',
  },
  {
    id: 'tenant',
    label: texts.tenant,
    cell: (row) => <Copyable text={row.tenantId ?? ''} what={texts.tenant} />,
    sortBy: (row) => row.tenantId ?? '',
  },
  {
    id: 'inbound',
    label: texts.inbound,
    cell: (row) => state(row.inboundConfigured),
    sortBy: (row) => state(row.inboundConfigured),
  },
  {
    id: 'outbound',
    label: texts.outbound,
    cell: (row) => state(row.outboundConfigured),
    sortBy: (row) => state(row.outboundConfigured),
  },
  {
    id: 'restrictions',
    label: texts.restrictions,
    cell: (row) => state(row.tenantRestrictionsConfigured),
    sortBy: (row) => state(row.tenantRestrictionsConfigured),
  },
];

const text = (row: PartnerName) => `${row.displayName ?? ''} ${row.defaultDomainName ?? ''} ${row.tenantId}`;
const key = (row: PartnerName) => row.tenantId ?? '';

export function Organizations() {
  const me = useMe();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery(partnerNames(me.tenant.id ?? ''));
  return (
    <DataTable
      label={texts.list}
      searchLabel={texts.search}
      columns={COLUMNS}
      rows={data}
      rowKey={key}
      text={text}
      state={search}
      onState={(next) => void navigate({ search: next, replace: true })}
      problem={error && asProblem(error)}
      retry={() => void refetch()}
      empty={
        <>
          <Text weight="semibold">{texts.emptyTitle}</Text>
          <Text>{texts.empty}</Text>
        </>
      }
    />
  );
}
