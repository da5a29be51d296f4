// Conditional Access, authentication contexts, roles and protected actions.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { faults, open, picture, signIn } from './browser.mjs';
import { graph, HERE } from './world.mjs';

let browser, page, complaints;
before(async () => {
  ({ browser, page, complaints } = await open());
  await signIn(page, 'carol@contoso.com', '/console/conditional-access');
});
after(() => browser.close());

const heading = (name) => page.getByRole('heading', { level: 1, name });
const dialog = (name) => page.getByRole('dialog', { name }).or(page.getByRole('alertdialog', { name }));
const policies = async () =>
  (await graph('Contoso', 'GET', 'v1.0/identity/conditionalAccess/policies')).value;

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

test('policies are listed with whom they are about and what they ask for', async () => {
  await heading('Conditional Access').waitFor();
  const table = page.getByRole('table', { name: 'Conditional Access policies' });
  await table.getByRole('row', { name: /ERP: managed device.*Compliant device or Hybrid joined/ }).waitFor();
  await page.getByRole('combobox', { name: 'Policies that are shown' }).selectOption('Report-only');
  await table.getByRole('link', { name: /report only/ }).waitFor();
  assert.match(page.url(), /show=enabledForReporting/);
  assert.equal(await table.getByRole('row').count(), 2);
  await page.getByRole('combobox', { name: 'Policies that are shown' }).selectOption('All policies');
  await faultsInBoth('conditional-access');
});

test('a policy for guests of one organization is made, and what is missing is said', async () => {
  await page.getByRole('button', { name: 'New policy' }).click();
  await heading('New policy').waitFor();
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText('Enter a name.').waitFor();
  await page.getByRole('textbox', { name: 'Name' }).fill('Fair: visitors');
  await page
    .getByRole('group', { name: 'External organizations' })
    .or(page.getByRole('radiogroup', { name: 'External organizations' }))
    .getByRole('radio', { name: 'Select' })
    .check();
  await page.getByLabel('Add tenant ids').fill('nonsense 0f000000-0000-4000-8000-000000000002');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('Not a tenant id: nonsense').waitFor();
  await page
    .getByRole('checkbox', { name: 'Require device to be marked as compliant' })
    .or(page.getByRole('checkbox', { name: /Require device to be marked as compliant/ }))
    .check();
  await page.getByRole('button', { name: 'Create' }).click();
  await heading('Fair: visitors').waitFor();
  const made = (await policies()).find(({ displayName }) => displayName === 'Fair: visitors');
  assert.equal(made.state, 'enabledForReportingButNotEnforced');
  const guests = made.conditions.users.includeGuestsOrExternalUsers;
  assert.deepEqual(guests.externalTenants.members, ['0f000000-0000-4000-8000-000000000002']);
  assert.deepEqual(made.grantControls.builtInControls, ['mfa', 'compliantDevice']);
  await faultsInBoth('conditional-access-policy');
});

test('blocking everybody is warned about, and a change of somebody else is not overwritten unseen', async () => {
  await page.getByRole('radio', { name: /All users/ }).check();
  await page.getByRole('radio', { name: 'Block access' }).check();
  await page.getByRole('radio', { name: 'On', exact: true }).check();
  await page.getByText(/This blocks everyone from every application/).waitFor();
  await page.getByRole('radio', { name: 'Off', exact: true }).check();
  const { id } = (await policies()).find(({ displayName }) => displayName === 'Fair: visitors');
  await graph('Contoso', 'PATCH', `v1.0/identity/conditionalAccess/policies/${id}`, {
    displayName: 'Fair: theirs',
  });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/What is there now has been loaded/).waitFor();
  await heading('Fair: theirs').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Your changes are saved.').waitFor();
  await page.getByRole('button', { name: 'Delete' }).click();
  await dialog(/Delete/)
    .getByRole('button', { name: 'Delete' })
    .click();
  await heading('Conditional Access').waitFor();
  assert.ok(!(await policies()).some((policy) => policy.id === id));
});

