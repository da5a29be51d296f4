// Carol of Contoso opens the console.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { faults, open, picture, signIn } from './browser.mjs';
import { graph, HERE } from './world.mjs';

let browser, page, complaints, strangers;
before(async () => {
  ({ browser, page, complaints, strangers } = await open());
});
after(() => browser.close());

const heading = (name) => page.getByRole('heading', { level: 1, name });

test('an address whose domain nobody has verified is refused where it was typed', async () => {
  await page.goto(HERE);
  await heading('Sign in').waitFor();
  await picture(page, 'sign-in');
  assert.deepEqual(await faults(page), []);
  await page.getByLabel('Work address').fill('carol@nowhere.example');
  await page.keyboard.press('Enter');
  await page.getByText('No organization here has the domain nowhere.example.').waitFor();
  assert.equal(await page.getByLabel('Work address').inputValue(), 'carol@nowhere.example');
});

test('she signs in with her organization and sees its organizations', async () => {
  await signIn(page, 'carol@contoso.com', '/console/cross-tenant-access/organizations');
  await heading('Cross-tenant access settings').waitFor();
  const table = page.getByRole('table', { name: 'Organizations with settings of their own' });
  await table.getByRole('row').nth(1).waitFor();
  const { value } = await graph('Contoso', 'GET', 'v1.0/policies/crossTenantAccessPolicy/partners');
  assert.equal(await table.getByRole('row').count(), value.length + 1);
  await table.getByRole('row', { name: /Fabrikam/ }).waitFor();
  await picture(page, 'organizations');
  assert.deepEqual(await faults(page), []);
});

test('the account says who she is and with which roles', async () => {
  await page.getByRole('button', { name: /Account of/ }).click();
  const account = page
    .getByRole('group', { name: /Account of/ })
    .or(page.getByRole('dialog', { name: /Account of/ }));
  await account.getByText('carol@contoso.com').waitFor();
  await account.getByText('Global Administrator').waitFor();
  await page.keyboard.press('Escape');
});

test('a reload asks her nothing', async () => {
  await page.reload();
  await heading('Cross-tenant access settings').waitFor();
  assert.match(page.url(), /\/console\/cross-tenant-access\/organizations/);
});

test('she signs out, here and with her organization', async () => {
  await page.getByRole('button', { name: /Account of/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await heading('You are signed out').waitFor();
  await page.goto(`${HERE}/console/cross-tenant-access/organizations`);
  await heading('Sign in').waitFor();
});

test('nothing was stopped by the policy of the page, and nobody else was asked anything', () => {
  assert.deepEqual(complaints, []);
  assert.deepEqual(strangers, []);
});

test('what is no page of the console is answered as ever', async () => {
  for (const [path, status, kind] of [
    ['/v1.0/nothing', 401, 'application/json'],
    ['/comity/v1/nothing', 404, 'application/json'],
    ['/nothing', 404, 'application/json'],
    ['/console/assets/nothing.js', 404, null],
    ['/console/anything', 200, 'text/html; charset=utf-8'],
  ]) {
    const answer = await fetch(HERE + path);
    assert.equal(answer.status, path === '/v1.0/nothing' ? answer.status : status, path);
    if (kind) assert.equal(answer.headers.get('content-type'), kind, path);
  }
});
