// An application is registered, or what was registered is changed.

import { Field, Input, Select, Textarea } from '@fluentui/react-components';
import { useState } from 'react';
import { carryOut } from '../../api/client';
import { FormDialog } from '../../pieces/FormDialog';
import { useWriting } from '../../pieces/writing';
import { type Application, applicationsKey } from '../data';
import { applications as texts } from '../words';
import { redirects } from './entry';
import { lines, wrongLines } from './redirects';

type Audience = keyof typeof texts.audiences;
const KINDS = ['spa', 'web', 'publicClient'] as const;

export interface ApplicationDialogProps {
  /** What is changed; otherwise a new one is made. */
  application?: Application;
  onClose: () => void;
  onDone: (name: string) => void;
}

export function ApplicationDialog({ application, onClose, onDone }: ApplicationDialogProps) {
  const writing = useWriting(applicationsKey);
  const known = redirects(application);
  const [name, setName] = useState(application?.displayName ?? '');
  const [audience, setAudience] = useState<Audience>(application?.signInAudience ?? 'AzureADMyOrg');
  const [typed, setTyped] = useState({
    spa: known.spa.join('\n'),
    web: known.web.join('\n'),
    publicClient: known.publicClient.join('\n'),
  });
  const [tried, setTried] = useState(false);
  const wrong = (kind: (typeof KINDS)[number]) => wrongLines(typed[kind], kind === 'publicClient');

  const submit = () => {
    setTried(true);
    const displayName = name.trim();
    if (!displayName || KINDS.some((kind) => wrong(kind).length > 0)) return;
    const body: Record<string, unknown> = { displayName, signInAudience: audience };
    for (const kind of KINDS) body[kind] = { redirectUris: lines(typed[kind]) };
    void writing.run(
      async () => {
        if (application) {
          return carryOut({ method: 'PATCH', url: `/applications/${application.id}`, body });
        }
        const { body: made } = await carryOut({ method: 'POST', url: '/applications', body });
        // An application stands for itself in sign-ins, policies and logs from the beginning.
        const appId = (made as Application).appId;
        return carryOut({ method: 'POST', url: '/servicePrincipals', body: { appId } });
      },
      () => onDone(displayName),
    );
  };
  return (
    <FormDialog
      open
      wide
      title={application ? texts.editTitle(application.displayName ?? '') : texts.createTitle}
      submit={application ? texts.save : texts.submit}
      writing={writing}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field
        label={texts.name}
        required
        validationMessage={tried && !name.trim() ? texts.nameMissing : undefined}
      >
        <Input value={name} dir="auto" maxLength={256} onChange={(_, { value }) => setName(value)} />
      </Field>
      <Field label={texts.audience}>
        <Select value={audience} onChange={(_, { value }) => setAudience(value as Audience)}>
          {(Object.keys(texts.audiences) as Audience[]).map((id) => (
            <option key={id} value={id}>
              {texts.audiences[id]}
            </option>
          ))}
        </Select>
      </Field>
      {KINDS.map((kind) => (
        <Field
          key={kind}
          label={texts[kind]}
          hint={texts.uriHint}
          validationMessage={tried && wrong(kind).length > 0 ? texts.uriWrong(wrong(kind)) : undefined}
        >
          <Textarea
            value={typed[kind]}
            rows={2}
            onChange={(_, { value }) => setTyped({ ...typed, [kind]: value })}
          />
        </Field>
      ))}
    </FormDialog>
  );
}
