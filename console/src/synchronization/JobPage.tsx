// One job: what it does, how its runs went, and what can be done about it.

import { MessageBar, MessageBarBody, Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { answered, api } from '../api/client';
import { asProblem, Problem } from '../api/problem';
import { texts as apiTexts } from '../api/words';
import { ConfirmDialog } from '../pieces/ConfirmDialog';
import { Copyable } from '../pieces/Copyable';
import { type Column, DataTable } from '../pieces/DataTable';
import { Link } from '../pieces/Link';
import { Page } from '../pieces/Page';
import { ReasonedButton } from '../pieces/Reasoned';
import { Facts, Section } from '../pieces/Section';
import { Waiting } from '../pieces/Waiting';
import { Done, WritingBar } from '../pieces/WritingBar';
import { texts as pieces } from '../pieces/words';
import { useWriting } from '../pieces/writing';
import { useRefusal } from '../session/rights';
import { useMe } from '../session/session';
import { type Job, jobs, jobsKey, log, nameOf, type Row } from './data';
import { JobDialog } from './JobDialog';
import { JobState, useTenantName } from './Jobs';
import { TryDialog } from './TryDialog';
import { texts } from './words';

const route = getRouteApi('/_in/synchronization/jobs/$id');
const JOB = '/comity/v1/tenants/{id}/synchronization/jobs/{job}';

export function JobPage() {
  const me = useMe();
  const { id } = route.useParams();
  const { data, error, refetch } = useQuery(jobs(me.tenant.id ?? ''));
  const tenantName = useTenantName();
  const job = data?.find((job) => job.id === id);
  const above = [
    <Link key="jobs" to="/synchronization">
      {texts.title}
    </Link>,
  ];
  if (!job) {
    const missing = data && new Problem(404, 'Request_ResourceNotFound', apiTexts.notFoundTitle);
    return (
      <Page title={texts.title} above={above}>
        <Waiting error={error ?? missing} retry={() => void refetch()} />
      </Page>
    );
  }
  const target = tenantName(job.targetTenantId);
  return (
    <Page title={nameOf(job, target)} above={above} lead={<JobState job={job} />}>
      <Trouble job={job} />
      <Actions job={job} name={nameOf(job, target)} />
      <Settings job={job} target={target} />
      <Runs job={job} />
      <Log job={job} />
    </Page>
  );
}

function Trouble({ job }: { job: Job }) {
  const { quarantine, lastRun } = job.status ?? {};
  const text = quarantine
    ? texts.quarantine(quarantine.deletions ?? 0, quarantine.since ? pieces.at(quarantine.since) : '')
    : lastRun?.error && texts.runError(lastRun.error.message ?? '');
  if (!text) return null;
  return (
    <MessageBar intent={quarantine ? 'error' : 'warning'} layout="multiline">
      <MessageBarBody>{text}</MessageBarBody>
    </MessageBar>
  );
}

type Open = 'edit' | 'try' | 'remove' | 'allow';

function Actions({ job, name }: { job: Job; name: string }) {
  const me = useMe();
  const navigate = route.useNavigate();
  const changing = useRefusal('PATCH', JOB);
  const writing = useWriting(jobsKey);
  const [open, setOpen] = useState<Open>();
  const [said, setSaid] = useState<string>();
  const params = { path: { id: me.tenant.id ?? '', job: job.id ?? '' } };
  const state = job.status?.state;
  const act = (what: 'start' | 'pause' | 'restart' | 'allowDeletions', then: string) =>
    void writing.run(
      () => answered(api.POST(`${JOB}/${what}`, { params })),
      () => {
        setOpen(undefined);
        setSaid(then);
      },
    );
  const remove = async () => {
    const done = await writing.run(() => answered(api.DELETE(JOB, { params })));
    if (done) await navigate({ to: '/synchronization' });
  };
  return (
    <>
      <Done text={said} />
      {open !== 'remove' && open !== 'allow' && <WritingBar writing={writing} />}
      <div>
        <ReasonedButton appearance="primary" reason={changing} onClick={() => act('start', texts.started)}>
          {texts.run}
        </ReasonedButton>{' '}
        <ReasonedButton
          reason={changing ?? (state === 'paused' ? texts.isPaused : undefined)}
          onClick={() => act('pause', texts.pausedNow)}
        >
          {texts.pause}
        </ReasonedButton>{' '}
        <ReasonedButton reason={changing} onClick={() => act('restart', texts.restarted)}>
          {texts.restart}
        </ReasonedButton>{' '}
        <ReasonedButton
          reason={changing ?? (state === 'quarantine' ? undefined : texts.notWaiting)}
          onClick={() => setOpen('allow')}
        >
          {texts.allow}
        </ReasonedButton>{' '}
        <ReasonedButton reason={changing} onClick={() => setOpen('try')}>
          {texts.provision}
        </ReasonedButton>{' '}
        <ReasonedButton reason={changing} onClick={() => setOpen('edit')}>
          {texts.edit}
        </ReasonedButton>{' '}
        <ReasonedButton reason={changing} onClick={() => setOpen('remove')}>
          {texts.remove}
        </ReasonedButton>
      </div>
      {open === 'try' && <TryDialog job={job} onClose={() => setOpen(undefined)} />}
      {open === 'edit' && (
        <JobDialog
          job={job}
          onClose={() => setOpen(undefined)}
          onDone={() => {
            setOpen(undefined);
            setSaid(texts.saved);
          }}
        />
      )}
      {(open === 'remove' || open === 'allow') && (
        <ConfirmDialog
          open
          title={open === 'remove' ? texts.removeTitle(name) : texts.allowTitle}
          yes={open === 'remove' ? texts.remove : texts.allow}
          busy={writing.busy}
          problem={writing.problem}
          onYes={() => (open === 'remove' ? void remove() : act('allowDeletions', texts.allowed))}
          onNo={() => {
            writing.clear();
            setOpen(undefined);
          }}
        >
          {open === 'remove' ? texts.removeText : texts.allowText(job.status?.quarantine?.deletions ?? 0)}
        </ConfirmDialog>
      )}
    </>
  );
}

function Settings({ job, target }: { job: Job; target: string }) {
  const { scope, schedule } = job;
  const limit = job.accidentalDeletionThreshold;
  const deletion = limit == null ? texts.deletionOnAlways : texts.deletionOn(limit.toLocaleString('en'));
  const who = scope?.all
    ? texts.scopeAll
    : texts.scopeText(scope?.users?.length ?? 0, scope?.groups?.length ?? 0, scope?.filter?.length ?? 0);
  return (
    <Section title={texts.facts}>
      <Facts
        facts={[
          { label: texts.target, value: target },
          { label: texts.scope, value: who },
          { label: texts.userType, value: job.userTypeMapping === 'Guest' ? texts.guest : texts.member },
          { label: texts.schedule, value: texts.every(schedule?.intervalMinutes ?? 0) },
          { label: texts.deletion, value: job.targetObjectDelete ? deletion : texts.deletionOff },
          { label: texts.id, value: <Copyable text={job.id ?? ''} what={texts.id} /> },
        ]}
      />
    </Section>
  );
}

const COUNTS = ['created', 'updated', 'deleted', 'skipped', 'unchanged', 'failed'] as const;

function Runs({ job }: { job: Job }) {
  const { currentRun, lastRun, nextRun } = job.status ?? {};
  const run = currentRun ?? lastRun;
  if (!run) {
    return (
      <Section title={texts.runs}>
        <Text>{texts.noRun}</Text>
      </Section>
    );
  }
  const at = (moment: string | null | undefined) => (moment ? pieces.at(moment) : texts.never);
  return (
    <Section title={texts.runs}>
      <Facts
        facts={[
          { label: currentRun ? texts.runNow : texts.runStarted, value: at(run.started) },
          ...(currentRun ? [] : [{ label: texts.runEnded, value: at(lastRun?.ended) }]),
          { label: texts.nextRun, value: at(nextRun) },
          ...COUNTS.map((name) => ({
            label: texts.counts[name],
            value: (run.counts?.[name] ?? 0).toLocaleString('en'),
          })),
        ]}
      />
    </Section>
  );
}

interface Identity {
  displayName?: string | null;
  id?: string | null;
}
const account = (row: Row): string => {
  const identity = (row.sourceIdentity ?? row.targetIdentity) as Identity | null | undefined;
  return identity?.displayName || identity?.id || '';
};
const status = (row: Row) => texts.statuses[row.provisioningStatusInfo?.status ?? ''] ?? '';
const reason = (row: Row) => row.provisioningStatusInfo?.errorInformation?.reason ?? '';

const COLUMNS: readonly Column<Row>[] = [
  {
    id: 'when',
    label: texts.logWhen,
    cell: (row) => (row.activityDateTime ? pieces.at(row.activityDateTime) : ''),
    sortBy: (row) => row.activityDateTime ?? '',
    width: '12rem',
  },
  { id: 'who', label: texts.logWho, cell: (row) => <span dir="auto">{account(row)}</span>, sortBy: account },
  {
    id: 'action',
    label: texts.logAction,
    cell: (row) => row.provisioningAction,
    sortBy: (row) => row.provisioningAction ?? '',
    width: '8rem',
  },
  { id: 'status', label: texts.logStatus, cell: status, sortBy: status, width: '8rem' },
  { id: 'reason', label: texts.logReason, cell: reason, width: '36%' },
];
const text = (row: Row) => `${account(row)} ${row.provisioningAction} ${status(row)} ${reason(row)}`;
const key = (row: Row) => row.id ?? '';

function Log({ job }: { job: Job }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery(log(job.id ?? ''));
  return (
    <Section title={texts.log} lead={texts.logLead}>
      <DataTable
        label={texts.log}
        searchLabel={texts.logSearch}
        columns={COLUMNS}
        rows={data}
        rowKey={key}
        text={text}
        state={search}
        onState={(next) => void navigate({ search: next, replace: true })}
        empty={<Text>{texts.logEmpty}</Text>}
        problem={error && asProblem(error)}
        retry={() => void refetch()}
      />
    </Section>
  );
}