test('an authentication context is made, protects an action, and cannot be deleted meanwhile', async () => {
  await page.getByRole('tab', { name: 'Authentication contexts' }).click();
  await page.getByRole('button', { name: 'New authentication context' }).click();
  const form = dialog('New authentication context');
  await form.getByLabel('Name').fill('Fair <b>sign-in</b>');
  await form.getByRole('button', { name: 'Create' }).click();
  await page.getByText('Fair <b>sign-in</b> is saved.').waitFor();
  await faultsInBoth('authentication-contexts');
  await page.getByRole('link', { name: 'Roles and protected actions' }).click();
  await page.getByRole('tab', { name: 'Protected actions' }).click();
  const choice = page.getByRole('combobox', {
    name: 'Authentication context of crossTenantAccessPolicy/partners/delete',
  });
  await choice.selectOption({ label: 'Fair <b>sign-in</b> (c2)' });
  await page.getByText(/partners\/delete now demands Fair/).waitFor();
  await faultsInBoth('protected-actions');
  await page.goto(`${HERE}/console/conditional-access/contexts`);
  const remove = page.getByRole('button', { name: 'Delete Fair <b>sign-in</b>' });
  await remove.waitFor();
  assert.equal(await remove.getAttribute('aria-disabled'), 'true');
  await page.goto(`${HERE}/console/roles/actions`);
  await choice.selectOption('Not protected');
  await page.getByText(/is not protected any more/).waitFor();
  const context = 'v1.0/identity/conditionalAccess/authenticationContextClassReferences/c2';
  await graph('Contoso', 'PATCH', context, { isAvailable: false });
  await graph('Contoso', 'DELETE', context);
});

test('a role of their own is made, assigned, taken back and deleted', async () => {
  await page.goto(`${HERE}/console/roles`);
  await page
    .getByRole('table', { name: 'Roles' })
    .getByRole('link', { name: 'Global Administrator' })
    .waitFor();
  await faultsInBoth('roles');
  await page.getByRole('button', { name: 'New custom role' }).click();
  const form = dialog('New custom role');
  await form.getByRole('textbox', { name: 'Name' }).fill('Fair desk');
  await form.getByRole('searchbox').fill('partners/standard/read');
  await form.getByRole('checkbox', { name: /partners\/standard\/read/ }).check();
  assert.deepEqual(await faults(page), []);
  await form.getByRole('button', { name: 'Create' }).click();
  await page.getByText('Fair desk is created.').waitFor();
  await page.getByRole('tab', { name: 'Assignments' }).click();
  await page.getByRole('button', { name: 'Assign a role' }).click();
  const giving = dialog('Assign a role');
  await giving.getByLabel('Role').selectOption('Fair desk');
  await giving.getByRole('searchbox').fill('alice');
  await giving.getByRole('checkbox', { name: /Alice Grant/ }).check();
  await giving.getByRole('button', { name: 'Assign' }).click();
  await page.getByText('Alice Grant now has the role Fair desk.').waitFor();
  await faultsInBoth('role-assignments');
  await page.getByRole('link', { name: 'Fair desk' }).click();
  await heading('Fair desk').waitFor();
  await faultsInBoth('role');
  const remove = page.getByRole('button', { name: 'Delete' });
  assert.equal(await remove.getAttribute('aria-disabled'), 'true');
  await page.goBack();
  await page.getByRole('button', { name: 'Remove Fair desk from Alice Grant' }).click();
  await dialog(/Remove the role/)
    .getByRole('button', { name: 'Remove' })
    .click();
  await page.getByText('Alice Grant no longer has the role Fair desk.').waitFor();
  await page.getByRole('tab', { name: 'Roles', exact: true }).click();
  await page.getByRole('link', { name: 'Fair desk' }).click();
  await remove.click();
  await dialog(/Delete Fair desk/)
    .getByRole('button', { name: 'Delete' })
    .click();
  await page.getByRole('table', { name: 'Roles' }).waitFor();
});

test('whoever may not is told why', async () => {
  const other = await open();
  try {
    await signIn(other.page, 'dan@contoso.com', '/console/roles');
    const make = other.page.getByRole('button', { name: 'New custom role' });
    await make.focus();
    await other.page
      .getByText(/It takes .*Privileged Role Administrator/)
      .first()
      .waitFor();
    assert.equal(await make.getAttribute('aria-disabled'), 'true');
  } finally {
    await other.browser.close();
  }
});

test('nothing was stopped by the policy of the page', () => {
  assert.deepEqual(complaints, []);
});
