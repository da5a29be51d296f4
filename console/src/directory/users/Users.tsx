// Everybody in the directory.

import { Select, Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import { asProblem } from '../../api/problem';
import { type Column, DataTable } from '../../pieces/DataTable';
import { Link } from '../../pieces/Link';
import { oneWord, withFilters } from '../../pieces/listState';
import { homeOf, nameOf, type User, users } from '../data';
import { users as texts } from '../words';
import { FILTERS, type Filter } from './filters';
import { standing, UserState } from './UserState';

const route = getRouteApi('/_in/users/');

const home = (user: User): string => {
  const { home, name } = homeOf(user);
  return texts.homes[home](name);
};

const COLUMNS: readonly Column<User>[] = [
  {
    id: 'name',
    label: texts.name,
    cell: (user) => (
      <Link to="/users/$id" params={{ id: user.id }} dir="auto">
        {nameOf(user) || texts.unnamed}
      </Link>
    ),
    sortBy: nameOf,
  },
  {
    id: 'address',
    label: texts.address,
    cell: (user) => user.mail || user.userPrincipalName,
    sortBy: (user) => user.mail || user.userPrincipalName || '',
    width: '26%',
  },
  {
    id: 'type',
    label: texts.type,
    cell: (user) => texts.types(user.userType),
    sortBy: (user) => user.userType ?? '',
    width: '7rem',
  },
  { id: 'home', label: texts.home, cell: home, sortBy: home },
  {
    id: 'state',
    label: texts.state,
    cell: (user) => <UserState user={user} />,
    sortBy: standing,
    width: '10rem',
  },
];

const text = (user: User) =>
  `${user.displayName ?? ''} ${user.mail ?? ''} ${user.userPrincipalName ?? ''} ${user.id}`;
const key = (user: User) => user.id;

const passes: Record<Filter, (user: User) => boolean> = {
  members: (user) => user.userType !== 'Guest',
  guests: (user) => user.userType === 'Guest',
  pending: (user) => user.externalUserState === 'PendingAcceptance',
  blocked: (user) => user.accountEnabled === false,
};

export function Users() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery(users);
  const { show } = search;
  const keep = useCallback((user: User) => show === undefined || passes[show](user), [show]);
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
          {FILTERS.map((filter) => (
            <option key={filter} value={filter}>
              {texts.filters[filter]}
            </option>
          ))}
        </Select>
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
