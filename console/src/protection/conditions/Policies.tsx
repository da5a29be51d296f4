// The policies, with whom they are about and what they ask for.

import { Badge, Select, Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { asProblem } from '../../api/problem';
import { type Column, DataTable } from '../../pieces/DataTable';
import { Link } from '../../pieces/Link';
import { oneWord, withFilters } from '../../pieces/listState';
import { ReasonedButton } from '../../pieces/Reasoned';
import { useRefusal } from '../../session/rights';
import { type Policy, policies } from '../data';
import { conditions as texts } from '../words';
import { STATES } from './states';
import { access, what, whom } from './summary';

const route = getRouteApi('/_in/conditional-access/');

const COLORS = {
  enabled: 'success',
  disabled: 'subtle',
  enabledForReportingButNotEnforced: 'informative',
} as const;

const stateOf = (policy: Policy) => policy.state ?? 'disabled';

const COLUMNS: readonly Column<Policy>[] = [
  {
    id: 'name',
    label: texts.name,
    cell: (policy) => (
      <Link to="/conditional-access/policies/$id" params={{ id: policy.id ?? '' }} dir="auto">
        {policy.displayName || texts.unnamed}
      </Link>
    ),
    sortBy: (policy) => policy.displayName ?? '',
    width: '28%',
  },
  {
    id: 'state',
    label: texts.state,
    cell: (policy) => (
      <Badge appearance="tint" color={COLORS[stateOf(policy)]}>
        {texts.states[stateOf(policy)]}
      </Badge>
    ),
    sortBy: (policy) => texts.states[stateOf(policy)],
    width: '8rem',
  },
  { id: 'who', label: texts.who, cell: whom, sortBy: whom },
  { id: 'what', label: texts.what, cell: what, sortBy: what },
  { id: 'grant', label: texts.grant, cell: access, sortBy: access },
];

const text = (policy: Policy) => `${policy.displayName ?? ''} ${policy.id}`;
const key = (policy: Policy) => policy.id ?? '';

export function Policies() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const go = useNavigate();
  const refusal = useRefusal('POST', '/identity/conditionalAccess/policies');
  const { data, error, refetch } = useQuery(policies);
  const { show } = search;
  const keep = useCallback((policy: Policy) => show === undefined || stateOf(policy) === show, [show]);
  return (
    <DataTable
      label={texts.list}
      searchLabel={texts.search}
      columns={COLUMNS}
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
                search: { ...search, show: oneWord(value, STATES), page: undefined },
                replace: true,
              })
            }
          >
            <option value="">{texts.all}</option>
            {STATES.map((state) => (
              <option key={state} value={state}>
                {texts.states[state]}
              </option>
            ))}
          </Select>
          <ReasonedButton
            appearance="primary"
            reason={refusal}
            onClick={() => void go({ to: '/conditional-access/policies/$id', params: { id: 'new' } })}
          >
            {texts.create}
          </ReasonedButton>
        </>
      }
      empty={
        <>
          <Text weight="semibold">{texts.emptyTitle}</Text>
          <Text>{texts.empty}</Text>
        </>
      }
      problem={error && asProblem(error)}
      retry={() => void refetch()}
    />
  );
}
