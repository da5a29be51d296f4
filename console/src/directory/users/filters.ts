// Which users are shown, as the address says it.

export const FILTERS = ['members', 'guests', 'pending', 'blocked'] as const;
export type Filter = (typeof FILTERS)[number];
