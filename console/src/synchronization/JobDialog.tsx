// A job is made, or its settings are changed.

import { Checkbox, Field, Input, Radio, RadioGroup, Select, Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { answered, api } from '../api/client';
import { partnerNames } from '../cross-tenant/data/queries';
import { groups, nameOf as personName, users } from '../directory/data';
import { Picker } from '../directory/Picker';
import { FormDialog } from '../pieces/FormDialog';
import { useWriting } from '../pieces/writing';
import { useMe } from '../session/session';
import { type Job, jobsKey } from './data';
import { bodyOf, type Draft, draftOf, EMPTY, missing } from './draft';
import { texts } from './words';

export interface JobDialogProps {
  /** What is changed; otherwise a new one is made. */
  job?: Job;
  onClose: () => void;
  onDone: (name: string) => void;
}

export function JobDialog({ job, onClose, onDone }: JobDialogProps) {
  const me = useMe();
  const id = me.tenant.id ?? '';
  const writing = useWriting(jobsKey);
  const partners = useQuery({ ...partnerNames(id), retry: false });
  const [draft, setDraft] = useState<Draft>(job ? draftOf(job) : EMPTY);
  const [other, setOther] = useState(false);
  const [tried, setTried] = useState(false);
  const wrong = tried ? missing(draft) : [];
  const edit = (part: Partial<Draft>) => setDraft({ ...draft, ...part });

  const submit = () => {
    setTried(true);
    if (missing(draft).length > 0) return;
    const body = bodyOf(draft, job);
    const jobs = '/comity/v1/tenants/{id}/synchronization/jobs';
    void writing.run(
      () =>
        job
          ? answered(api.PATCH(`${jobs}/{job}`, { params: { path: { id, job: job.id ?? '' } }, body }))
          : answered(
              api.POST(jobs, {
                params: { path: { id } },
                body: { ...body, targetTenantId: draft.target.trim() },
              }),
            ),
      () => onDone(draft.displayName.trim() || texts.unnamed),
    );
  };
  return (
    <FormDialog
      open
      wide
      title={job ? texts.editTitle(job.displayName ?? '') : texts.createTitle}
      submit={job ? texts.save : texts.submit}
      writing={writing}
      onSubmit={submit}
      onClose={onClose}
    >
      {!job && (
        <Field
          label={texts.knownTarget}
          required
          validationMessage={wrong.includes('target') && !other ? texts.targetWrong : undefined}
        >
          <Select
            value={other ? 'other' : draft.target}
            onChange={(_, { value }) => {
              setOther(value === 'other');
              edit({ target: value === 'other' ? '' : value });
            }}
          >
            <option value="">{texts.targetWrong}</option>
            {partners.data?.map(({ tenantId, displayName }) => (
              <option key={tenantId} value={tenantId}>
                {displayName ?? tenantId}
              </option>
            ))}
            <option value="other">{texts.otherTarget}</option>
          </Select>
        </Field>
      )}
      {!job && other && (
        <Field
          label={texts.tenantId}
          hint={texts.targetHint}
          required
          validationMessage={wrong.includes('target') ? texts.targetWrong : undefined}
        >
          <Input value={draft.target} onChange={(_, { value }) => edit({ target: value })} />
        </Field>
      )}
      <Field label={texts.displayName}>
        <Input
          value={draft.displayName}
          dir="auto"
          maxLength={256}
          onChange={(_, { value }) => edit({ displayName: value })}
        />
      </Field>
      <Field label={texts.scope}>
        <RadioGroup
          value={draft.all ? 'all' : 'some'}
          onChange={(_, { value }) => edit({ all: value === 'all' })}
        >
          <Radio value="all" label={texts.scopeAll} />
          <Radio value="some" label={texts.scopeSome} />
        </RadioGroup>
      </Field>
      {!draft.all && <Scope draft={draft} edit={edit} />}
      {wrong.includes('scope') && <Text role="alert">{texts.scopeMissing}</Text>}
      <Field label={texts.userType}>
        <RadioGroup
          layout="horizontal"
          value={draft.userType}
          onChange={(_, { value }) => edit({ userType: value as Draft['userType'] })}
        >
          <Radio value="Member" label={texts.member} />
          <Radio value="Guest" label={texts.guest} />
        </RadioGroup>
      </Field>
      <Checkbox
        label={texts.deletes}
        checked={draft.deletes}
        onChange={(_, { checked }) => edit({ deletes: checked === true })}
      />
      <Field
        label={texts.threshold}
        hint={texts.thresholdHint}
        validationMessage={wrong.includes('threshold') ? texts.thresholdWrong : undefined}
      >
        <Input
          value={draft.threshold}
          inputMode="numeric"
          onChange={(_, { value }) => edit({ threshold: value })}
        />
      </Field>
      <Field
        label={texts.interval}
        validationMessage={wrong.includes('interval') ? texts.intervalWrong : undefined}
      >
        <Input
          value={draft.interval}
          inputMode="numeric"
          onChange={(_, { value }) => edit({ interval: value })}
        />
      </Field>
      <Field hint={texts.pausedHint}>
        <Checkbox
          label={texts.paused}
          checked={!draft.enabled}
          onChange={(_, { checked }) => edit({ enabled: checked !== true })}
        />
      </Field>
    </FormDialog>
  );
}

function Scope({ draft, edit }: { draft: Draft; edit: (part: Partial<Draft>) => void }) {
  const people = useQuery(users);
  const others = useQuery(groups);
  const choices = useMemo(() => {
    if (!people.data || !others.data) return undefined;
    return [
      ...others.data.map(({ id, displayName }) => ({ id, name: displayName ?? id })),
      ...people.data
        .filter(({ userType }) => userType !== 'Guest')
        .map((user) => ({ id: user.id, name: personName(user), detail: user.userPrincipalName })),
    ];
  }, [people.data, others.data]);
  const isGroup = (id: string) =>
    draft.groups.includes(id) || others.data?.some((group) => group.id === id) === true;
  return (
    <Picker
      label={texts.scopePicker}
      choices={choices}
      chosen={[...draft.groups, ...draft.users]}
      onChoose={(ids) => edit({ groups: ids.filter(isGroup), users: ids.filter((id) => !isGroup(id)) })}
    />
  );
}
