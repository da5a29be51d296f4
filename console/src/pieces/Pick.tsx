// One of a few, or any of them.

import { Dropdown, Field, makeStyles, Option } from '@fluentui/react-components';

const useStyles = makeStyles({
  filter: { minWidth: 'min(11rem, 100%)' },
  drop: { minWidth: '8rem' },
});

export interface Offer {
  id: string;
  name: string;
}

interface PickProps {
  label: string;
  /** What it says when nothing is picked. */
  any?: string;
  value: string | undefined;
  options: readonly Offer[];
  onPick: (id: string | undefined) => void;
}

const ANY = '';

export function Pick({ label, any, value, options, onPick }: PickProps) {
  const styles = useStyles();
  const chosen = options.find(({ id }) => id === value);
  return (
    <Field label={label} className={styles.filter}>
      <Dropdown
        className={styles.drop}
        value={chosen?.name ?? any ?? ''}
        selectedOptions={[value ?? ANY]}
        onOptionSelect={(_, { optionValue }) => onPick(optionValue || undefined)}
      >
        {any && <Option value={ANY}>{any}</Option>}
        {options.map(({ id, name }) => (
          <Option key={id} value={id}>
            {name}
          </Option>
        ))}
      </Dropdown>
    </Field>
  );
}
