// The authentication contexts: names for something to prove.

import { Badge, Checkbox, Field, Input, Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { carryOut } from '../../api/client';
import { asProblem } from '../../api/problem';
import { ConfirmDialog } from '../../pieces/ConfirmDialog';
import { type Column, DataTable } from '../../pieces/DataTable';
import { FormDialog } from '../../pieces/FormDialog';
import { ReasonedButton } from '../../pieces/Reasoned';
import { Done } from '../../pieces/WritingBar';
import { useWriting } from '../../pieces/writing';
import { useRefusal } from '../../session/rights';
import { draftOf } from '../conditions/draft';
import { actions, type Context, contexts, contextsKey, policies } from '../data';
import { contextWords as texts } from '../words';

const route = getRouteApi('/_in/conditional-access/contexts');
const ADDRESS = '/identity/conditionalAccess/authenticationContextClassReferences';
const MOST = 99;

const nameOf = (context: Context) => context.displayName || context.id || '';
const text = (context: Context) => `${context.id} ${context.displayName ?? ''} ${context.description ?? ''}`;
const key = (context: Context) => context.id ?? '';

/** By how many policies and protected actions each is used. */
function useUses(): (context: Context) => { policies: number; actions: number } {
  const bound = useQuery(policies);
  const guarded = useQuery({ ...actions, retry: false });
  return useMemo(() => {
    const named = (bound.data ?? []).flatMap((policy) => draftOf(policy).contexts);
    const demanded = (guarded.data ?? []).map(({ authenticationContextId }) => authenticationContextId);
    return ({ id }) => ({
      policies: named.filter((other) => other === id).length,
      actions: demanded.filter((other) => other === id).length,
    });
  }, [bound.data, guarded.data]);
}

type Open = { is: 'form'; context?: Context } | { is: 'question'; context: Context };

export function Contexts() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const changing = useRefusal('PATCH', `${ADDRESS}/{id}`);
  const removing = useRefusal('DELETE', `${ADDRESS}/{id}`);
  const writing = useWriting(contextsKey);
  const [open, setOpen] = useState<Open>();
  const [said, setSaid] = useState<string>();
  const uses = useUses();
  const { data, error, refetch } = useQuery(contexts);
  const columns = useMemo(() => {
    const stays = (context: Context) => {
      if (context.isAvailable) return texts.removePublished;
      const { policies, actions } = uses(context);
      return policies + actions > 0 ? texts.removeUsed : undefined;
    };
    const shown: Column<Context>[] = [
      { id: 'id', label: texts.id, cell: (context) => context.id, sortBy: key, width: '5rem' },
      {
        id: 'name',
        label: texts.name,
        cell: (context) => <span dir="auto">{nameOf(context)}</span>,
        sortBy: nameOf,
      },
      {
        id: 'description',
        label: texts.description,
        cell: (context) => <span dir="auto">{context.description}</span>,
        width: '30%',
      },
      {
        id: 'published',
        label: texts.published,
        cell: (context) => (
          <Badge appearance="tint" color={context.isAvailable ? 'success' : 'informative'}>
            {context.isAvailable ? texts.yes : texts.no}
          </Badge>
        ),
        sortBy: (context) => String(context.isAvailable),
      },
      {
        id: 'uses',
        label: texts.usedBy,
        cell: (context) => {
          const { policies, actions } = uses(context);
          return texts.uses(policies, actions);
        },
      },
      {
        id: 'actions',
        label: texts.actions,
        width: '12rem',
        cell: (context) => (
          <>
            <ReasonedButton
              size="small"
              reason={changing}
              aria-label={texts.editOf(nameOf(context))}
              onClick={() => setOpen({ is: 'form', context })}
            >
              {texts.edit}
            </ReasonedButton>{' '}
            <ReasonedButton
              size="small"
              appearance="subtle"
              reason={removing ?? stays(context)}
              aria-label={texts.removeOf(nameOf(context))}
              onClick={() => setOpen({ is: 'question', context })}
            >
              {texts.remove}
            </ReasonedButton>
          </>
        ),
      },
    ];
    return shown;
  }, [uses, changing, removing]);
  const full = data && data.length >= MOST ? texts.full : undefined;
  return (
    <>
      <Text>{texts.lead}</Text>
      <Done text={said} />
      <DataTable
        label={texts.list}
        searchLabel={texts.search}
        columns={columns}
        rows={data}
        rowKey={key}
        text={text}
        state={search}
        onState={(next) => void navigate({ search: next, replace: true })}
        filters={
          <ReasonedButton
            appearance="primary"
            reason={changing ?? full}
            onClick={() => setOpen({ is: 'form' })}
          >
            {texts.create}
          </ReasonedButton>
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
      {open?.is === 'form' && (
        <ContextDialog
          context={open.context}
          all={data ?? []}
          onClose={() => setOpen(undefined)}
          onDone={(name) => {
            setOpen(undefined);
            setSaid(texts.saved(name));
          }}
        />
      )}
      {open?.is === 'question' && (
        <ConfirmDialog
          open
          title={texts.removeTitle(nameOf(open.context))}
          yes={texts.remove}
          busy={writing.busy}
          problem={writing.problem}
          onYes={() =>
            void writing.run(
              () => carryOut({ method: 'DELETE', url: `${ADDRESS}/${open.context.id}` }),
              () => {
                setSaid(texts.removed(nameOf(open.context)));
                setOpen(undefined);
              },
            )
          }
          onNo={() => {
            writing.clear();
            setOpen(undefined);
          }}
        >
          {texts.removeText}
        </ConfirmDialog>
      )}
    </>
  );
}

interface ContextDialogProps {
  context: Context | undefined;
  all: readonly Context[];
  onClose: () => void;
  onDone: (name: string) => void;
}

/** The first id that nothing has. */
function free(all: readonly Context[]): string {
  const taken = new Set(all.map(({ id }) => id));
  let number = 1;
  while (taken.has(`c${number}`)) number += 1;
  return `c${number}`;
}

function ContextDialog({ context, all, onClose, onDone }: ContextDialogProps) {
  const writing = useWriting(contextsKey);
  const [name, setName] = useState(context?.displayName ?? '');
  const [description, setDescription] = useState(context?.description ?? '');
  const [published, setPublished] = useState(context?.isAvailable ?? true);
  const [tried, setTried] = useState(false);
  const submit = () => {
    setTried(true);
    const displayName = name.trim();
    if (!displayName) return;
    const id = context?.id ?? free(all);
    const body = { displayName, description: description.trim() || null, isAvailable: published };
    void writing.run(
      () => carryOut({ method: 'PATCH', url: `${ADDRESS}/${id}`, body }),
      () => onDone(displayName),
    );
  };
  return (
    <FormDialog
      open
      title={context ? texts.editOf(nameOf(context)) : texts.create}
      submit={context ? texts.save : texts.submit}
      writing={writing}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field
        label={texts.name}
        required
        validationMessage={tried && !name.trim() ? texts.nameMissing : undefined}
      >
        <Input value={name} dir="auto" maxLength={256} onChange={(_, { value }) => setName(value)} />
      </Field>
      <Field label={texts.description}>
        <Input
          value={description}
          dir="auto"
          maxLength={1024}
          onChange={(_, { value }) => setDescription(value)}
        />
      </Field>
      <Field hint={texts.publishHint}>
        <Checkbox
          label={texts.publish}
          checked={published}
          onChange={(_, { checked }) => setPublished(checked === true)}
        />
      </Field>
    </FormDialog>
  );
}
