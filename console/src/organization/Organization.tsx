// The organization itself: its name, its domains, and the organizations it has joined with.

import { Badge, Field, Input, makeStyles, Text, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { ask, askAll } from '../api/ask';
import { carryOut, type Schemas } from '../api/client';
import { asProblem } from '../api/problem';
import { Copyable } from '../pieces/Copyable';
import { type Column, DataTable } from '../pieces/DataTable';
import { FormDialog } from '../pieces/FormDialog';
import { Page } from '../pieces/Page';
import { ReasonedButton } from '../pieces/Reasoned';
import { Facts, Section } from '../pieces/Section';
import { Waiting } from '../pieces/Waiting';
import { Done } from '../pieces/WritingBar';
import { useWriting } from '../pieces/writing';
import { useRefusal } from '../session/rights';
import { useMe } from '../session/session';
import { texts } from './words';

type Organization = Schemas['organization'];
type Family = Schemas['multiTenantOrganization'];
type Member = Schemas['multiTenantOrganizationMember'];
interface VerifiedDomain {
  name?: string;
  isDefault?: boolean;
}

const route = getRouteApi('/_in/organization');
const KEY = ['organization'] as const;

const useStyles = makeStyles({
  domains: {
    listStyleType: 'none',
    margin: 0,
    padding: 0,
    display: 'flex',
    flexWrap: 'wrap',
    gap: tokens.spacingHorizontalM,
  },
});

export function OrganizationPage() {
  const { data, error, refetch } = useQuery({
    queryKey: [...KEY, 'self'],
    queryFn: async () => (await ask<{ value: Organization[] }>('/v1.0/organization')).value[0] ?? null,
  });
  if (!data) {
    return (
      <Page title={texts.title} lead={texts.lead}>
        <Waiting error={error} retry={() => void refetch()} />
      </Page>
    );
  }
  return (
    <Page title={texts.title} lead={texts.lead}>
      <About organization={data} />
      <Domains organization={data} />
      <FamilyPart />
    </Page>
  );
}

function About({ organization }: { organization: Organization }) {
  const me = useMe();
  const refusal = useRefusal('PATCH', '/organization/{id}');
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState<string>();
  return (
    <Section
      title={texts.facts}
      actions={
        <ReasonedButton reason={refusal} onClick={() => setOpen(true)}>
          {texts.edit}
        </ReasonedButton>
      }
    >
      <Done text={said} />
      <Facts
        facts={[
          { label: texts.name, value: organization.displayName },
          { label: texts.id, value: <Copyable text={organization.id} what={texts.id} /> },
          { label: texts.cloud, value: texts.clouds[me.tenant.cloud] },
          { label: texts.licence, value: me.tenant.p1 ? texts.p1 : texts.noP1 },
        ]}
      />
      {open && (
        <NameDialog
          organization={organization}
          onClose={() => setOpen(false)}
          onDone={() => {
            setOpen(false);
            setSaid(texts.saved);
          }}
        />
      )}
    </Section>
  );
}

interface NameDialogProps {
  organization: Organization;
  onClose: () => void;
  onDone: () => void;
}

function NameDialog({ organization, onClose, onDone }: NameDialogProps) {
  const writing = useWriting(KEY);
  const [name, setName] = useState(organization.displayName ?? '');
  const missing = name.trim() === '';
  const submit = () => {
    if (missing) return;
    const body = { displayName: name.trim() };
    void writing.run(
      () => carryOut({ method: 'PATCH', url: `/organization/${organization.id}`, body }),
      onDone,
    );
  };
  return (
    <FormDialog
      open
      title={texts.edit}
      submit={texts.save}
      writing={writing}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field label={texts.name} required validationMessage={missing ? texts.nameMissing : undefined}>
        <Input value={name} dir="auto" maxLength={256} onChange={(_, { value }) => setName(value)} />
      </Field>
    </FormDialog>
  );
}

function Domains({ organization }: { organization: Organization }) {
  const styles = useStyles();
  const domains = (organization.verifiedDomains ?? []) as VerifiedDomain[];
  return (
    <Section title={texts.domains} lead={texts.domainsLead}>
      <ul className={styles.domains}>
        {domains.map(({ name, isDefault }) => (
          <li key={name}>
            {name} {isDefault && <Badge appearance="tint">{texts.isDefault}</Badge>}
          </li>
        ))}
      </ul>
    </Section>
  );
}

const role = (member: Member) => texts.roles[member.role ?? 'member'];
const state = (member: Member) => texts.states[member.state ?? 'active'];
const COLUMNS: readonly Column<Member>[] = [
  {
    id: 'name',
    label: texts.member,
    cell: (member) => <span dir="auto">{member.displayName ?? member.tenantId}</span>,
    sortBy: (member) => member.displayName ?? '',
  },
  { id: 'id', label: texts.id, cell: (member) => <Copyable text={member.tenantId} what={texts.id} /> },
  { id: 'role', label: texts.role, cell: role, sortBy: role, width: '8rem' },
  { id: 'state', label: texts.state, cell: state, sortBy: state },
];
const text = (member: Member) => `${member.displayName ?? ''} ${member.tenantId}`;
const key = (member: Member) => member.tenantId;

function FamilyPart() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const refusal = useRefusal('GET', '/tenantRelationships/multiTenantOrganization');
  const family = useQuery({
    queryKey: [...KEY, 'family'],
    queryFn: () => ask<Family>('/v1.0/tenantRelationships/multiTenantOrganization'),
    enabled: !refusal,
  });
  const active = family.data?.state === 'active';
  const members = useQuery({
    queryKey: [...KEY, 'members'],
    queryFn: () => askAll<Member>('/v1.0/tenantRelationships/multiTenantOrganization/tenants'),
    enabled: active,
  });
  if (refusal) return <Section title={texts.family} lead={refusal} />;
  return (
    <Section
      title={active && family.data?.displayName ? family.data.displayName : texts.family}
      lead={texts.familyLead}
    >
      {!family.data && <Waiting error={family.error} retry={() => void family.refetch()} />}
      {family.data && !active && <Text>{texts.noFamily}</Text>}
      {active && (
        <DataTable
          label={texts.members}
          searchLabel={texts.search}
          columns={COLUMNS}
          rows={members.data}
          rowKey={key}
          text={text}
          state={search}
          onState={(next) => void navigate({ search: next, replace: true })}
          empty={<Text>{texts.noFamily}</Text>}
          problem={members.error && asProblem(members.error)}
          retry={() => void members.refetch()}
        />
      )}
    </Section>
  );
}
