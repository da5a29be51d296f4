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
