// Carol invites, blocks, groups and registers; Leon reads.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { faults, open, picture, signIn } from './browser.mjs';
import { graph, HERE } from './world.mjs';

let browser, page, complaints;
before(async () => {
  ({ browser, page, complaints } = await open());
  await signIn(page, 'carol@contoso.com', '/console/users');
});
after(() => browser.close());

const heading = (name) => page.getByRole('heading', { level: 1, name });
const dialog = (name) => page.getByRole('dialog', { name }).or(page.getByRole('alertdialog', { name }));
const nobody = (id) =>
  graph('Contoso', 'GET', `v1.0/users/${id}`).then(
    () => false,
    () => true,
  );

/** The page in the other appearance, and back. */
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

test('users are found, filtered and linked by the address of the page', async () => {
  await heading('Users').waitFor();
  const table = page.getByRole('table', { name: 'Users' });
  await table.getByRole('row').nth(1).waitFor();
  await faultsInBoth('users');
  await page.getByRole('combobox', { name: 'Users that are shown' }).selectOption('Guests');
  await page.getByRole('searchbox', { name: /Search by name/ }).fill('fabrikam');
  await table.getByRole('link', { name: 'Fred Neumann' }).waitFor();
  assert.match(page.url(), /show=guests/);
  await page.waitForURL(/q=fabrikam/);
  assert.equal(await table.getByRole('link', { name: 'Alice Grant' }).count(), 0);
  await page.reload();
  await table.getByRole('link', { name: 'Fred Neumann' }).click();
  await heading('Fred Neumann').waitFor();
  await page.getByText('Another organization (fabrikam.com)').waitFor();
  await faultsInBoth('user');
});

test('she blocks his sign-in and allows it again', async () => {
  await page.getByRole('button', { name: 'Block sign-in' }).click();
  await dialog(/Block the sign-in of Fred Neumann/).waitFor();
  assert.deepEqual(await faults(page), []);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Block sign-in' }).click();
  await dialog(/Block the sign-in/)
    .getByRole('button', { name: 'Block sign-in' })
    .click();
  await page.getByRole('button', { name: 'Allow sign-in' }).click();
  await page.getByText('Sign-in is allowed again.').waitFor();
  await page.getByRole('button', { name: 'Revoke sessions' }).click();
  await dialog(/Revoke the sessions/)
    .getByRole('button', { name: 'Revoke sessions' })
    .click();
  await page.getByText('All sessions are revoked.').waitFor();
});

test('she cannot block or delete herself, and is told so', async () => {
  const { id } = await graph('Contoso', 'GET', 'v1.0/users/carol@contoso.com');
  await page.goto(`${HERE}/console/users/${id}`);
  const block = page.getByRole('button', { name: 'Block sign-in' });
  await block.waitFor();
  assert.equal(await block.getAttribute('aria-disabled'), 'true');
  await block.focus();
  await page.getByText('This is you. Ask another administrator.').first().waitFor();
});

test('a settings form names what is no domain and keeps it', async () => {
  const id = '0c000000-0000-4000-8000-000000000001';
  const lists = { InvitationsAllowedAndBlockedDomainsPolicy: { BlockedDomains: ['wingtiptoys.com'] } };
  const definition = [JSON.stringify({ B2BManagementPolicy: lists })];
  await graph('Contoso', 'PATCH', `v1.0/policies/b2bManagementPolicies/${id}`, { definition });
  await page.goto(`${HERE}/console/external-collaboration/settings`);
  await page.getByRole('radio', { name: /Deny invitations/ }).waitFor();
  await faultsInBoth('external-collaboration');
  const field = page.getByLabel('Add domains');
  await field.fill('Spam.example, <script>alert(1)</script>; other.example');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText(/Not a domain/).waitFor();
  assert.match(await field.inputValue(), /script/);
  await page.getByRole('button', { name: 'Remove other.example' }).click();
  await field.fill('');
  await page.getByRole('button', { name: 'Save the domains' }).click();
  await page.getByText('Your changes are saved.').waitFor();
  const { value } = await graph('Contoso', 'GET', 'v1.0/policies/b2bManagementPolicies');
  assert.match(value[0].definition[0], /spam\.example/);
  assert.doesNotMatch(value[0].definition[0], /other\.example/);
});

test('who may invite is changed, and leaving without saving asks first', async () => {
  await page.getByRole('radio', { name: /Only users assigned to specific admin roles/ }).check();
  await page.getByRole('link', { name: 'Groups' }).click();
  const question = dialog(/Discard what you have changed/);
  await question.getByRole('button', { name: 'Stay' }).click();
  await page.getByRole('button', { name: 'Save who may invite' }).click();
  const part = page.getByRole('region', { name: 'Guest invite restrictions' });
  await part.getByText('Your changes are saved.').waitFor();
  const policy = await graph('Contoso', 'GET', 'v1.0/policies/authorizationPolicy');
  assert.equal(policy.allowInvitesFrom, 'adminsAndGuestInviters');
  await graph('Contoso', 'PATCH', 'v1.0/policies/authorizationPolicy', {
    allowInvitesFrom: 'adminsGuestInvitersAndAllMembers',
  });
});

