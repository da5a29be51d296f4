// What the parts of the settings are called.

import { useNames, withNames } from '../names/names';
import { texts } from './words';

/** What a part is called. */
export function usePartName(): (part: string) => string {
  const names = useNames();
  return (part) =>
    part.startsWith('partners/')
      ? withNames(part.slice('partners/'.length), names)
      : (texts.parts[part] ?? part);
}

const FEW = 3;

/** Several of them in a row; of many, how many. */
export function partsNamed(parts: readonly string[], partName: (part: string) => string): string {
  const named = parts.slice(0, FEW).map(partName).join(', ');
  return parts.length > FEW ? `${named} ${texts.more(parts.length - FEW)}` : named;
}
