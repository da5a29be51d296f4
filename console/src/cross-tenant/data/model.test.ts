import { describe, expect, test } from 'vitest';
import {
  type Block,
  everybody,
  everything,
  hidesEncryptedMail,
  pastedIds,
  RIGHTS_MANAGEMENT,
  remarks,
  sameBlock,
  withUsers,
} from './model';

const somebody = (accessType: 'allowed' | 'blocked') => ({
  accessType,
  targets: [{ target: '0c000000-0000-4000-8000-00000000c003', targetType: 'group' as const }],
});
const something = (accessType: 'allowed' | 'blocked', target = 'Office365') => ({
  accessType,
  targets: [{ target, targetType: 'application' as const }],
});
const block = (usersAndGroups: Block['usersAndGroups'], applications: Block['applications']): Block => ({
  usersAndGroups,
  applications,
});

describe('what is said of a block', () => {
  test('blocking all users blocks all applications (S4.11)', () => {
    const open = block(everybody('allowed'), something('allowed'));
    expect(withUsers(open, everybody('blocked')).applications).toEqual(everything('blocked'));
    expect(withUsers(open, somebody('blocked')).applications).toEqual(something('allowed'));
    expect(remarks(block(everybody('blocked'), something('allowed')))).toEqual(['allUsersBlockedOnly']);
  });

  test('whoever is allowed needs something to reach (S4.12)', () => {
    for (const users of [everybody('allowed'), somebody('allowed')]) {
      expect(remarks(block(users, everything('blocked')))).toEqual(['usersAllowedNothingToReach']);
    }
  });

  test('selected users blocked from everything has to be confirmed (S4.13)', () => {
    expect(remarks(block(somebody('blocked'), everything('blocked')))).toEqual([
      'selectedUsersBlockedFromEverything',
    ]);
    expect(remarks(block(everybody('blocked'), everything('blocked')))).toEqual([]);
  });

  test('a selection of nothing is none (S4.3)', () => {
    const none = { accessType: 'allowed' as const, targets: [] };
    expect(remarks(block(none, none))).toEqual(['usersMissing', 'applicationsMissing']);
  });

  test('encrypted mail needs its own application', () => {
    expect(hidesEncryptedMail(block(everybody('allowed'), everything('allowed')))).toBe(false);
    expect(hidesEncryptedMail(block(everybody('allowed'), something('allowed')))).toBe(true);
    expect(hidesEncryptedMail(block(everybody('allowed'), something('allowed', RIGHTS_MANAGEMENT)))).toBe(
      false,
    );
    expect(hidesEncryptedMail(block(everybody('blocked'), everything('blocked')))).toBe(true);
    expect(hidesEncryptedMail(block(somebody('blocked'), something('blocked')))).toBe(false);
  });

  test('the order of targets and the case of ids say nothing', () => {
    const one = block(
      {
        accessType: 'allowed',
        targets: [...somebody('allowed').targets, { target: 'AB', targetType: 'user' }],
      },
      everything('allowed'),
    );
    const other = block(
      {
        accessType: 'allowed',
        targets: [{ target: 'ab', targetType: 'user' }, ...somebody('allowed').targets],
      },
      everything('allowed'),
    );
    expect(sameBlock(one, other)).toBe(true);
    expect(sameBlock(one, null)).toBe(false);
  });
});

test('ids are found in whatever was pasted, each once, and the rest is told', () => {
  const id = '0c000000-0000-4000-8000-00000000c003';
  expect(pastedIds(`"${id}", ${id.toUpperCase()};\n<b>alice</b> `)).toEqual({
    ids: [id],
    others: ['b', 'alice', '/b'],
  });
});
