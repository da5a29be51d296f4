// Kieran of Litware brings people to Contoso; and what the organization and the server say of themselves.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { faults, open, picture, signIn } from './browser.mjs';

let browser, page, complaints;
before(async () => {
  ({ browser, page, complaints } = await open());
  await signIn(page, 'kieran@litwareinc.com', '/console/synchronization');
});
after(() => browser.close());

const heading = (name) => page.getByRole('heading', { level: 1, name });
const dialog = (name) => page.getByRole('dialog', { name }).or(page.getByRole('alertdialog', { name }));

async function faultsInBoth(name) {
  // A dialog that is closing still hides what is below it.
  await page.getByRole('heading', { level: 1 }).waitFor();
  await picture(page, name);
  assert.deepEqual(await faults(page), []);
  await page.emulateMedia({ colorScheme: 'dark' });
  await picture(page, `${name}-dark`);
  assert.deepEqual(await faults(page), []);
  await page.emulateMedia({ colorScheme: 'light' });
}

test('a job is made, with what is missing said first', async () => {
  await heading('Cross-tenant synchronization').waitFor();
  await page.getByText('There are no jobs').waitFor();
  await page.getByRole('button', { name: 'New job' }).click();
  const form = dialog('New synchronization job');
  await form.getByRole('button', { name: 'Create' }).click();
  await form.getByText('Choose at least one user or group.').waitFor();
  await form.getByRole('combobox', { name: 'Organization' }).selectOption('Contoso');
  await form.getByRole('textbox', { name: 'Name' }).fill('Fair <b>people</b>');
  await form.getByRole('searchbox').fill('aisha');
  await form.getByRole('checkbox', { name: /Aisha Patel/ }).check();
  await form.getByRole('checkbox', { name: 'Do not run by itself yet' }).check();
  assert.deepEqual(await faults(page), []);
  await form.getByRole('button', { name: 'Create' }).click();
  await page.getByText('Fair <b>people</b> is created.').waitFor();
  await faultsInBoth('synchronization');
});

test('one account is tried, and the log says what was done', async () => {
  await page.getByRole('link', { name: 'Fair <b>people</b>' }).click();
  await heading('Fair <b>people</b>').waitFor();
  await page.getByRole('button', { name: 'Try one account' }).click();
  const trying = dialog('Try one account');
  await trying.getByRole('searchbox').fill('aisha');
  await trying.getByRole('checkbox', { name: /Aisha Patel/ }).check();
  await trying.getByRole('button', { name: 'Synchronize it' }).click();
  await trying.getByRole('status').getByText(/./).first().waitFor();
  await picture(page, 'synchronization-try');
  await trying.getByRole('button', { name: 'Cancel' }).click();
  await faultsInBoth('synchronization-job');
});

test('it runs, is paused and is deleted', async () => {
  await page.getByRole('button', { name: 'Run now' }).click();
  await page.getByText('The job runs.').waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('The job is paused. Run it').waitFor();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await dialog(/Delete/)
    .getByRole('button', { name: 'Delete' })
    .click();
  await page.getByText('There are no jobs').waitFor();
});

test('the organization says what it is called and whom it has joined', async () => {
  await page.getByRole('link', { name: 'Your organization' }).click();
  await heading('Your organization').waitFor();
  await page.getByRole('table', { name: 'Organizations in it' }).getByText('Contoso').waitFor();
  await page.getByText('litwareinc.com').first().waitFor();
  await faultsInBoth('organization');
});

test('the server says that it is well, and whose the rest is', async () => {
  await page.getByRole('link', { name: 'Server', exact: true }).click();
  await heading('Server').waitFor();
  await page.getByText('Reachable').waitFor();
  await page.getByText(/No role of a person opens it/).waitFor();
  await faultsInBoth('server');
});

test('nothing was stopped by the policy of the page', () => {
  assert.deepEqual(complaints, []);
});
