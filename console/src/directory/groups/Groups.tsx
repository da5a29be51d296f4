// The groups.

import { Field, Input, Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { carryOut } from '../../api/client';
import { asProblem } from '../../api/problem';
import { Copyable } from '../../pieces/Copyable';
import { type Column, DataTable } from '../../pieces/DataTable';
import { FormDialog } from '../../pieces/FormDialog';
import { Link } from '../../pieces/Link';
import { Page } from '../../pieces/Page';
import { ReasonedButton } from '../../pieces/Reasoned';
import { Done } from '../../pieces/WritingBar';
import { useWriting } from '../../pieces/writing';
import { useRefusal } from '../../session/rights';
import { type Group, groups, groupsKey } from '../data';
import { groups as texts } from '../words';

const route = getRouteApi('/_in/groups/');

export function kindOf(group: Group): string {
  if (group.groupTypes?.includes('Unified')) return texts.unified;
  return group.securityEnabled ? texts.security : texts.mail;
}

const COLUMNS: readonly Column<Group>[] = [
  {
    id: 'name',
    label: texts.name,
    cell: (group) => (
      <Link to="/groups/$id" params={{ id: group.id }} dir="auto">
        {group.displayName || texts.unnamed}
      </Link>
    ),
    sortBy: (group) => group.displayName ?? '',
  },
  {
    id: 'description',
    label: texts.description,
    cell: (group) => <span dir="auto">{group.description}</span>,
    sortBy: (group) => group.description ?? '',
  },
  { id: 'kind', label: texts.kind, cell: kindOf, sortBy: kindOf, width: '12rem' },
  { id: 'id', label: texts.id, cell: (group) => <Copyable text={group.id} what={texts.id} /> },
];

const text = (group: Group) => `${group.displayName ?? ''} ${group.description ?? ''} ${group.id}`;
const key = (group: Group) => group.id;

export function Groups() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const refusal = useRefusal('POST', '/groups');
  const [making, setMaking] = useState(false);
  const [said, setSaid] = useState<string>();
  const { data, error, refetch } = useQuery(groups);
  return (
    <Page
      title={texts.title}
      lead={texts.lead}
      actions={
        <ReasonedButton appearance="primary" reason={refusal} onClick={() => setMaking(true)}>
          {texts.create}
        </ReasonedButton>
      }
    >
      <Done text={said} />
      <DataTable
        label={texts.list}
        searchLabel={texts.search}
        columns={COLUMNS}
        rows={data}
        rowKey={key}
        text={text}
        state={search}
        onState={(next) => void navigate({ search: next, replace: true })}
        empty={
          <>
            <Text weight="semibold">{texts.emptyTitle}</Text>
            <Text>{texts.empty}</Text>
          </>
        }
        problem={error && asProblem(error)}
        retry={() => void refetch()}
      />
      {making && (
        <CreateDialog
          onClose={() => setMaking(false)}
          onCreated={(name) => {
            setMaking(false);
            setSaid(texts.created(name));
          }}
        />
      )}
    </Page>
  );
}

/** What the original asks for as well, and nobody sees. */
const nickname = (name: string): string =>
  `${
    name
      .normalize('NFKD')
      .replace(/[^A-Za-z0-9]+/g, '')
      .slice(0, 40) || 'group'
  }`;

function CreateDialog({ onClose, onCreated }: { onClose: () => void; onCreated: (name: string) => void }) {
  const writing = useWriting(groupsKey);
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [tried, setTried] = useState(false);
  const submit = () => {
    setTried(true);
    const displayName = name.trim();
    if (!displayName) return;
    const body = {
      displayName,
      mailEnabled: false,
      mailNickname: nickname(displayName),
      securityEnabled: true,
      ...(description.trim() && { description: description.trim() }),
    };
    void writing.run(
      () => carryOut({ method: 'POST', url: '/groups', body }),
      () => onCreated(displayName),
    );
  };
  return (
    <FormDialog
      open
      title={texts.createTitle}
      submit={texts.submit}
      writing={writing}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field
        label={texts.name}
        hint={texts.nameHint}
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
    </FormDialog>
  );
}
