// Redirect URIs as they are pasted.

import { expect, test } from 'vitest';
import { lines, wrongLines } from './redirects';

test('lines are taken once, without what is around them', () => {
  expect(lines(' https://a.example/x \r\n\r\nhttps://a.example/x\nhttps://b.example')).toEqual([
    'https://a.example/x',
    'https://b.example',
  ]);
});

test('what is no address is named, and what would run in a page is none', () => {
  const text = 'https://a.example\nhttp://localhost:3000/cb\nhttp://a.example\nnonsense\njavascript:alert(1)';
  expect(wrongLines(text, false)).toEqual(['http://a.example', 'nonsense', 'javascript:alert(1)']);
  expect(wrongLines('myapp://callback\ndata:text/html,x', true)).toEqual(['data:text/html,x']);
});
