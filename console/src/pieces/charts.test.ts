import { expect, test } from 'vitest';
import { everyDay, scale } from './charts';

test('scales end at a round number above the largest', () => {
  expect(scale(0)).toEqual([0, 1]);
  expect(scale(3)).toEqual([0, 1, 2, 3]);
  expect(scale(97)).toEqual([0, 50, 100]);
  expect(scale(7)).toEqual([0, 2, 4, 6, 8]);
});

test('days without anything are days as well', () => {
  expect(everyDay('2026-02-27', '2026-03-01')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
});
