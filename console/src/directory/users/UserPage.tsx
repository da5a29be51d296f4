// One user: who they are, where they come from, and what can be done about them.

import { Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { carryOut } from '../../api/client';
import { InviteDialog } from '../../external/invitations/InviteDialog';
import { ConfirmDialog } from '../../pieces/ConfirmDialog';
import { Copyable } from '../../pieces/Copyable';
import { Link } from '../../pieces/Link';
import { Page } from '../../pieces/Page';
import { ReasonedButton } from '../../pieces/Reasoned';
import { Facts, Section } from '../../pieces/Section';
import { Waiting } from '../../pieces/Waiting';
import { Done, ReadOnlyBar, WritingBar } from '../../pieces/WritingBar';
import { texts as pieces } from '../../pieces/words';
import { useWriting } from '../../pieces/writing';
import { useRefusal } from '../../session/rights';
import { useMe } from '../../session/session';
import { groupsOfUser, homeOf, nameOf, type User, user as userQuery, usersKey } from '../data';
import { users as texts } from '../words';
import { UserState } from './UserState';

const route = getRouteApi('/_in/users/$id');

export function UserPage() {
  const { id } = route.useParams();
  const { data, error, refetch } = useQuery(userQuery(id));
  const above = [
    <Link key="users" to="/users">
      {texts.all}
    </Link>,
  ];
  if (!data) {
    return (
      <Page title={texts.title} above={above}>
        <Waiting error={error} retry={() => void refetch()} />
      </Page>
    );
  }
  return (
    <Page title={nameOf(data) || texts.unnamed} above={above} lead={<UserState user={data} />}>
      <Actions user={data} />
      <About user={data} />
      <Groups id={data.id} />
    </Page>
  );
}

type Question = 'block' | 'revoke' | 'remove' | 'invite';

function Actions({ user }: { user: User }) {
  const me = useMe();
  const navigate = route.useNavigate();
  const changing = useRefusal('PATCH', '/users/{id}', 'accountEnabled');
  const revoking = useRefusal('POST', '/users/{id}/revokeSignInSessions');
  const removing = useRefusal('DELETE', '/users/{id}');
  const inviting = useRefusal('POST', '/invitations');
  const writing = useWriting(usersKey);
  const [question, setQuestion] = useState<Question>();
  const [said, setSaid] = useState<string>();
  const name = nameOf(user);
  const own = me.person?.id === user.id ? texts.yourself : undefined;
  const enabled = user.accountEnabled !== false;
  const address = `/users/${user.id}`;

  const setEnabled = (accountEnabled: boolean) =>
    void writing.run(
      () => carryOut({ method: 'PATCH', url: address, body: { accountEnabled } }),
      () => {
        setQuestion(undefined);
        setSaid(accountEnabled ? texts.unblocked : texts.blocked);
      },
    );
  const revoke = () =>
    void writing.run(
      () => carryOut({ method: 'POST', url: `${address}/revokeSignInSessions` }),
      () => {
        setQuestion(undefined);
        setSaid(texts.revoked);
      },
    );
  const remove = () =>
    void writing.run(
      () => carryOut({ method: 'DELETE', url: address }),
      () => void navigate({ to: '/users/deleted' }),
    );
  const asks = {
    block: {
      title: texts.blockTitle(name),
      text: texts.blockText,
      yes: texts.block,
      go: () => setEnabled(false),
    },
    revoke: { title: texts.revokeTitle(name), text: texts.revokeText, yes: texts.revoke, go: revoke },
    remove: { title: texts.removeTitle(name), text: texts.removeText, yes: texts.remove, go: remove },
  };
  const ask = question && question !== 'invite' ? asks[question] : undefined;
  const wasInvited = user.externalUserState !== null && user.mail;
  return (
    <>
      <Done text={said} />
      {!ask && <WritingBar writing={writing} />}
      <ReadOnlyBar reason={changing} />
      <div>
        {enabled ? (
          <ReasonedButton reason={changing ?? own} onClick={() => setQuestion('block')}>
            {texts.block}
          </ReasonedButton>
        ) : (
          <ReasonedButton appearance="primary" reason={changing} onClick={() => setEnabled(true)}>
            {texts.unblock}
          </ReasonedButton>
        )}{' '}
        <ReasonedButton reason={revoking} onClick={() => setQuestion('revoke')}>
          {texts.revoke}
        </ReasonedButton>{' '}
        <ReasonedButton
          reason={inviting ?? (wasInvited ? undefined : texts.resetOnly)}
          onClick={() => setQuestion('invite')}
        >
          {texts.reset}
        </ReasonedButton>{' '}
        <ReasonedButton reason={removing ?? own} onClick={() => setQuestion('remove')}>
          {texts.remove}
        </ReasonedButton>
      </div>
      {ask && (
        <ConfirmDialog
          open
          title={ask.title}
          yes={ask.yes}
          busy={writing.busy}
          problem={writing.problem}
          onYes={ask.go}
          onNo={() => {
            writing.clear();
            setQuestion(undefined);
          }}
        >
          {ask.text}
        </ConfirmDialog>
      )}
      {question === 'invite' && (
        <InviteDialog
          open
          again={{
            id: user.id,
            address: user.mail ?? '',
            name,
            accepted: user.externalUserState === 'Accepted',
          }}
          onClose={() => setQuestion(undefined)}
        />
      )}
    </>
  );
}

function About({ user }: { user: User }) {
  const { home, name } = homeOf(user);
  const moment = (value: string | null | undefined) => (value ? pieces.at(value) : pieces.never);
  const invitation = user.externalUserState === 'PendingAcceptance' ? texts.pendingSince : texts.accepted;
  return (
    <Section title={texts.facts}>
      <Facts
        facts={[
          { label: texts.userPrincipalName, value: user.userPrincipalName },
          { label: texts.mail, value: user.mail || texts.none },
          { label: texts.type, value: texts.types(user.userType) },
          { label: texts.home, value: texts.homes[home](name) },
          ...(user.externalUserState ? [{ label: texts.invitation, value: invitation }] : []),
          { label: texts.account, value: user.accountEnabled === false ? texts.disabled : texts.enabled },
          { label: texts.jobTitle, value: user.jobTitle || texts.none },
          { label: texts.department, value: user.department || texts.none },
          { label: texts.created, value: moment(user.createdDateTime) },
          { label: texts.sessions, value: moment(user.signInSessionsValidFromDateTime) },
          { label: texts.id, value: <Copyable text={user.id} what={texts.id} /> },
        ]}
      />
    </Section>
  );
}

function Groups({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(groupsOfUser(id));
  return (
    <Section title={texts.groups} lead={texts.groupsLead}>
      {!data && <Waiting error={error} retry={() => void refetch()} />}
      {data?.length === 0 && <Text>{texts.noGroups}</Text>}
      {data && data.length > 0 && (
        <ul>
          {data.map((group) => (
            <li key={group.id}>
              <Link to="/groups/$id" params={{ id: group.id }} dir="auto">
                {group.displayName || group.id}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
