// People and groups of another organization: by ids that were got from there.

import {
  Button,
  Dropdown,
  Field,
  makeStyles,
  Option,
  Text,
  Textarea,
  tokens,
} from '@fluentui/react-components';
import { type FormEvent, useState } from 'react';
import { pastedIds, type Target } from '../data/model';
import { Pane } from './Pane';
import { TargetList } from './TargetList';
import { texts } from './words';

const useStyles = makeStyles({
  form: { display: 'grid', gap: tokens.spacingVerticalM },
  row: { display: 'flex', flexWrap: 'wrap', alignItems: 'end', gap: tokens.spacingHorizontalS },
});

export interface PickerProps {
  /** What is selected already. */
  known: readonly Target[];
  onTake: (targets: Target[]) => void;
  onClose: () => void;
}

const same = (one: Target, other: Target) => one.target.toLowerCase() === other.target.toLowerCase();

export function ExternalPeople({ name, known, onTake, onClose }: PickerProps & { name: string }) {
  const styles = useStyles();
  const [typed, setTyped] = useState('');
  const [type, setType] = useState<'user' | 'group'>('user');
  const [chosen, setChosen] = useState<Target[]>([]);
  const [wrong, setWrong] = useState<string>();

  function add(event: FormEvent) {
    event.preventDefault();
    const { ids, others } = pastedIds(typed);
    const fresh = ids
      .map((target): Target => ({ target, targetType: type }))
      .filter((target) => ![...known, ...chosen].some((other) => same(other, target)));
    setChosen([...chosen, ...fresh]);
    // What could not be read stays in the field, to be mended.
    setTyped(others.join(' '));
    const shown = others.slice(0, 5).join(', ') + (others.length > 5 ? ', …' : '');
    if (others.length > 0) setWrong(texts.external.unreadable(shown));
    else setWrong(ids.length === 0 ? texts.external.empty : undefined);
  }

  return (
    <Pane
      title={texts.add.external}
      take={texts.external.submit}
      count={chosen.length}
      onTake={() => onTake(chosen)}
      onClose={onClose}
    >
      <Text>{texts.external.lead(name)}</Text>
      <form className={styles.form} onSubmit={add} noValidate>
        <Field
          label={texts.external.field}
          hint={texts.external.hint}
          validationState={wrong ? 'error' : 'none'}
          validationMessage={wrong}
        >
          <Textarea
            value={typed}
            spellCheck={false}
            resize="vertical"
            onChange={(_, { value }) => setTyped(value)}
          />
        </Field>
        <div className={styles.row}>
          <Field label={texts.external.type}>
            <Dropdown
              value={texts.types[type]}
              selectedOptions={[type]}
              onOptionSelect={(_, { optionValue }) => setType(optionValue === 'group' ? 'group' : 'user')}
            >
              <Option value="user">{texts.types.user}</Option>
              <Option value="group">{texts.types.group}</Option>
            </Dropdown>
          </Field>
          <Button type="submit">{texts.external.add}</Button>
        </div>
      </form>
      <TargetList
        label={texts.list}
        source="otherPeople"
        targets={chosen}
        onRemove={(target) => setChosen(chosen.filter((other) => other !== target))}
      />
    </Pane>
  );
}
