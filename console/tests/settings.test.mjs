// The settings, screen by screen, as their administrators walk through them.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { faults, open, picture, signIn } from './browser.mjs';
import { graph, HERE, tenant } from './world.mjs';

const POLICY = 'v1.0/policies/crossTenantAccessPolicy';
const WINGTIP = tenant('Wingtip Toys').tenantId;
const FABRIKAM = tenant('Fabrikam').tenantId;
const SETTINGS = '/console/cross-tenant-access';

let browser, page, complaints, strangers;
before(async () => {
  ({ browser, page, complaints, strangers } = await open());
  await signIn(page, 'carol@contoso.com');
});
after(() => browser.close());

const go = async (path, heading) => {
  await page.goto(`${HERE}${SETTINGS}${path}`);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
};
const button = (name) => page.getByRole('button', { name, exact: true });
const tab = (name) => page.getByRole('tab', { name });
const radio = (name) => page.getByRole('radio', { name });
const box = (name) => page.getByRole('checkbox', { name });
const dialog = (name) => page.getByRole('dialog', { name });

/** Saves what is changed on the page, for that reason. */
async function save(reason) {
  await button('Save').click();
  const asked = dialog('Save these changes?');
  if (reason) await asked.getByLabel('Reason').fill(reason);
  await asked.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.', { exact: true }).waitFor();
}
const entry = (id) => graph('Contoso', 'GET', `${POLICY}/partners/${id}`);

test('the list is found by words, filtered and ordered, and its state is in the address', async () => {
  await go('/organizations', 'Cross-tenant access settings');
  const table = page.getByRole('table', { name: 'Organizations with settings of their own' });
  await table.getByRole('row', { name: /Fabrikam/ }).waitFor();
  await page.getByRole('searchbox').fill('fabri');
  await page.getByText('1 of 8 entries').waitFor();
  await page.waitForURL(/q=fabri/);
  await page.reload();
  await page.getByText('1 of 8 entries').waitFor();
  await page.getByRole('searchbox').fill('');
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
  assert.equal(
    await page.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort'),
    'descending',
  );
  assert.match(await table.getByRole('row').nth(1).textContent(), /Woodgrove/);
  assert.deepEqual(await faults(page), []);
});

