// The jobs of this tenant.

import { Badge, Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { asProblem } from '../api/problem';
import { partnerNames } from '../cross-tenant/data/queries';
import { type Column, DataTable } from '../pieces/DataTable';
import { Link } from '../pieces/Link';
import { Page } from '../pieces/Page';
import { ReasonedButton } from '../pieces/Reasoned';
import { Done } from '../pieces/WritingBar';
import { texts as pieces } from '../pieces/words';
import { useRefusal } from '../session/rights';
import { useMe } from '../session/session';
import { type Job, jobs, nameOf } from './data';
import { JobDialog } from './JobDialog';
import { texts } from './words';

const route = getRouteApi('/_in/synchronization/');

const COLORS = {
  active: 'success',
  inProgress: 'informative',
  paused: 'subtle',
  quarantine: 'danger',
} as const;

export function JobState({ job }: { job: Job }) {
  const state = job.status?.state ?? 'active';
  return (
    <Badge appearance="tint" color={COLORS[state]}>
      {texts.states[state]}
    </Badge>
  );
}

/** What the organizations are called. */
export function useTenantName(): (id: string | undefined) => string {
  const me = useMe();
  const { data } = useQuery({ ...partnerNames(me.tenant.id ?? ''), retry: false });
  return useMemo(() => {
    const names = new Map(data?.map(({ tenantId, displayName }) => [tenantId, displayName]));
    return (id) => names.get(id ?? '') ?? id ?? '';
  }, [data]);
}

const key = (job: Job) => job.id ?? '';

export function Jobs() {
  const me = useMe();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const creating = useRefusal('POST', '/comity/v1/tenants/{id}/synchronization/jobs');
  const tenantName = useTenantName();
  const [making, setMaking] = useState(false);
  const [said, setSaid] = useState<string>();
  const { data, error, refetch } = useQuery(jobs(me.tenant.id ?? ''));
  const columns = useMemo(() => {
    const name = (job: Job) => nameOf(job, tenantName(job.targetTenantId));
    const last = (job: Job) => {
      const run = job.status?.lastRun;
      if (!run?.ended) return texts.never;
      return run.error ? texts.failed : pieces.at(run.ended);
    };
    const shown: Column<Job>[] = [
      {
        id: 'name',
        label: texts.name,
        cell: (job) => (
          <Link to="/synchronization/jobs/$id" params={{ id: job.id ?? '' }} dir="auto">
            {name(job)}
          </Link>
        ),
        sortBy: name,
      },
      {
        id: 'target',
        label: texts.target,
        cell: (job) => <span dir="auto">{tenantName(job.targetTenantId)}</span>,
        sortBy: (job) => tenantName(job.targetTenantId),
      },
      {
        id: 'state',
        label: texts.state,
        cell: (job) => <JobState job={job} />,
        sortBy: (job) => job.status?.state ?? '',
        width: '9rem',
      },
      { id: 'last', label: texts.lastRun, cell: last, sortBy: (job) => job.status?.lastRun?.ended ?? '' },
      {
        id: 'next',
        label: texts.nextRun,
        cell: (job) => (job.status?.nextRun ? pieces.at(job.status.nextRun) : ''),
        sortBy: (job) => job.status?.nextRun ?? '',
      },
    ];
    return shown;
  }, [tenantName]);
  const text = (job: Job) =>
    `${job.displayName ?? ''} ${tenantName(job.targetTenantId)} ${job.targetTenantId}`;
  return (
    <Page
      title={texts.title}
      lead={texts.lead}
      actions={
        <ReasonedButton
          appearance="primary"
          reason={creating ?? (me.tenant.p1 ? undefined : texts.noP1)}
          onClick={() => setMaking(true)}
        >
          {texts.create}
        </ReasonedButton>
      }
    >
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
        <JobDialog
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
