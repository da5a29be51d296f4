// Where on a page somebody is, as the address says it.

import { oneWord } from '../../pieces/listState';
import type { Direction } from '../data/model';
import type { Which } from './BlockEditor';
import { SECTIONS, type Section } from './sections';

export const place = (search: Record<string, unknown>): { tab?: Section; half?: Which } => ({
  tab: oneWord(search.tab, SECTIONS),
  half: oneWord(search.half, ['users', 'applications']),
});

export const directionOf = (word: string): Direction | undefined =>
  oneWord(word, ['inbound', 'outbound', 'restrictions']);
