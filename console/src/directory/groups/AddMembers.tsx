// Users and groups are chosen, and become members.

import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { carryOut } from '../../api/client';
import { FormDialog } from '../../pieces/FormDialog';
import { useWriting } from '../../pieces/writing';
import { type Group, groups, groupsKey, type Member, nameOf, users } from '../data';
import { type Choice, Picker } from '../Picker';
import { picker, groups as texts } from '../words';

export interface AddMembersProps {
  group: Group;
  present: readonly Member[];
  onClose: () => void;
  onAdded: (count: number) => void;
}

export function AddMembers({ group, present, onClose, onAdded }: AddMembersProps) {
  const people = useQuery(users);
  const others = useQuery(groups);
  const writing = useWriting(groupsKey);
  const [chosen, setChosen] = useState<string[]>([]);
  const choices = useMemo(() => {
    if (!people.data || !others.data) return undefined;
    const there = new Set([group.id, ...present.map(({ id }) => id)]);
    const all: Choice[] = [
      ...people.data.map((user) => ({
        id: user.id,
        name: nameOf(user),
        detail: user.mail || user.userPrincipalName,
        badge: user.userType === 'Guest' ? texts.memberKinds.guest : undefined,
      })),
      ...others.data.map((other) => ({
        id: other.id,
        name: other.displayName ?? other.id,
        badge: texts.memberKinds.group,
      })),
    ];
    return all.filter(({ id }) => !there.has(id));
  }, [people.data, others.data, present, group.id]);

  const add = () => {
    const left = [...chosen];
    void writing.run(
      async () => {
        // Whoever has been added is not added twice when the next one is refused.
        for (let id = left[0]; id !== undefined; id = left[0]) {
          const body = { '@odata.id': `${location.origin}/v1.0/directoryObjects/${id}` };
          await carryOut({ method: 'POST', url: `/groups/${group.id}/members/$ref`, body });
          left.shift();
          setChosen([...left]);
        }
      },
      () => onAdded(chosen.length),
    );
  };
  return (
    <FormDialog
      open
      title={texts.addTitle(group.displayName ?? '')}
      submit={texts.addSubmit(chosen.length)}
      reason={chosen.length === 0 && !writing.busy ? texts.addNothing : undefined}
      writing={writing}
      onSubmit={add}
      onClose={onClose}
    >
      <Picker label={picker.usersAndGroups} choices={choices} chosen={chosen} onChoose={setChosen} />
    </FormDialog>
  );
}
