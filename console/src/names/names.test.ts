import { expect, test } from 'vitest';
import { withNames } from './names';

const SALES = '0c000000-0000-4000-8000-00000000c001';

test('ids that have a name are called by it, whatever their case, and others stay', () => {
  const names = new Map([[SALES, 'Sales <b>']]);
  const other = 'aa000000-0000-4000-8000-000000000001';
  expect(withNames(`members of group ${SALES.toUpperCase()} → application ${other}`, names)).toBe(
    `members of group Sales <b> → application ${other}`,
  );
});
