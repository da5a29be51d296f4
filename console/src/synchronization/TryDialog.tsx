// One account is synchronized now, and one sees what was done and why.

import { MessageBar, MessageBarBody, MessageBarTitle, Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { answered, api, type Schemas } from '../api/client';
import { nameOf, users } from '../directory/data';
import { Picker } from '../directory/Picker';
import { FormDialog } from '../pieces/FormDialog';
import { useWriting } from '../pieces/writing';
import { useMe } from '../session/session';
import { type Job, jobsKey } from './data';
import { texts } from './words';

export function TryDialog({ job, onClose }: { job: Job; onClose: () => void }) {
  const me = useMe();
  const writing = useWriting(jobsKey);
  const people = useQuery(users);
  const [chosen, setChosen] = useState<string[]>([]);
  const [done, setDone] = useState<Schemas['provisioned']>();
  const choices = useMemo(
    () =>
      people.data
        ?.filter(({ userType }) => userType !== 'Guest')
        .map((user) => ({ id: user.id, name: nameOf(user), detail: user.userPrincipalName })),
    [people.data],
  );
  const submit = () =>
    void writing.run(async () => {
      const params = { path: { id: me.tenant.id ?? '', job: job.id ?? '' } };
      const address = '/comity/v1/tenants/{id}/synchronization/jobs/{job}/provisionOnDemand';
      setDone(await answered(api.POST(address, { params, body: { user: chosen[0] ?? '' } })));
    });
  return (
    <FormDialog
      open
      title={texts.tryTitle}
      submit={texts.trySubmit}
      reason={chosen.length === 0 ? texts.tryMissing : undefined}
      writing={writing}
      onSubmit={submit}
      onClose={onClose}
    >
      <Text>{texts.tryLead}</Text>
      <Picker
        label={texts.tryPick}
        choices={choices}
        chosen={chosen}
        onChoose={(ids) => {
          setDone(undefined);
          setChosen(ids.slice(-1));
        }}
      />
      <div role="status">
        {done && (
          <MessageBar intent={done.action === 'fail' ? 'error' : 'info'} layout="multiline">
            <MessageBarBody>
              <MessageBarTitle>{texts.actions[done.action ?? ''] ?? texts.tryResult}</MessageBarTitle>{' '}
              {done.sentence} {done.detail}
            </MessageBarBody>
          </MessageBar>
        )}
      </div>
    </FormDialog>
  );
}
