// The applications: those that are registered here, and those of others that people here sign in to.

import { Badge, Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { asProblem } from '../../api/problem';
import { Copyable } from '../../pieces/Copyable';
import { type Column, DataTable } from '../../pieces/DataTable';
import { Link } from '../../pieces/Link';
import { Page } from '../../pieces/Page';
import { ReasonedButton } from '../../pieces/Reasoned';
import { Done } from '../../pieces/WritingBar';
import { useRefusal } from '../../session/rights';
import { applications, servicePrincipals } from '../data';
import { applications as texts } from '../words';
import { ApplicationDialog } from './ApplicationDialog';
import { type Entry, entries, redirectsOf } from './entry';

const route = getRouteApi('/_in/applications/');

const audience = ({ application }: Entry): string =>
  application?.signInAudience ? texts.audiences[application.signInAudience] : texts.foreign;

const COLUMNS: readonly Column<Entry>[] = [
  {
    id: 'name',
    label: texts.name,
    cell: (entry) => (
      <Link to="/applications/$id" params={{ id: entry.appId }} dir="auto">
        {entry.name || texts.unnamed}
      </Link>
    ),
    sortBy: (entry) => entry.name,
  },
  {
    id: 'appId',
    label: texts.appId,
    cell: (entry) => <Copyable text={entry.appId} what={texts.appId} />,
    sortBy: (entry) => entry.appId,
    width: '26rem',
  },
  { id: 'audience', label: texts.audience, cell: audience, sortBy: audience },
  {
    id: 'redirects',
    label: texts.redirects,
    cell: (entry) => texts.count(redirectsOf(entry).length),
    sortBy: (entry) => redirectsOf(entry).length,
    width: '9rem',
  },
  {
    id: 'principal',
    label: texts.principal,
    cell: (entry) => (
      <Badge appearance="tint" color={entry.principal?.accountEnabled === false ? 'danger' : 'success'}>
        {entry.principal?.accountEnabled === false ? texts.disabled : texts.enabled}
      </Badge>
    ),
    sortBy: (entry) => String(entry.principal?.accountEnabled ?? true),
    width: '7rem',
  },
];

const text = (entry: Entry) => `${entry.name} ${entry.appId} ${redirectsOf(entry).join(' ')}`;
const key = (entry: Entry) => entry.appId;

export function Applications() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const refusal = useRefusal('POST', '/applications');
  const [making, setMaking] = useState(false);
  const [said, setSaid] = useState<string>();
  const own = useQuery(applications);
  const principals = useQuery(servicePrincipals);
  const rows = useMemo(
    () => own.data && principals.data && entries(own.data, principals.data),
    [own.data, principals.data],
  );
  const error = own.error ?? principals.error;
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
        rows={rows}
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
        retry={() => void Promise.all([own.refetch(), principals.refetch()])}
      />
      {making && (
        <ApplicationDialog
          onClose={() => setMaking(false)}
          onDone={(name) => {
            setMaking(false);
            setSaid(texts.created(name));
          }}
        />
      )}
    </Page>
  );
}
