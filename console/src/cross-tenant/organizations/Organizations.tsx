// The organizations that have an entry of their own.

import {
  Badge,
  Button,
  Dropdown,
  Field,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  makeStyles,
  Option,
  Text,
  tokens,
} from '@fluentui/react-components';
import { AddRegular, DeleteRegular, DismissRegular } from '@fluentui/react-icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { carryOut } from '../../api/client';
import { asProblem } from '../../api/problem';
import { ConfirmDialog } from '../../pieces/ConfirmDialog';
import { Copyable } from '../../pieces/Copyable';
import { type Column, DataTable } from '../../pieces/DataTable';
import { Link } from '../../pieces/Link';
import { ReasonedButton } from '../../pieces/Reasoned';
import { refusal } from '../../session/rights';
import { type Me, useMe } from '../../session/session';
import type { Direction } from '../data/model';
import { entry, type PartnerName, partnerNames, settingsMoved } from '../data/queries';
import { Status } from '../Status';
import { AddOrganization } from './AddOrganization';
import { FILTERS, type Filter, passes } from './filter';
import { nameOf } from './names';
import { texts } from './words';

const route = getRouteApi('/_in/cross-tenant-access/organizations');

const useStyles = makeStyles({
  badges: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalXS },
});

/** Why an organization cannot be removed (S14.9). */
function obstacle(me: Me, row: PartnerName): string | undefined {
  const forbidden = refusal(me, 'DELETE', '/policies/crossTenantAccessPolicy/partners/{id}');
  if (forbidden) return forbidden;
  if (row.isServiceProvider) return texts.remove.isServiceProvider;
  if (row.isInMultiTenantOrganization) return texts.remove.isMultitenant;
  return row.hasSynchronization ? texts.remove.hasSynchronization : undefined;
}

function Access({ row, direction }: { row: PartnerName; direction: Direction }) {
  const own = {
    inbound: row.inboundConfigured,
    outbound: row.outboundConfigured,
    restrictions: row.tenantRestrictionsConfigured,
  }[direction];
  const state = own ? texts.configured : texts.inherited;
  return (
    <Status own={own}>
      <Link
        to="/cross-tenant-access/organizations/$tenant/$direction"
        params={{ tenant: row.tenantId, direction }}
        aria-label={texts.stateOf(texts[direction], nameOf(row), state)}
      >
        {state}
      </Link>
    </Status>
  );
}

function Name({ row, cloud }: { row: PartnerName; cloud: string }) {
  const styles = useStyles();
  const badges = [
    row.isServiceProvider && texts.serviceProvider,
    row.isInMultiTenantOrganization && texts.multitenant,
    row.hasSynchronization && texts.synchronization,
    row.cloud !== null && row.cloud !== cloud && texts.otherCloud,
  ].filter((text): text is string => typeof text === 'string');
  return (
    <>
      <Text weight="semibold" block dir="auto">
        {nameOf(row)}
      </Text>
      <Text size={200}>{row.defaultDomainName}</Text>
      {badges.length > 0 && (
        <span className={styles.badges}>
          {badges.map((text) => (
            <Badge key={text} appearance="tint" size="small">
              {text}
            </Badge>
          ))}
        </span>
      )}
    </>
  );
}

const text = (row: PartnerName) => `${nameOf(row)} ${row.defaultDomainName ?? ''} ${row.tenantId}`;
const key = (row: PartnerName) => row.tenantId;
const order = (configured: boolean) => (configured ? 0 : 1);

