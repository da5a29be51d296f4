// Users, groups or applications, found by name and chosen: one, or several.

import {
  Badge,
  Checkbox,
  Field,
  InteractionTag,
  InteractionTagPrimary,
  InteractionTagSecondary,
  makeStyles,
  SearchBox,
  TagGroup,
  Text,
  tokens,
} from '@fluentui/react-components';
import { useDeferredValue, useState } from 'react';
import { picker as texts } from './words';

export interface Choice {
  id: string;
  name: string;
  /** What tells it from others of the same name. */
  detail?: string;
  badge?: string;
}

const SHOWN = 50;

const useStyles = makeStyles({
  whole: { display: 'grid', gap: tokens.spacingVerticalM, minWidth: 0 },
  list: {
    listStyleType: 'none',
    margin: 0,
    padding: tokens.spacingVerticalXS,
    maxHeight: '16rem',
    overflowY: 'auto',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
  },
  name: { display: 'inline-flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS, alignItems: 'baseline' },
  detail: { color: tokens.colorNeutralForeground3 },
  tags: { flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
});

export interface PickerProps {
  label: string;
  choices: readonly Choice[] | undefined;
  chosen: readonly string[];
  onChoose: (ids: string[]) => void;
  /** Words for an id that is chosen and not among the choices. */
  unknown?: (id: string) => string;
}

export function Picker({ label, choices, chosen, onChoose, unknown }: PickerProps) {
  const styles = useStyles();
  const [typed, setTyped] = useState('');
  const wanted = useDeferredValue(typed).toLocaleLowerCase('en').split(/\s+/).filter(Boolean);
  const found = choices?.filter(({ id, name, detail }) => {
    const words = `${name} ${detail ?? ''} ${id}`.toLocaleLowerCase('en');
    return wanted.every((word) => words.includes(word));
  });
  const nameOf = (id: string) => choices?.find((choice) => choice.id === id)?.name ?? unknown?.(id) ?? id;
  const toggle = (id: string) =>
    onChoose(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  return (
    <div className={styles.whole}>
      <Field label={texts.search(label)}>
        <SearchBox value={typed} onChange={(_, { value }) => setTyped(value)} />
      </Field>
      {/* A list that scrolls is reached by its boxes. */}
      <ul className={styles.list} aria-label={label}>
        {!found && <li>{texts.waiting}</li>}
        {found?.length === 0 && <li>{texts.nothing}</li>}
        {found?.slice(0, SHOWN).map(({ id, name, detail, badge }) => (
          <li key={id}>
            <Checkbox
              checked={chosen.includes(id)}
              onChange={() => toggle(id)}
              label={
                <span className={styles.name} dir="auto">
                  {name}
                  {detail && (
                    <Text size={200} className={styles.detail}>
                      {detail}
                    </Text>
                  )}
                  {badge && (
                    <Badge appearance="tint" size="small">
                      {badge}
                    </Badge>
                  )}
                </span>
              }
            />
          </li>
        ))}
      </ul>
      {found && found.length > SHOWN && <Text size={200}>{texts.more(found.length - SHOWN)}</Text>}
      {chosen.length > 0 && (
        <TagGroup
          className={styles.tags}
          aria-label={texts.chosen}
          onDismiss={(_, { value }) => toggle(value)}
        >
          {chosen.map((id) => (
            <InteractionTag key={id} value={id}>
              <InteractionTagPrimary hasSecondaryAction dir="auto">
                {nameOf(id)}
              </InteractionTagPrimary>
              <InteractionTagSecondary aria-label={texts.remove(nameOf(id))} />
            </InteractionTag>
          ))}
        </TagGroup>
      )}
    </div>
  );
}
