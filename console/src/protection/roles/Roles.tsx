// The roles, built-in ones and those of this organization.

import { Badge, Select, Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { asProblem } from '../../api/problem';
import { type Column, DataTable } from '../../pieces/DataTable';
import { Link } from '../../pieces/Link';
import { oneWord, withFilters } from '../../pieces/listState';
import { ReasonedButton } from '../../pieces/Reasoned';
import { Done } from '../../pieces/WritingBar';
import { useRefusal } from '../../session/rights';
import { assignments, type Role, roles } from '../data';
import { roles as texts } from '../words';
import { RoleDialog } from './RoleDialog';
import { actionsOf, FILTERS, kindOf } from './role';

const route = getRouteApi('/_in/roles/');

const text = (role: Role) =>
  `${role.displayName} ${role.description ?? ''} ${actionsOf(role).join(' ')} ${role.id}`;
const key = (role: Role) => role.id ?? '';

export function Roles() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const refusal = useRefusal('POST', '/roleManagement/directory/roleDefinitions');
  const [making, setMaking] = useState(false);
  const [said, setSaid] = useState<string>();
  const { data, error, refetch } = useQuery(roles);
  const held = useQuery(assignments);
  const { show } = search;
  const holders = useMemo(() => {
    const counts = new Map<string, number>();
    for (const { roleDefinitionId = '' } of held.data ?? []) {
      counts.set(roleDefinitionId, (counts.get(roleDefinitionId) ?? 0) + 1);
    }
    return (role: Role) => counts.get(role.id ?? '') ?? 0;
  }, [held.data]);
  const columns = useMemo(() => {
    const shown: Column<Role>[] = [
      {
        id: 'name',
        label: texts.name,
        cell: (role) => (
          <Link to="/roles/definitions/$id" params={{ id: role.id ?? '' }} dir="auto">
            {role.displayName}
          </Link>
        ),
        sortBy: (role) => role.displayName ?? '',
        width: '26%',
      },
      {
        id: 'description',
        label: texts.description,
        cell: (role) => <span dir="auto">{role.description}</span>,
      },
      {
        id: 'kind',
        label: texts.kind,
        cell: (role) => (
          <Badge appearance="tint" color={role.isBuiltIn ? 'informative' : 'brand'}>
            {kindOf(role)}
          </Badge>
        ),
        sortBy: kindOf,
        width: '8rem',
      },
      {
        id: 'held',
        label: texts.held,
        cell: (role) => texts.people(holders(role)),
        sortBy: holders,
        width: '14rem',
      },
    ];
    return shown;
  }, [holders]);
  const keep = useCallback(
    (role: Role) => {
      if (show === 'custom') return role.isBuiltIn === false;
      return show === undefined || holders(role) > 0;
    },
    [show, holders],
  );
  return (
    <>
      <Done text={said} />
      <DataTable
        label={texts.list}
        searchLabel={texts.search}
        columns={columns}
        rows={data}
        rowKey={key}
        text={text}
        state={search}
        onState={(next) => void navigate({ search: withFilters(next, { show }), replace: true })}
        keep={keep}
        filters={
          <>
            <Select
              aria-label={texts.filter}
              value={show ?? ''}
              onChange={(_, { value }) =>
                void navigate({
                  search: { ...search, show: oneWord(value, FILTERS), page: undefined },
                  replace: true,
                })
              }
            >
              <option value="">{texts.filters.all}</option>
              <option value="assigned">{texts.filters.assigned}</option>
              <option value="custom">{texts.filters.custom}</option>
            </Select>
            <ReasonedButton appearance="primary" reason={refusal} onClick={() => setMaking(true)}>
              {texts.create}
            </ReasonedButton>
          </>
        }
        empty={<Text>{texts.emptyTitle}</Text>}
        problem={error && asProblem(error)}
        retry={() => void refetch()}
      />
      {making && (
        <RoleDialog
          onClose={() => setMaking(false)}
          onDone={(name) => {
            setMaking(false);
            setSaid(texts.created(name));
          }}
        />
      )}
    </>
  );
}