export function Organizations() {
  const me = useMe();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(partnerNames(me.tenant.id));
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<PartnerName>();
  const [done, setDone] = useState<string>();

  const columns = useMemo<readonly Column<PartnerName>[]>(
    () => [
      {
        id: 'name',
        label: texts.name,
        cell: (row) => <Name row={row} cloud={me.tenant.cloud} />,
        sortBy: nameOf,
      },
      {
        id: 'tenant',
        label: texts.tenant,
        cell: (row) => <Copyable text={row.tenantId} what={`${texts.tenant} ${nameOf(row)}`} />,
        sortBy: (row) => row.tenantId,
      },
      {
        id: 'inbound',
        label: texts.inbound,
        cell: (row) => <Access row={row} direction="inbound" />,
        sortBy: (row) => order(row.inboundConfigured),
      },
      {
        id: 'outbound',
        label: texts.outbound,
        cell: (row) => <Access row={row} direction="outbound" />,
        sortBy: (row) => order(row.outboundConfigured),
      },
      {
        id: 'restrictions',
        label: texts.restrictions,
        cell: (row) => <Access row={row} direction="restrictions" />,
        sortBy: (row) => order(row.tenantRestrictionsConfigured),
      },
      {
        id: 'actions',
        label: texts.actions,
        width: '5rem',
        cell: (row) => (
          <ReasonedButton
            appearance="subtle"
            icon={<DeleteRegular />}
            aria-label={texts.remove.button(nameOf(row))}
            reason={obstacle(me, row)}
            onClick={() => setRemoving(row)}
          />
        ),
      },
    ],
    [me],
  );
  const keep = useCallback((row: PartnerName) => passes(search.show, row), [search.show]);

  const remove = useMutation({
    mutationFn: async (row: PartnerName) => {
      // What is removed is what was there a moment ago, or nothing.
      const { tag } = await queries.fetchQuery({ ...entry(row.tenantId), staleTime: 0 });
      const url = `/policies/crossTenantAccessPolicy/partners/${row.tenantId}`;
      return carryOut({ method: 'DELETE', url }, { ifMatch: tag });
    },
    onSuccess: async (_, row) => {
      await settingsMoved(queries);
      setRemoving(undefined);
      setDone(texts.remove.done(nameOf(row)));
    },
  });

  return (
    <>
      {done && (
        <MessageBar intent="success">
          <MessageBarBody>{done}</MessageBarBody>
          <MessageBarActions
            containerAction={
              <Button
                appearance="transparent"
                icon={<DismissRegular />}
                aria-label={texts.add.close}
                onClick={() => setDone(undefined)}
              />
            }
          />
        </MessageBar>
      )}
      <DataTable
        label={texts.list}
        searchLabel={texts.search}
        columns={columns}
        rows={data}
        rowKey={key}
        text={text}
        state={search}
        onState={(next) => void navigate({ search: { show: search.show, ...next }, replace: true })}
        keep={keep}
        filters={
          <>
            <Show
              value={search.show ?? 'all'}
              onChange={(show) =>
                void navigate({
                  search: { ...search, show: show === 'all' ? undefined : show, page: undefined },
                  replace: true,
                })
              }
            />
            <ReasonedButton
              appearance="primary"
              icon={<AddRegular />}
              reason={refusal(me, 'POST', '/policies/crossTenantAccessPolicy/partners', 'tenantId')}
              onClick={() => setAdding(true)}
            >
              {texts.add.button}
            </ReasonedButton>
          </>
        }
        problem={error && asProblem(error)}
        retry={() => void refetch()}
        empty={
          <>
            <Text weight="semibold">{texts.emptyTitle}</Text>
            <Text>{texts.empty}</Text>
          </>
        }
      />
      <AddOrganization
        open={adding}
        known={data ?? []}
        onClose={() => setAdding(false)}
        onAdded={(name) => {
          setAdding(false);
          setDone(texts.add.done(name));
        }}
      />
      <ConfirmDialog
        open={removing !== undefined}
        title={removing ? texts.remove.title(nameOf(removing)) : ''}
        yes={texts.remove.yes}
        busy={remove.isPending}
        problem={remove.error && asProblem(remove.error)}
        onYes={() => removing && remove.mutate(removing)}
        onNo={() => {
          setRemoving(undefined);
          remove.reset();
        }}
      >
        {removing && (
          <>
            {texts.remove.text(nameOf(removing))}
            {removing.cloud !== null && removing.cloud !== me.tenant.cloud && (
              <p>{texts.remove.cloud(nameOf(removing))}</p>
            )}
          </>
        )}
      </ConfirmDialog>
    </>
  );
}

function Show({ value, onChange }: { value: Filter; onChange: (filter: Filter) => void }) {
  return (
    <Field label={texts.filter.label} orientation="horizontal">
      <Dropdown
        value={texts.filter[value]}
        selectedOptions={[value]}
        onOptionSelect={(_, { optionValue }) => onChange((optionValue as Filter | undefined) ?? 'all')}
      >
        {FILTERS.map((name) => (
          <Option key={name} value={name}>
            {texts.filter[name]}
          </Option>
        ))}
      </Dropdown>
    </Field>
  );
}