test('a guest is invited by e-mail, and the link is shown', async () => {
  await page.goto(`${HERE}/console/external-collaboration/invitations`);
  await page.getByRole('table', { name: 'People who were invited' }).waitFor();
  await faultsInBoth('invitations');
  await page.getByRole('button', { name: 'Invite external user' }).click();
  const form = dialog('Invite external user');
  await form.getByLabel('E-mail address').fill('nobody');
  await form.getByRole('button', { name: 'Invite' }).click();
  await form.getByText(/Enter one e-mail address/).waitFor();
  assert.deepEqual(await faults(page), []);
  await form.getByLabel('E-mail address').fill('guest@elsewhere.example');
  await form.getByLabel('Display name').fill('<b>שלום</b>');
  await page.keyboard.press('Enter');
  const done = dialog('Invitation created');
  await done.getByText(/\/redeem\?user=/).waitFor();
  await picture(page, 'invited');
  assert.deepEqual(await faults(page), []);
  await done.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('searchbox').fill('elsewhere');
  await page.getByRole('link', { name: '<b>שלום</b>' }).click();
  await heading('<b>שלום</b>').waitFor();
});

test('who is deleted is restored, and deleted for good', async () => {
  const id = page.url().split('/').at(-1);
  await page.getByRole('button', { name: 'Delete' }).click();
  await dialog(/Delete .*\?/)
    .or(page.getByRole('alertdialog'))
    .getByRole('button', { name: 'Delete' })
    .click();
  await page.getByRole('button', { name: /^Restore/ }).waitFor();
  assert.ok(await nobody(id));
  await faultsInBoth('deleted-users');
  await page.getByRole('button', { name: /^Restore/ }).click();
  await page.getByText(/is back\./).waitFor();
  assert.equal(await nobody(id), false);
  await graph('Contoso', 'DELETE', `v1.0/users/${id}`);
  await page.reload();
  await page.getByRole('button', { name: /^Delete permanently/ }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete permanently' }).click();
  await page.getByText(/is deleted for good/).waitFor();
});

test('a group is made and gets members', async () => {
  await page.getByRole('link', { name: 'Groups' }).click();
  await heading('Groups').waitFor();
  await page.getByRole('button', { name: 'New group' }).click();
  const form = dialog('New security group');
  await form.getByRole('button', { name: 'Create' }).click();
  await form.getByText('Enter a name.').waitFor();
  await form.getByLabel('Name').fill('Fair <i>visitors</i>');
  await form.getByRole('button', { name: 'Create' }).click();
  await page.getByText('Fair <i>visitors</i> is created.').waitFor();
  await faultsInBoth('groups');
  await page.getByRole('link', { name: 'Fair <i>visitors</i>' }).click();
  await page.getByText('The group is empty').waitFor();
  await page.getByRole('button', { name: 'Add members' }).click();
  const adding = dialog(/Add members to/);
  await adding.getByRole('searchbox').fill('fred@fabrikam');
  await adding.getByRole('checkbox', { name: /Fred Neumann/ }).check();
  assert.deepEqual(await faults(page), []);
  await adding.getByRole('button', { name: 'Add 1 member' }).click();
  await page.getByText('1 member added.').waitFor();
  await faultsInBoth('group');
  await page.getByRole('button', { name: 'Remove Fred Neumann' }).click();
  await page.getByText('Fred Neumann is removed.').waitFor();
  await page.getByRole('button', { name: 'Delete group' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete group' }).click();
  await heading('Groups').waitFor();
});

test('an application is registered and its addresses are checked', async () => {
  await page.getByRole('link', { name: 'Enterprise applications' }).click();
  await heading('Enterprise applications').waitFor();
  await page.getByRole('table', { name: 'Applications' }).waitFor();
  await faultsInBoth('applications');
  await page.getByRole('button', { name: 'New application' }).click();
  const form = dialog('New application');
  await form.getByLabel('Name').fill('Fair desk');
  await form.getByLabel(/single-page/).fill('javascript:alert(1)');
  await form.getByRole('button', { name: 'Create' }).click();
  await form.getByText(/Not a whole address: javascript/).waitFor();
  await form.getByLabel(/single-page/).fill('https://fair.contoso.com/');
  await form.getByRole('button', { name: 'Create' }).click();
  await page.getByText('Fair desk is created.').waitFor();
  await page.getByRole('link', { name: 'Fair desk' }).click();
  await page.getByText('https://fair.contoso.com/').waitFor();
  await faultsInBoth('application');
  await page.getByRole('button', { name: 'Block sign-in' }).click();
  await page.getByText(/Nobody can sign in to it/).waitFor();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await heading('Enterprise applications').waitFor();
});

test('whoever may only read is told why at every button', async () => {
  const other = await open();
  try {
    await signIn(other.page, 'leon@contoso.com', '/console/groups');
    const make = other.page.getByRole('button', { name: 'New group' });
    await make.waitFor();
    assert.equal(await make.getAttribute('aria-disabled'), 'true');
    await make.focus();
    await other.page
      .getByText(/Your roles do not let you do this/)
      .first()
      .waitFor();
    await other.page.goto(`${HERE}/console/external-collaboration/settings`);
    await other.page.getByText(/Your roles do not allow this/).waitFor();
    assert.deepEqual(await faults(other.page), []);
  } finally {
    await other.browser.close();
  }
});

test('nothing was stopped by the policy of the page', () => {
  assert.deepEqual(complaints, []);
});