test('an organization is added by its domain, inherited throughout, and removed again', async () => {
  await go('/organizations', 'Cross-tenant access settings');
  await button('Add organization').click();
  const pane = dialog('Add organization');
  const field = pane.getByLabel('Full domain name or tenant id');
  await field.fill('<b>not a domain');
  await pane.getByRole('button', { name: 'Find' }).click();
  await pane.getByText('Enter a full domain name').waitFor();
  await field.fill('nobody.example');
  await pane.getByRole('button', { name: 'Find' }).click();
  await pane.getByText('No organization is known as nobody.example.').waitFor();
  await field.fill('contoso.com');
  await pane.getByRole('button', { name: 'Find' }).click();
  await pane.getByText('This is your own organization.').waitFor();
  await field.fill('wingtiptoys.com');
  await pane.getByRole('button', { name: 'Find' }).click();
  await pane.getByRole('radio', { name: /Wingtip/ }).waitFor();
  assert.deepEqual(await faults(page), []);
  await picture(page, 'add-organization');
  await pane.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText(/Wingtip.* was added/).waitFor();
  const row = page.getByRole('row', { name: /Wingtip/ });
  // What lies behind the pane is hidden until the pane is gone.
  await row
    .getByRole('link', { name: /Inherited from default/ })
    .nth(2)
    .waitFor();
  await row.getByRole('button', { name: /Remove Wingtip/ }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByText(/Wingtip.* was removed/).waitFor();
});

test('a service provider cannot be removed, and it is said why', async () => {
  const remove = page.getByRole('button', { name: 'Remove Proseware' });
  assert.equal(await remove.getAttribute('aria-disabled'), 'true');
  await remove.focus();
  await page.getByText('A service provider of your organization cannot be removed.').waitFor();
});

test('the default is read as a whole', async () => {
  await go('/default', 'Cross-tenant access settings');
  await page.getByRole('heading', { name: 'Inbound access settings' }).waitFor();
  await page.getByText('Contractors').waitFor();
  await picture(page, 'default');
  assert.deepEqual(await faults(page), []);
});

test('an organization of its own for what follows', async () => {
  await graph('Contoso', 'POST', `${POLICY}/partners`, { tenantId: WINGTIP });
});

test('settings are customized before anything can be edited, and saved on purpose', async () => {
  await go(`/organizations/${WINGTIP}/outbound`, 'Outbound access settings: Wingtip Toys');
  await tab('B2B direct connect').click();
  await page.getByText('These are the default settings.').waitFor();
  assert.equal(await radio('Allow access').isDisabled(), true);
  assert.equal(await button('Save').getAttribute('aria-disabled'), 'true');
  await radio('Customize settings').click();
  await radio('Allow access').click();
  await page.getByText('Users are allowed, but all applications are blocked.').first().waitFor();
  assert.equal(await button('Save').getAttribute('aria-disabled'), 'true');
  await tab('External applications').click();
  await radio('Allow access').click();
  await radio(/Select external applications/).click();
  await button('Add external applications').click();
  const pane = dialog('Add external applications');
  await pane.getByRole('searchbox').fill('office365');
  await pane.getByRole('checkbox', { name: /Office 365 \(all/ }).click();
  await pane.getByRole('button', { name: 'Select' }).click();
  await pane.waitFor({ state: 'detached' });
  await picture(page, 'outbound-direct-connect');
  assert.deepEqual(await faults(page), []);
  await save('Ticket 4711 — für Müller');
  const { b2bDirectConnectOutbound: stored } = await entry(WINGTIP);
  assert.deepEqual(stored.applications, {
    accessType: 'allowed',
    targets: [{ target: 'Office365', targetType: 'application' }],
  });
  const audits = await graph('Contoso', 'GET', 'v1.0/auditLogs/directoryAudits?$top=1');
  const details = audits.value[0].additionalDetails;
  assert.deepEqual(
    details.find(({ key }) => key === 'reason'),
    { key: 'reason', value: 'Ticket 4711 — für Müller' },
  );
});

test('back to the default asks first', async () => {
  await go(`/organizations/${WINGTIP}/outbound?tab=direct`, 'Outbound access settings: Wingtip Toys');
  await radio('Default settings').click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'No' }).click();
  assert.equal(await radio('Customize settings').isChecked(), true);
  await radio('Default settings').click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Yes' }).click();
  await save();
  assert.equal((await entry(WINGTIP)).b2bDirectConnectOutbound, null);
});

test('blocking all users blocks all applications, and says so', async () => {
  await go('/default/inbound', 'Inbound access settings: Default');
  await radio('Block access').click();
  await page.getByText('This changes the default to a block.').waitFor();
  await tab('Applications').click();
  await page.getByText('All users are blocked, so all applications are blocked too.').waitFor();
  assert.equal(await radio('Block access').isChecked(), true);
  assert.equal(await radio('Allow access').isDisabled(), true);
  await tab('External users and groups').click();
  assert.equal(await radio(/Select external users and groups/).isDisabled(), true);
  await page.getByText('nobody can be named here').waitFor();
  await button('Discard changes').click();
  await page.getByRole('radio', { name: 'Allow access', checked: true }).waitFor();
});

