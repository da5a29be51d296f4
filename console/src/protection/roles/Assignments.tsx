// Who was given which role.

import { Field, Select, Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { carryOut } from '../../api/client';
import { asProblem } from '../../api/problem';
import { nameOf, servicePrincipals, users } from '../../directory/data';
import { Picker } from '../../directory/Picker';
import { ConfirmDialog } from '../../pieces/ConfirmDialog';
import { type Column, DataTable } from '../../pieces/DataTable';
import { FormDialog } from '../../pieces/FormDialog';
import { Link } from '../../pieces/Link';
import { ReasonedButton } from '../../pieces/Reasoned';
import { Done } from '../../pieces/WritingBar';
import { useWriting } from '../../pieces/writing';
import { useRefusal } from '../../session/rights';
import { type Assignment, assignments, roles, rolesKey } from '../data';
import { roles as texts } from '../words';
import { holderName, principalOf } from './role';

const route = getRouteApi('/_in/roles/assignments');
const ADDRESS = '/roleManagement/directory/roleAssignments';

const kindOf = (assignment: Assignment): string => {
  const type = principalOf(assignment)?.['@odata.type'] ?? '';
  if (type.endsWith('.user')) return texts.user;
  if (type.endsWith('.servicePrincipal')) return texts.program;
  return type.endsWith('.group') ? texts.group : texts.unknownPrincipal;
};
const key = (assignment: Assignment) => assignment.id ?? '';

export function Assignments() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const giving = useRefusal('POST', ADDRESS);
  const taking = useRefusal('DELETE', `${ADDRESS}/{id}`);
  const writing = useWriting(rolesKey);
  const [asked, setAsked] = useState<Assignment>();
  const [giver, setGiver] = useState(false);
  const [said, setSaid] = useState<string>();
  const { data, error, refetch } = useQuery(assignments);
  const known = useQuery(roles);
  const roleOf = useMemo(() => {
    const names = new Map(known.data?.map(({ id, displayName }) => [id, displayName]));
    return ({ roleDefinitionId }: Assignment) => names.get(roleDefinitionId) ?? roleDefinitionId ?? '';
  }, [known.data]);
  const text = useMemo(
    () => (assignment: Assignment) => {
      const address = principalOf(assignment)?.userPrincipalName ?? '';
      return `${holderName(assignment)} ${address} ${roleOf(assignment)}`;
    },
    [roleOf],
  );
  const columns = useMemo(() => {
    const shown: Column<Assignment>[] = [
      {
        id: 'who',
        label: texts.principal,
        cell: (assignment) =>
          kindOf(assignment) === texts.user ? (
            <Link to="/users/$id" params={{ id: assignment.principalId ?? '' }} dir="auto">
              {holderName(assignment)}
            </Link>
          ) : (
            <span dir="auto">{holderName(assignment)}</span>
          ),
        sortBy: holderName,
      },
      { id: 'kind', label: texts.principalKind, cell: kindOf, sortBy: kindOf, width: '12rem' },
      {
        id: 'role',
        label: texts.role,
        cell: (assignment) => (
          <Link to="/roles/definitions/$id" params={{ id: assignment.roleDefinitionId ?? '' }} dir="auto">
            {roleOf(assignment)}
          </Link>
        ),
        sortBy: roleOf,
      },
      {
        id: 'actions',
        label: texts.actions,
        width: '9rem',
        cell: (assignment) => (
          <ReasonedButton
            size="small"
            reason={taking}
            aria-label={texts.takeOf(holderName(assignment), roleOf(assignment))}
            onClick={() => setAsked(assignment)}
          >
            {texts.take}
          </ReasonedButton>
        ),
      },
    ];
    return shown;
  }, [roleOf, taking]);
  return (
    <>
      <Done text={said} />
      <DataTable
        label={texts.assignmentList}
        searchLabel={texts.assignmentSearch}
        columns={columns}
        rows={data}
        rowKey={key}
        text={text}
        state={search}
        onState={(next) => void navigate({ search: next, replace: true })}
        filters={
          <ReasonedButton appearance="primary" reason={giving} onClick={() => setGiver(true)}>
            {texts.assign}
          </ReasonedButton>
        }
        empty={
          <>
            <Text weight="semibold">{texts.noAssignments}</Text>
            <Text>{texts.noAssignmentsLead}</Text>
          </>
        }
        problem={error && asProblem(error)}
        retry={() => void refetch()}
      />
      {giver && (
        <AssignDialog
          onClose={() => setGiver(false)}
          onDone={(who, role) => {
            setGiver(false);
            setSaid(texts.assigned(who, role));
          }}
        />
      )}
      {asked && (
        <ConfirmDialog
          open
          title={texts.takeTitle(holderName(asked), roleOf(asked))}
          yes={texts.take}
          busy={writing.busy}
          problem={writing.problem}
          onYes={() =>
            void writing.run(
              () => carryOut({ method: 'DELETE', url: `${ADDRESS}/${asked.id}` }),
              () => {
                setSaid(texts.taken(holderName(asked), roleOf(asked)));
                setAsked(undefined);
              },
            )
          }
          onNo={() => {
            writing.clear();
            setAsked(undefined);
          }}
        >
          {texts.takeText}
        </ConfirmDialog>
      )}
    </>
  );
}

interface AssignDialogProps {
  onClose: () => void;
  onDone: (who: string, role: string) => void;
}

function AssignDialog({ onClose, onDone }: AssignDialogProps) {
  const writing = useWriting(rolesKey);
  const people = useQuery(users);
  const programs = useQuery(servicePrincipals);
  const known = useQuery(roles);
  const [who, setWho] = useState<string[]>([]);
  const [role, setRole] = useState('');
  const [tried, setTried] = useState(false);
  const choices = useMemo(() => {
    if (!people.data || !programs.data) return undefined;
    return [
      ...people.data.map((user) => ({
        id: user.id,
        name: nameOf(user),
        detail: user.mail || user.userPrincipalName,
      })),
      ...programs.data.map(({ id, displayName }) => ({
        id,
        name: displayName ?? id,
        badge: texts.program,
      })),
    ];
  }, [people.data, programs.data]);
  const lacking = who.length === 0 ? texts.chooseWho : role === '' ? texts.chooseRole : undefined;
  const submit = () => {
    setTried(true);
    const [principalId] = who;
    if (!principalId || !role) return;
    const body = { roleDefinitionId: role, principalId, directoryScopeId: '/' };
    void writing.run(
      () => carryOut({ method: 'POST', url: ADDRESS, body }),
      () =>
        onDone(
          choices?.find(({ id }) => id === principalId)?.name ?? principalId,
          known.data?.find(({ id }) => id === role)?.displayName ?? role,
        ),
    );
  };
  return (
    <FormDialog
      open
      title={texts.assign}
      submit={texts.assignSubmit}
      writing={writing}
      reason={tried ? lacking : undefined}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field label={texts.role} required>
        <Select value={role} onChange={(_, { value }) => setRole(value)}>
          <option value="">{texts.chooseRole}</option>
          {known.data
            ?.filter(({ isEnabled }) => isEnabled !== false)
            .map(({ id, displayName }) => (
              <option key={id} value={id}>
                {displayName}
              </option>
            ))}
        </Select>
      </Field>
      {/* One at a time, so that what is said afterwards is true of all of it. */}
      <Picker label={texts.who} choices={choices} chosen={who} onChoose={(ids) => setWho(ids.slice(-1))} />
    </FormDialog>
  );
}
