// Which action demands which authentication context.

import { makeStyles, Select, Text, Tooltip } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { carryOut } from '../../api/client';
import { asProblem } from '../../api/problem';
import { type Column, DataTable } from '../../pieces/DataTable';
import { Link } from '../../pieces/Link';
import { withFilters } from '../../pieces/listState';
import { Done, ReadOnlyBar, WritingBar } from '../../pieces/WritingBar';
import { useWriting } from '../../pieces/writing';
import { useRefusal } from '../../session/rights';
import { ACTIONS, type Action, actions, actionsKey, contexts } from '../data';
import { roles as texts } from '../words';
import { shortAction } from './role';

const route = getRouteApi('/_in/roles/actions');

const useStyles = makeStyles({ select: { maxWidth: '20rem' } });

const nameOf = (action: Action) => shortAction(action.name ?? '');
const text = (action: Action) => `${action.name} ${action.description ?? ''}`;
const key = (action: Action) => action.id ?? '';
const canBeProtected = (all: Action[]) => all.filter((action) => action.isAuthenticationContextSettable);

export function ProtectedActions() {
  const styles = useStyles();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const refusal = useRefusal(
    'PATCH',
    '/roleManagement/directory/resourceNamespaces/{id}/resourceActions/{action}',
  );
  const writing = useWriting(actionsKey);
  const { run, busy } = writing;
  const [said, setSaid] = useState<string>();
  const { data, error, refetch } = useQuery({ ...actions, select: canBeProtected });
  const known = useQuery(contexts);
  const { show } = search;
  const keep = useCallback(
    (action: Action) => show === undefined || action.authenticationContextId != null,
    [show],
  );
  const columns = useMemo(() => {
    const label = (id: string) => {
      const found = known.data?.find((context) => context.id === id);
      const name = found ? `${found.displayName} (${id})` : id;
      return found?.isAvailable === false ? texts.unpublished(name) : name;
    };
    const choose = (action: Action, id: string) =>
      void run(
        () =>
          carryOut({
            method: 'PATCH',
            url: `${ACTIONS}/${action.id}`,
            body: { authenticationContextId: id || null },
          }),
        () =>
          setSaid(id ? texts.protectedNow(nameOf(action), label(id)) : texts.unprotectedNow(nameOf(action))),
      );
    const shown: Column<Action>[] = [
      {
        id: 'action',
        label: texts.action,
        cell: (action) => (
          <>
            <Text block weight="semibold">
              {nameOf(action)}
            </Text>
            <Text size={200}>{action.description}</Text>
          </>
        ),
        sortBy: nameOf,
      },
      {
        id: 'context',
        label: texts.context,
        width: '22rem',
        sortBy: (action) => action.authenticationContextId ?? '',
        cell: (action) => {
          const now = action.authenticationContextId ?? '';
          const options = (known.data ?? []).filter(({ id, isAvailable }) => isAvailable || id === now);
          const select = (
            <Select
              className={styles.select}
              aria-label={texts.contextOf(nameOf(action))}
              value={now}
              disabled={refusal !== undefined || busy}
              onChange={(_, { value }) => choose(action, value)}
            >
              <option value="">{texts.none}</option>
              {now && !options.some(({ id }) => id === now) && <option value={now}>{now}</option>}
              {options.map(({ id }) => (
                <option key={id} value={id}>
                  {label(id ?? '')}
                </option>
              ))}
            </Select>
          );
          return refusal ? (
            <Tooltip content={refusal} relationship="description">
              <div>{select}</div>
            </Tooltip>
          ) : (
            select
          );
        },
      },
    ];
    return shown;
  }, [known.data, refusal, busy, run, styles.select]);
  const noContexts = known.data && !known.data.some(({ isAvailable }) => isAvailable);
  return (
    <>
      <Text>{texts.actionsLead}</Text>
      <ReadOnlyBar reason={refusal} />
      {noContexts && (
        <Text>
          {texts.noContexts} <Link to="/conditional-access/contexts">{texts.toContexts}</Link>
        </Text>
      )}
      <WritingBar writing={writing} />
      <Done text={said} />
      <DataTable
        label={texts.actionList}
        searchLabel={texts.actionSearch}
        columns={columns}
        rows={data}
        rowKey={key}
        text={text}
        state={search}
        onState={(next) => void navigate({ search: withFilters(next, { show }), replace: true })}
        keep={keep}
        filters={
          <Select
            aria-label={texts.actionFilter}
            value={show ?? ''}
            onChange={(_, { value }) =>
              void navigate({
                search: { ...search, show: value ? 'protected' : undefined, page: undefined },
                replace: true,
              })
            }
          >
            <option value="">{texts.actionFilters.all}</option>
            <option value="protected">{texts.actionFilters.protected}</option>
          </Select>
        }
        empty={<Text>{texts.emptyTitle}</Text>}
        problem={error && asProblem(error)}
        retry={() => void refetch()}
      />
    </>
  );
}