test('external users are named by ids, as many as were pasted', async () => {
  await go(`/organizations/${WINGTIP}/inbound`, 'Inbound access settings: Wingtip Toys');
  await radio('Customize settings').click();
  await radio(/Select external users and groups/).click();
  await button('Add external users and groups').click();
  const pane = dialog('Add external users and groups');
  const ids = Array.from({ length: 500 }, (_, n) => `0a000000-0000-4000-8000-${String(n).padStart(12, '0')}`);
  await pane.getByLabel('Object id').fill(`${ids.join(', ')} <script>alert(1)</script>`);
  await pane.getByRole('button', { name: 'Add', exact: true }).click();
  await pane.getByText('500 selected').waitFor();
  await pane.getByText('This is no object id').waitFor();
  await picture(page, 'add-external-users');
  assert.deepEqual(await faults(page), []);
  await pane.getByRole('button', { name: 'Submit' }).click();
  await page.getByRole('button', { name: 'Show all 500' }).waitFor();
  await page.getByRole('link', { name: 'Organizational settings' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Stay' }).click();
  await page.getByRole('button', { name: 'Show all 500' }).waitFor();
  await save();
  assert.equal((await entry(WINGTIP)).b2bCollaborationInbound.usersAndGroups.targets.length, 500);
  await radio('Default settings').click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Yes' }).click();
  await save();
});

test('trust, automatic redemption and synchronization', async () => {
  await go(`/organizations/${WINGTIP}/inbound?tab=trust`, 'Inbound access settings: Wingtip Toys');
  await radio('Customize settings').click();
  const trust = box('Trust compliant devices');
  const before = await trust.isChecked();
  await trust.click();
  await save();
  assert.equal((await entry(WINGTIP)).inboundTrust.isCompliantDeviceAccepted, !before);
  await tab('Cross-tenant sync').click();
  await page.getByText('There is no default for this').waitFor();
  await radio('Customize settings').click();
  await box('Allow users sync into this tenant').click();
  await save();
  const stored = await graph('Contoso', 'GET', `${POLICY}/partners/${WINGTIP}/identitySynchronization`);
  assert.equal(stored.userSyncInbound.isSyncAllowed, true);
  await page.goto(`${HERE}${SETTINGS}/organizations`);
  const remove = page.getByRole('button', { name: 'Remove Wingtip Toys' });
  await remove.focus();
  await page.getByText('There is a setting for cross-tenant sync.').waitFor();
  await go(`/organizations/${WINGTIP}/inbound?tab=synchronization`, 'Inbound access settings: Wingtip Toys');
  await radio('Default settings').click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Yes' }).click();
  await save();
  await graph('Contoso', 'DELETE', `${POLICY}/partners/${WINGTIP}`);
});

test('what somebody else has changed meanwhile is shown beside it, and neither is lost', async () => {
  await go(`/organizations/${FABRIKAM}/inbound?tab=trust`, 'Inbound access settings: Fabrikam');
  const before = (await entry(FABRIKAM)).inboundTrust;
  await box('Trust Microsoft Entra hybrid joined devices').click();
  await graph('Contoso', 'PATCH', `${POLICY}/partners/${FABRIKAM}`, {
    automaticUserConsentSettings: { inboundAllowed: false },
  });
  await button('Save').click();
  await dialog('Save these changes?').getByRole('button', { name: 'Save' }).click();
  const beside = page.getByRole('alertdialog', {
    name: 'Somebody else has changed these settings meanwhile',
  });
  await beside.getByRole('row', { name: /Automatic redemption, inbound/ }).waitFor();
  await beside.getByRole('row', { name: /Trust settings/ }).waitFor();
  await picture(page, 'conflict');
  assert.deepEqual(await faults(page), []);
  await beside.getByRole('button', { name: 'Keep mine and review again' }).click();
  await dialog('Save these changes?').getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.', { exact: true }).waitFor();
  const stored = await entry(FABRIKAM);
  assert.equal(stored.inboundTrust.isHybridAzureADJoinedDeviceAccepted, true);
  assert.equal(stored.automaticUserConsentSettings.inboundAllowed, false);
  await graph('Contoso', 'PATCH', `${POLICY}/partners/${FABRIKAM}`, {
    inboundTrust: before,
    automaticUserConsentSettings: { inboundAllowed: true },
  });
});

test('clouds are enabled one by one', async () => {
  await go('/clouds', 'Cross-tenant access settings');
  const china = box(/21Vianet/);
  assert.equal(await china.isChecked(), true);
  await china.click();
  assert.deepEqual(await faults(page), []);
  await save();
  assert.deepEqual((await graph('Contoso', 'GET', POLICY)).allowedCloudEndpoints, ['microsoftonline.us']);
  await china.click();
  await save();
});

test('whoever may only read sees everything, and why nothing can be changed', async () => {
  const other = await open();
  await signIn(other.page, 'leon@contoso.com', `${SETTINGS}/organizations/${FABRIKAM}/inbound`);
  await other.page.getByText('Your roles do not let you do this.').first().waitFor();
  assert.equal(await other.page.getByRole('radio', { name: 'Block access' }).isDisabled(), true);
  assert.equal(await other.page.getByRole('button', { name: 'Save', exact: true }).count(), 0);
  await other.page.goto(`${HERE}${SETTINGS}/organizations`);
  const add = other.page.getByRole('button', { name: 'Add organization' });
  await add.waitFor();
  assert.equal(await add.getAttribute('aria-disabled'), 'true');
  assert.deepEqual(await faults(other.page), []);
  await other.browser.close();
});

test('nothing was stopped by the policy of the page, and nobody else was asked anything', () => {
  assert.deepEqual(complaints, []);
  assert.deepEqual(strangers, []);
});
