import { expect, test } from 'vitest';
import { rowsOf, viewIn } from './data';

const ID = '0c000000-0000-4000-8000-00000000c001';

test('what cannot be read from an address is left out', () => {
  expect(
    viewIn({ days: 7, tenant: ID.toUpperCase(), user: 'fred', status: 'maybe', table: 'days', page: 2 }),
  ).toMatchObject({
    days: 7,
    tenant: ID,
    user: undefined,
    status: undefined,
    table: 'days',
    page: 2,
  });
  expect(viewIn({ days: 30 }).days).toBeUndefined();
});

test('a line of a table leads to its sign-ins, with the filters that hold', () => {
  expect(rowsOf({ days: 7, status: 'failure' }, { tenant: ID })).toBe(
    `/logs/sign-ins?days=7&tenant=${ID}&status=failure`,
  );
  expect(rowsOf({})).toBe('/logs/sign-ins');
});
