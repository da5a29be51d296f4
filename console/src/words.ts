// Texts. Each screen states its own in one file, `words.ts` in its folder, in English; here they
// come together, so that a translation is one file that replaces them name by name.

type Text = string | ((...values: never[]) => string);
export interface Texts {
  readonly [name: string]: Text | Texts | readonly string[];
}

const screens = new Map<string, Texts>();

/** The texts of a screen. */
export function words<T extends Texts>(screen: string, english: T): T {
  screens.set(screen, english);
  return english;
}

/** Every text of the screens that are loaded, for whoever translates. */
export const everything = (): ReadonlyMap<string, Texts> => screens;

/** One thing, or several of them. */
export function many(count: number, one: string, more: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : more}`;
}

/** Names in a row: a, b or c. */
export function oneOf(names: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(names);
}

/** Names in a row: a, b and c. */
export function allOf(names: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(names);
}
