// A field for something that has an id: chosen by its name, or pasted.

import { Combobox, Field, Option, Text } from '@fluentui/react-components';
import { useEffect, useState } from 'react';
import { isGuid } from '../cross-tenant/data/model';
import { texts } from './words';

export interface Offer {
  id: string;
  name: string;
  more?: string;
}

export interface ChoiceProps {
  label: string;
  hint?: string;
  value: string | undefined;
  offers: readonly Offer[];
  /** What is said of the value when it is not among the offers. */
  name?: string;
  onValue: (id: string | undefined) => void;
  /** Somebody types, and the offers are looked up. */
  onTyped?: (text: string) => void;
}

const MANY = 50;

export function Choice({ label, hint, value, offers, name, onValue, onTyped }: ChoiceProps) {
  const known = offers.find(({ id }) => id.toLowerCase() === value?.toLowerCase());
  const said = known?.name ?? name ?? value ?? '';
  const [typed, setTyped] = useState<string>();
  useEffect(() => {
    if (value !== undefined || value === undefined) setTyped(undefined);
  }, [value]);
  const words = typed?.toLocaleLowerCase('en').trim() ?? '';
  const shown = offers
    .filter(({ id, name, more }) => `${name} ${more ?? ''} ${id}`.toLocaleLowerCase('en').includes(words))
    .slice(0, MANY);
  const settle = () => {
    if (typed === undefined) return;
    const exact = offers.find(({ name }) => name.toLocaleLowerCase('en') === words);
    if (words === '') onValue(undefined);
    else if (isGuid(words)) onValue(words);
    else if (exact) onValue(exact.id);
    else return;
    setTyped(undefined);
  };
  return (
    <Field label={label} hint={hint}>
      <Combobox
        freeform
        value={typed ?? said}
        selectedOptions={known ? [known.id] : []}
        onChange={({ target }) => {
          setTyped(target.value);
          onTyped?.(target.value);
        }}
        onOptionSelect={(_, { optionValue }) => {
          setTyped(undefined);
          onValue(optionValue ?? (isGuid(words) ? words : undefined));
        }}
        onBlur={settle}
      >
        {shown.map(({ id, name, more }) => (
          <Option key={id} value={id} text={name}>
            <span>
              <Text block dir="auto">
                {name}
              </Text>
              {more && <Text size={200}>{more}</Text>}
            </span>
          </Option>
        ))}
        {shown.length === 0 && (
          <Option key="none" value="" text="" disabled>
            {texts.none}
          </Option>
        )}
      </Combobox>
    </Field>
  );
}
