// A role of the organization's own: what it is called, and what it lets people do.

import { Checkbox, Field, Input } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { carryOut } from '../../api/client';
import { Picker } from '../../directory/Picker';
import { FormDialog } from '../../pieces/FormDialog';
import { useWriting } from '../../pieces/writing';
import { actions, type Role, rolesKey } from '../data';
import { roles as texts } from '../words';
import { actionsOf, shortAction } from './role';

const ADDRESS = '/roleManagement/directory/roleDefinitions';

export interface RoleDialogProps {
  /** What is changed; otherwise a new one is made. */
  role?: Role;
  onClose: () => void;
  onDone: (name: string) => void;
}

export function RoleDialog({ role, onClose, onDone }: RoleDialogProps) {
  const writing = useWriting(rolesKey);
  const { data } = useQuery(actions);
  const [name, setName] = useState(role?.displayName ?? '');
  const [description, setDescription] = useState(role?.description ?? '');
  const [enabled, setEnabled] = useState(role?.isEnabled !== false);
  const [chosen, setChosen] = useState<string[]>(role ? actionsOf(role) : []);
  const [tried, setTried] = useState(false);
  const choices = useMemo(
    () =>
      data?.map((action) => ({
        id: action.name ?? '',
        name: shortAction(action.name ?? ''),
        detail: action.description ?? undefined,
      })),
    [data],
  );
  const submit = () => {
    setTried(true);
    const displayName = name.trim();
    if (!displayName || chosen.length === 0) return;
    const body = {
      displayName,
      description: description.trim() || null,
      isEnabled: enabled,
      rolePermissions: [{ allowedResourceActions: chosen }],
    };
    const url = role ? `${ADDRESS}/${role.id}` : ADDRESS;
    void writing.run(
      () => carryOut({ method: role ? 'PATCH' : 'POST', url, body }),
      () => onDone(displayName),
    );
  };
  return (
    <FormDialog
      open
      wide
      title={role ? texts.editTitle(role.displayName ?? '') : texts.createTitle}
      submit={role ? texts.save : texts.submit}
      reason={tried && chosen.length === 0 ? texts.actionsMissing : undefined}
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
      <Field label={texts.description}>
        <Input
          value={description}
          dir="auto"
          maxLength={1024}
          onChange={(_, { value }) => setDescription(value)}
        />
      </Field>
      <Checkbox
        label={texts.enabled}
        checked={enabled}
        onChange={(_, { checked }) => setEnabled(checked === true)}
      />
      <Picker
        label={texts.allowed}
        choices={choices}
        chosen={chosen}
        onChoose={setChosen}
        unknown={shortAction}
      />
    </FormDialog>
  );
}
