// One group, and who is in it.

import { Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { carryOut } from '../../api/client';
import { asProblem } from '../../api/problem';
import { ConfirmDialog } from '../../pieces/ConfirmDialog';
import { Copyable } from '../../pieces/Copyable';
import { type Column, DataTable } from '../../pieces/DataTable';
import { Link } from '../../pieces/Link';
import { Page } from '../../pieces/Page';
import { ReasonedButton } from '../../pieces/Reasoned';
import { Facts, Section } from '../../pieces/Section';
import { Waiting } from '../../pieces/Waiting';
import { Done, WritingBar } from '../../pieces/WritingBar';
import { useWriting } from '../../pieces/writing';
import { useRefusal } from '../../session/rights';
import { type Group, group as groupQuery, groupsKey, type Member, members, nameOf } from '../data';
import { groups as texts } from '../words';
import { AddMembers } from './AddMembers';
import { kindOf } from './Groups';

const route = getRouteApi('/_in/groups/$id');

export function GroupPage() {
  const { id } = route.useParams();
  const { data, error, refetch } = useQuery(groupQuery(id));
  const above = [
    <Link key="groups" to="/groups">
      {texts.title}
    </Link>,
  ];
  if (!data) {
    return (
      <Page title={texts.title} above={above}>
        <Waiting error={error} retry={() => void refetch()} />
      </Page>
    );
  }
  const group = data.value;
  return (
    <Page
      title={group.displayName || texts.unnamed}
      above={above}
      lead={<span dir="auto">{group.description}</span>}
      actions={<Remove group={group} />}
    >
      <Section title={texts.facts}>
        <Facts
          facts={[
            { label: texts.kind, value: kindOf(group) },
            { label: texts.id, value: <Copyable text={group.id} what={texts.id} /> },
          ]}
        />
      </Section>
      <Members group={group} />
    </Page>
  );
}

function Remove({ group }: { group: Group }) {
  const navigate = route.useNavigate();
  const refusal = useRefusal('DELETE', '/groups/{id}');
  const writing = useWriting(groupsKey);
  const [open, setOpen] = useState(false);
  const remove = async () => {
    // The page of the group would ask for it again when the list is.
    const done = await writing.run(() => carryOut({ method: 'DELETE', url: `/groups/${group.id}` }));
    if (done) await navigate({ to: '/groups' });
  };
  return (
    <>
      <ReasonedButton reason={refusal} onClick={() => setOpen(true)}>
        {texts.delete}
      </ReasonedButton>
      <ConfirmDialog
        open={open}
        title={texts.deleteTitle(group.displayName ?? '')}
        yes={texts.delete}
        busy={writing.busy}
        problem={writing.problem}
        onYes={() => void remove()}
        onNo={() => {
          writing.clear();
          setOpen(false);
        }}
      >
        {texts.deleteText}
      </ConfirmDialog>
    </>
  );
}

const kindOfMember = (member: Member): keyof typeof texts.memberKinds => {
  if (member['@odata.type'].endsWith('.group')) return 'group';
  if (member['@odata.type'].endsWith('.servicePrincipal')) return 'servicePrincipal';
  if (!member['@odata.type'].endsWith('.user')) return 'other';
  return member.userType === 'Guest' ? 'guest' : 'user';
};
const label = (member: Member) => texts.memberKinds[kindOfMember(member)];

function Name({ member }: { member: Member }) {
  const kind = kindOfMember(member);
  const params = { id: member.id };
  const name = nameOf(member) || member.id;
  if (kind === 'group') {
    return (
      <Link to="/groups/$id" params={params} dir="auto">
        {name}
      </Link>
    );
  }
  if (kind !== 'user' && kind !== 'guest') return <span dir="auto">{name}</span>;
  return (
    <Link to="/users/$id" params={params} dir="auto">
      {name}
    </Link>
  );
}

const text = (member: Member) =>
  `${member.displayName ?? ''} ${member.mail ?? ''} ${member.userPrincipalName ?? ''} ${member.id}`;
const key = (member: Member) => member.id;

function Members({ group }: { group: Group }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const adding = useRefusal('POST', '/groups/{id}/members/$ref');
  const removing = useRefusal('DELETE', '/groups/{id}/members/{member}/$ref');
  const writing = useWriting(groupsKey);
  const { run } = writing;
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState<string>();
  const { data, error, refetch } = useQuery(members(group.id));
  const columns = useMemo(() => {
    const shown: Column<Member>[] = [
      { id: 'name', label: texts.name, cell: (member) => <Name member={member} />, sortBy: nameOf },
      { id: 'kind', label: texts.memberKind, cell: label, sortBy: label, width: '8rem' },
      {
        id: 'actions',
        label: texts.actions,
        width: '9rem',
        cell: (member) => (
          <ReasonedButton
            size="small"
            reason={removing}
            aria-label={texts.removeOf(nameOf(member))}
            onClick={() =>
              void run(
                () => carryOut({ method: 'DELETE', url: `/groups/${group.id}/members/${member.id}/$ref` }),
                () => setSaid(texts.removed(nameOf(member))),
              )
            }
          >
            {texts.remove}
          </ReasonedButton>
        ),
      },
    ];
    return shown;
  }, [removing, run, group.id]);
  return (
    <Section
      title={texts.members}
      lead={texts.membersLead}
      actions={
        <ReasonedButton appearance="primary" reason={adding} onClick={() => setOpen(true)}>
          {texts.add}
        </ReasonedButton>
      }
    >
      <Done text={said} />
      <WritingBar writing={writing} />
      <DataTable
        label={texts.membersList(group.displayName ?? '')}
        searchLabel={texts.memberSearch}
        columns={columns}
        rows={data}
        rowKey={key}
        text={text}
        state={search}
        onState={(next) => void navigate({ search: next, replace: true })}
        empty={
          <>
            <Text weight="semibold">{texts.noMembersTitle}</Text>
            <Text>{texts.noMembers}</Text>
          </>
        }
        problem={error && asProblem(error)}
        retry={() => void refetch()}
      />
      {open && (
        <AddMembers
          group={group}
          present={data ?? []}
          onClose={() => setOpen(false)}
          onAdded={(count) => {
            setOpen(false);
            setSaid(texts.added(count));
          }}
        />
      )}
    </Section>
  );
}
