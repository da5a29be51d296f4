// Those who were deleted in the last 30 days.

import { Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { carryOut } from '../../api/client';
import { asProblem } from '../../api/problem';
import { ConfirmDialog } from '../../pieces/ConfirmDialog';
import { type Column, DataTable } from '../../pieces/DataTable';
import { ReasonedButton } from '../../pieces/Reasoned';
import { Done, WritingBar } from '../../pieces/WritingBar';
import { texts as pieces } from '../../pieces/words';
import { useWriting } from '../../pieces/writing';
import { useRefusal } from '../../session/rights';
import { type DeletedUser, deletedUsers, nameOf, usersKey } from '../data';
import { users as texts } from '../words';

const route = getRouteApi('/_in/users/deleted');

const text = (user: DeletedUser) => `${user.displayName ?? ''} ${user.userPrincipalName ?? ''} ${user.id}`;
const key = (user: DeletedUser) => user.id ?? '';

export function DeletedUsers() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const restoring = useRefusal('POST', '/directory/deletedItems/{id}/restore');
  const purging = useRefusal('DELETE', '/directory/deletedItems/{id}');
  const writing = useWriting(usersKey);
  const { run } = writing;
  const [asked, setAsked] = useState<DeletedUser>();
  const [said, setSaid] = useState<string>();
  const { data, error, refetch } = useQuery(deletedUsers);

  const columns = useMemo(() => {
    const restore = (user: DeletedUser) =>
      void run(
        () => carryOut({ method: 'POST', url: `/directory/deletedItems/${user.id}/restore` }),
        () => setSaid(texts.restored(nameOf(user))),
      );
    const shown: Column<DeletedUser>[] = [
      {
        id: 'name',
        label: texts.name,
        cell: (user) => <Text dir="auto">{nameOf(user) || texts.unnamed}</Text>,
        sortBy: nameOf,
      },
      {
        id: 'address',
        label: texts.address,
        cell: (user) => user.mail || user.userPrincipalName,
        sortBy: (user) => user.mail || user.userPrincipalName || '',
      },
      {
        id: 'deleted',
        label: texts.deletedAt,
        cell: (user) => (user.deletedDateTime ? pieces.at(user.deletedDateTime) : pieces.never),
        sortBy: (user) => user.deletedDateTime ?? '',
      },
      {
        id: 'actions',
        label: texts.actions,
        width: '16rem',
        cell: (user) => (
          <>
            <ReasonedButton
              size="small"
              reason={restoring}
              aria-label={texts.restoreOf(nameOf(user))}
              onClick={() => restore(user)}
            >
              {texts.restore}
            </ReasonedButton>{' '}
            <ReasonedButton
              size="small"
              appearance="subtle"
              reason={purging}
              aria-label={texts.purgeOf(nameOf(user))}
              onClick={() => setAsked(user)}
            >
              {texts.purge}
            </ReasonedButton>
          </>
        ),
      },
    ];
    return shown;
  }, [run, restoring, purging]);

  const purge = () =>
    asked &&
    void run(
      () => carryOut({ method: 'DELETE', url: `/directory/deletedItems/${asked.id}` }),
      () => {
        setSaid(texts.purged(nameOf(asked)));
        setAsked(undefined);
      },
    );
  return (
    <>
      <Done text={said} />
      {!asked && <WritingBar writing={writing} />}
      <DataTable
        label={texts.deletedList}
        searchLabel={texts.search}
        columns={columns}
        rows={data}
        rowKey={key}
        text={text}
        state={search}
        onState={(next) => void navigate({ search: next, replace: true })}
        empty={
          <>
            <Text weight="semibold">{texts.deletedEmptyTitle}</Text>
            <Text>{texts.deletedEmpty}</Text>
          </>
        }
        problem={error && asProblem(error)}
        retry={() => void refetch()}
      />
      {asked && (
        <ConfirmDialog
          open
          title={texts.purgeTitle(nameOf(asked))}
          yes={texts.purge}
          busy={writing.busy}
          problem={writing.problem}
          onYes={purge}
          onNo={() => {
            writing.clear();
            setAsked(undefined);
          }}
        >
          {texts.purgeText}
        </ConfirmDialog>
      )}
    </>
  );
}
