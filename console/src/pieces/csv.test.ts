import { expect, test } from 'vitest';
import { csv } from './csv';

test('what separates is quoted, and what looks like a formula is none', () => {
  expect(
    csv([
      ['name', 'count'],
      ['Fabrikam, "Ltd"', -3],
      ['=1+1', null],
    ]),
  ).toBe(`name,count\r\n"Fabrikam, ""Ltd""",-3\r\n'=1+1,\r\n`);
});
