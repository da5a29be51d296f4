// Those who were invited, and whether they have come.

import { Badge, Select, Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { asProblem } from '../../api/problem';
import { nameOf, type User, users } from '../../directory/data';
import { users as userTexts } from '../../directory/words';
import { type Column, DataTable } from '../../pieces/DataTable';
import { Link } from '../../pieces/Link';
import { withFilters } from '../../pieces/listState';
import { ReasonedButton } from '../../pieces/Reasoned';
import { texts as pieces } from '../../pieces/words';
import { useRefusal } from '../../session/rights';
import { invited as texts } from '../words';
import { type Again, InviteDialog } from './InviteDialog';

const route = getRouteApi('/_in/external-collaboration/invitations');

const isPending = (user: User) => user.externalUserState === 'PendingAcceptance';
const text = (user: User) => `${user.displayName ?? ''} ${user.mail ?? ''} ${user.id}`;
const key = (user: User) => user.id;

function columns(refusal: string | undefined, onAgain: (again: Again) => void): Column<User>[] {
  return [
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
      cell: (user) => user.mail,
      sortBy: (user) => user.mail ?? '',
      width: '26%',
    },
    {
      id: 'type',
      label: texts.type,
      cell: (user) => userTexts.types(user.userType),
      sortBy: (user) => user.userType ?? '',
      width: '6rem',
    },
    {
      id: 'state',
      label: texts.state,
      cell: (user) => (
        <Badge appearance="tint" color={isPending(user) ? 'warning' : 'success'}>
          {isPending(user) ? texts.states.pending : texts.states.accepted}
        </Badge>
      ),
      sortBy: (user) => user.externalUserState ?? '',
      width: '8rem',
    },
    {
      id: 'since',
      label: texts.since,
      cell: (user) =>
        user.externalUserStateChangeDateTime ? pieces.at(user.externalUserStateChangeDateTime) : pieces.never,
      sortBy: (user) => user.externalUserStateChangeDateTime ?? '',
    },
    {
      id: 'actions',
      label: texts.actions,
      cell: (user) =>
        isPending(user) && (
          <ReasonedButton
            size="small"
            aria-label={texts.againOf(nameOf(user))}
            reason={refusal}
            onClick={() =>
              onAgain({
                id: user.id,
                address: user.mail ?? '',
                name: user.displayName ?? '',
                accepted: false,
              })
            }
          >
            {texts.again}
          </ReasonedButton>
        ),
      width: '9rem',
    },
  ];
}

export function Invitations() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const refusal = useRefusal('POST', '/invitations');
  const [open, setOpen] = useState<{ again?: Again }>();
  const { data, error, refetch } = useQuery({
    ...users,
    select: useCallback((all: User[]) => all.filter((user) => user.externalUserState), []),
  });
  const shown = useMemo(() => columns(refusal, (again) => setOpen({ again })), [refusal]);
  const state = search.state;
  const keep = useCallback(
    (user: User) => state === undefined || isPending(user) === (state === 'pending'),
    [state],
  );
  const invite = (
    <ReasonedButton appearance="primary" reason={refusal} onClick={() => setOpen({})}>
      {texts.invite}
    </ReasonedButton>
  );
  return (
    <>
      <DataTable
        label={texts.list}
        searchLabel={texts.search}
        columns={shown}
        rows={data}
        rowKey={key}
        text={text}
        state={search}
        onState={(next) => void navigate({ search: withFilters(next, { state }), replace: true })}
        keep={keep}
        filters={
          <>
            <Select
              aria-label={texts.filter}
              value={state ?? ''}
              onChange={(_, { value }) =>
                void navigate({
                  search: {
                    ...search,
                    state: value === 'pending' || value === 'accepted' ? value : undefined,
                    page: undefined,
                  },
                  replace: true,
                })
              }
            >
              <option value="">{texts.all}</option>
              <option value="pending">{texts.states.pending}</option>
              <option value="accepted">{texts.states.accepted}</option>
            </Select>
            {invite}
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
      {open && <InviteDialog open again={open.again} onClose={() => setOpen(undefined)} />}
    </>
  );
}
