// What is entered to invite somebody.

import { expect, test } from 'vitest';
import { isAddress, isWholeAddress } from './address';

test('an address is one, and nothing besides', () => {
  for (const right of ['fred@fabrikam.com', 'f.n+x@mail.fabrikam.co.uk', 'müller@bücher.example']) {
    expect(isAddress(right), right).toBe(true);
  }
  for (const wrong of [
    '',
    'fred',
    'fred@',
    '@fabrikam.com',
    'fred@fabrikam',
    'a@b.c, d@e.f',
    '<b>@x.com',
    'a b@x.com',
  ]) {
    expect(isAddress(wrong), wrong).toBe(false);
  }
});

test('an invitation leads to a page that can be opened', () => {
  expect(isWholeAddress('https://contoso.com/start')).toBe(true);
  expect(isWholeAddress('http://localhost:3000/')).toBe(true);
  for (const wrong of ['', 'contoso.com', 'http://contoso.com', 'javascript:alert(1)', 'data:text/html,x']) {
    expect(isWholeAddress(wrong), wrong).toBe(false);
  }
});
