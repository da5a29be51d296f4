// One role: what it lets people do, and who has it.

import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { carryOut } from '../../api/client';
import { Problem } from '../../api/problem';
import { texts as api } from '../../api/words';
import { ConfirmDialog } from '../../pieces/ConfirmDialog';
import { Copyable } from '../../pieces/Copyable';
import { Link } from '../../pieces/Link';
import { Page } from '../../pieces/Page';
import { ReasonedButton } from '../../pieces/Reasoned';
import { Facts, Section } from '../../pieces/Section';
import { Waiting } from '../../pieces/Waiting';
import { Done } from '../../pieces/WritingBar';
import { useWriting } from '../../pieces/writing';
import { useRefusal } from '../../session/rights';
import { assignments, type Role, roles, rolesKey } from '../data';
import { roles as texts } from '../words';
import { RoleDialog } from './RoleDialog';
import { actionsOf, holderName, kindOf, shortAction } from './role';

const route = getRouteApi('/_in/roles/definitions/$id');
const ADDRESS = '/roleManagement/directory/roleDefinitions';

const useStyles = makeStyles({
  actions: {
    margin: 0,
    columnWidth: '26rem',
    columnGap: tokens.spacingHorizontalXXL,
    overflowWrap: 'anywhere',
  },
});

export function RolePage() {
  const styles = useStyles();
  const { id } = route.useParams();
  const { data, error, refetch } = useQuery(roles);
  const role = data?.find((role) => role.id === id);
  const above = [
    <Link key="roles" to="/roles">
      {texts.title}
    </Link>,
  ];
  if (!role) {
    const missing = data && new Problem(404, 'Request_ResourceNotFound', api.notFoundTitle);
    return (
      <Page title={texts.title} above={above}>
        <Waiting error={error ?? missing} retry={() => void refetch()} />
      </Page>
    );
  }
  const allowed = actionsOf(role);
  return (
    <Page
      title={role.displayName ?? ''}
      above={above}
      lead={<span dir="auto">{role.description}</span>}
      actions={<Actions role={role} />}
    >
      <Section title={texts.facts}>
        <Facts
          facts={[
            { label: texts.kind, value: kindOf(role) },
            { label: texts.id, value: <Copyable text={role.id ?? ''} what={texts.id} /> },
          ]}
        />
      </Section>
      <Holders role={role} />
      <Section title={texts.allowed} lead={texts.allowedCount(allowed.length)}>
        <ul className={styles.actions}>
          {allowed.map((name) => (
            <li key={name}>{shortAction(name)}</li>
          ))}
        </ul>
      </Section>
    </Page>
  );
}

function Holders({ role }: { role: Role }) {
  const { data, error, refetch } = useQuery(assignments);
  const held = data?.filter(({ roleDefinitionId }) => roleDefinitionId === role.id);
  return (
    <Section title={texts.held}>
      {!held && <Waiting error={error} retry={() => void refetch()} />}
      {held?.length === 0 && <Text>{texts.people(0)}</Text>}
      {held && held.length > 0 && (
        <ul>
          {held.map((assignment) => (
            <li key={assignment.id} dir="auto">
              {holderName(assignment)}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Actions({ role }: { role: Role }) {
  const navigate = route.useNavigate();
  const changing = useRefusal('PATCH', `${ADDRESS}/{id}`);
  const removing = useRefusal('DELETE', `${ADDRESS}/{id}`);
  const { data } = useQuery(assignments);
  const writing = useWriting(rolesKey);
  const [open, setOpen] = useState<'edit' | 'remove'>();
  const [said, setSaid] = useState<string>();
  const fixed = role.isBuiltIn ? texts.notEditable : undefined;
  const held = data?.some(({ roleDefinitionId }) => roleDefinitionId === role.id);
  const remove = async () => {
    const done = await writing.run(() => carryOut({ method: 'DELETE', url: `${ADDRESS}/${role.id}` }));
    if (done) await navigate({ to: '/roles' });
  };
  return (
    <>
      <ReasonedButton appearance="primary" reason={fixed ?? changing} onClick={() => setOpen('edit')}>
        {texts.edit}
      </ReasonedButton>
      <ReasonedButton
        reason={fixed ?? removing ?? (held ? texts.removeAssigned : undefined)}
        onClick={() => setOpen('remove')}
      >
        {texts.remove}
      </ReasonedButton>
      <Done text={said} />
      {open === 'edit' && (
        <RoleDialog
          role={role}
          onClose={() => setOpen(undefined)}
          onDone={() => {
            setOpen(undefined);
            setSaid(texts.saved);
          }}
        />
      )}
      <ConfirmDialog
        open={open === 'remove'}
        title={texts.removeTitle(role.displayName ?? '')}
        yes={texts.remove}
        busy={writing.busy}
        problem={writing.problem}
        onYes={() => void remove()}
        onNo={() => {
          writing.clear();
          setOpen(undefined);
        }}
      >
        {texts.removeText}
      </ConfirmDialog>
    </>
  );
}
