import { expect, test } from 'vitest';
import { asked, missing, questionIn } from './question';

test('what cannot be read from an address is left out', () => {
  const read = questionIn({
    dir: 'sideways',
    tenant: '  ',
    person: 7,
    app: 'x'.repeat(1000),
    claims: ['mfa', 'magic'],
    signal: '<script>',
    draft: [{ method: 'GET', url: '/x' }, 'nothing', { method: 'DELETE', url: '/y' }],
  });
  expect(read).toMatchObject({ person: '7', claims: ['mfa'], draft: [{ method: 'DELETE', url: '/y' }] });
  expect([read.dir, read.tenant, read.signal]).toEqual([undefined, undefined, undefined]);
  expect(read.app).toHaveLength(300);
  expect(questionIn({ draft: [1] }).draft).toBeUndefined();
});

test('it is said what is missing, in the order of the form', () => {
  expect(missing({})).toEqual(['tenant', 'person', 'app']);
  expect(missing({ person: 'guest', app: 'a' })).toEqual([]);
  expect(missing({ dir: 'outbound', person: 'p', app: 'a' })).toEqual(['tenant']);
  expect(missing({ dir: 'outbound', account: 'x', tenant: 't', app: 'a' })).toEqual(['person']);
});

test('one comes in as a guest of this organization, as an account of the other, or goes out', () => {
  const of = (question: Parameters<typeof asked>[0]) => asked(question, 'own').question;
  expect(of({ person: 'g', tenant: 't', app: 'a' })).toMatchObject({ guest: 'g', resourceTenant: 'own' });
  expect(of({ account: 'u', tenant: 't', app: 'a' })).toMatchObject({
    homeTenant: 't',
    user: 'u',
    resourceTenant: 'own',
  });
  expect(of({ dir: 'outbound', person: 'p', tenant: 't', app: 'a' })).toMatchObject({
    homeTenant: 'own',
    user: 'p',
    resourceTenant: 't',
  });
  expect(asked({ at: '12', draft: [{ method: 'DELETE', url: '/y' }] }, 'own')).toMatchObject({
    at: '12',
    requests: [{ method: 'DELETE', url: '/y' }],
  });
});
