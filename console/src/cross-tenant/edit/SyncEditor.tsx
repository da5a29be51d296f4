// Whether the other organization may create, change and delete users here.

import { Checkbox, Field } from '@fluentui/react-components';
import type { Subject } from './draft';
import { texts } from './words';

export interface SyncEditorProps {
  subject: Extract<Subject, { kind: 'organization' }>;
  allowed: boolean;
  locked: boolean;
  onChange: (allowed: boolean) => void;
}

export function SyncEditor({ subject, allowed, locked, onChange }: SyncEditorProps) {
  const across = !subject.sameCloud && !allowed;
  const hint = texts.sync.hint(subject.name);
  return (
    <Field hint={across ? `${hint} ${texts.trust.crossCloud}` : hint}>
      <Checkbox
        label={texts.sync.allow}
        checked={allowed}
        disabled={locked || across}
        onChange={(_, { checked }) => onChange(checked === true)}
      />
    </Field>
  );
}
