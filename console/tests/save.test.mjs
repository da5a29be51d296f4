// Carol closes Contoso's outbound default for everybody but one group: she sees whom that would hit,
// keeps some of them, saves, and finds the change in the audit log. Then she takes it back.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { faults, open, picture, signIn } from './browser.mjs';
import { graph, HERE } from './world.mjs';

const POLICY = 'v1.0/policies/crossTenantAccessPolicy';
const REASON = 'CHG-4711: everybody but sales stays at home';

let browser, page, complaints, strangers, original, draft, kept;
before(async () => {
  ({ browser, page, complaints, strangers } = await open());
  original = await graph('Contoso', 'GET', `${POLICY}/default`);
  await signIn(page, 'carol@contoso.com', '/console/cross-tenant-access/default/outbound?tab=collaboration');
});
after(async () => {
  const { b2bCollaborationOutbound } = original;
  await graph('Contoso', 'PATCH', `${POLICY}/default`, { b2bCollaborationOutbound });
  if (kept) {
    const { tenantId, ...block } = kept;
    await graph('Contoso', 'PATCH', `${POLICY}/partners/${tenantId}`, block);
  }
  await browser.close();
});

const dialog = () => page.getByRole('dialog', { name: 'Save these changes?' });
const part = (name) => dialog().getByRole('region', { name });
const button = (name) => page.getByRole('button', { name, exact: true });

/** The figures of the dialog: how many sign-ins, by what would become of them. */
async function figures() {
  const told = part(/Who is hit/);
  await told.getByText(/The log speaks about/).waitFor();
  await told.getByText(/Older ones are still being read/).waitFor({ state: 'detached' });
  const items = await told
    .getByRole('list', { name: 'Sign-ins by what would become of them' })
    .getByRole('listitem')
    .allInnerTexts();
  return Object.fromEntries(
    items.map((text) => {
      const [, count, words] = text.match(/^([\d,]+)\s*([\s\S]+)$/);
      return [words.trim(), Number(count.replaceAll(',', ''))];
    }),
  );
}

const WORDS = {
  closes: ['will be refused', 'may be refused'],
  stepsUp: ['will be asked for more', 'may be asked for more'],
  opens: ['will pass', 'may pass'],
  eases: ['will be asked for less', 'may be asked for less'],
};

/** The same from `POST /comity/v1/preview`, which is what `comity preview --json` prints. */
async function previewed(requests) {
  const { certain, conditional } = await graph('Contoso', 'POST', 'comity/v1/preview', {
    requests,
    days: 30,
  });
  const all = Object.entries(WORDS).flatMap(([impact, [will, may]]) => [
    [will, certain[impact]],
    [may, conditional[impact]],
  ]);
  return Object.fromEntries(all.filter(([, count]) => count > 0));
}

test('she lets one group go out, and nobody else', async () => {
  await page.getByRole('heading', { level: 1, name: 'Outbound access settings: Default' }).waitFor();
  await page.getByRole('radio', { name: 'Allow access' }).click();
  await page.getByRole('radio', { name: /Select Contoso users and groups/ }).click();
  await button('Remove Contractors').click();
  await button('Add Contoso users and groups').click();
  const pane = page.getByRole('dialog', { name: 'Add Contoso users and groups' });
  await pane.getByRole('searchbox').fill('Sales');
  await pane
    .getByRole('checkbox', { name: /^Sales/ })
    .first()
    .click();
  await pane.getByRole('button', { name: 'Select' }).click();
  await page.getByRole('tab', { name: 'External applications' }).click();
  await page.getByRole('radio', { name: 'Allow access' }).click();
  await page.getByRole('radio', { name: 'All external applications' }).click();
  await button('Save').click();
  const { value } = await graph('Contoso', 'GET', "v1.0/groups?$filter=displayName eq 'Sales'");
  const half = (target, targetType) => ({ accessType: 'allowed', targets: [{ target, targetType }] });
  const b2bCollaborationOutbound = {
    usersAndGroups: half(value[0].id, 'group'),
    applications: half('AllApplications', 'application'),
  };
  const url = '/policies/crossTenantAccessPolicy/default';
  draft = [{ method: 'PATCH', url, body: { b2bCollaborationOutbound } }];
  await dialog().waitFor();
});

test('the dialog says what closes, by the names that the console knows', async () => {
  const told = part('What opens and closes');
  await told.getByRole('list', { name: 'What opens and closes' }).waitFor();
  const said = await told.innerText();
  assert.match(said, /Closes/);
  assert.match(said, /Sales/);
  await dialog()
    .getByText(/This closes a default/)
    .waitFor();
});

test('the counts of the dialog are those of the preview', async () => {
  const shown = await figures();
  assert.deepEqual(shown, await previewed(draft));
  assert.ok(shown['will be refused'] > 0, JSON.stringify(shown));
  await part('Warnings').getByText(/.+/).first().waitFor();
  assert.deepEqual(await faults(page), []);
  await picture(page, 'save-dialog');
});

test('what is new in the findings is warned of', async () => {
  const { findings } = await graph('Contoso', 'POST', 'comity/v1/lint', { requests: draft });
  const added = findings.filter(({ isNew }) => isNew);
  for (const { reason } of added) {
    const begin = reason.slice(0, 30);
    assert.ok((await part('Warnings').innerText()).includes(begin), reason);
  }
  if (added.length === 0) await part('Warnings').getByText('Nothing new to warn about.').waitFor();
});

test('those who would be hit are kept with one click, and it is asked again', async () => {
  const before = await figures();
  const { groups } = await graph('Contoso', 'POST', 'comity/v1/preview', { requests: draft });
  const { tenantId, section, value } = groups.find(({ keep }) => keep).keep;
  const entry = await graph('Contoso', 'GET', `${POLICY}/partners/${tenantId}`);
  kept = { tenantId, [section]: entry[section] };
  await part(/Who is hit/)
    .getByRole('button', { name: /^Keep them/ })
    .first()
    .click();
  const url = `/policies/crossTenantAccessPolicy/partners/${tenantId}`;
  const requests = [{ method: 'PATCH', url, body: { [section]: value } }, ...draft];
  await dialog().getByRole('button', { name: 'Do not keep them' }).waitFor();
  // It is worked out anew; until then there are no figures.
  const now = await figures();
  assert.deepEqual(now, await previewed(requests));
  assert.ok((now['will be refused'] ?? 0) < before['will be refused']);
});

test('she saves, with her reason', async () => {
  await dialog().getByLabel('Reason').fill(REASON);
  await dialog().getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved.', { exact: true }).waitFor();
  const now = await graph('Contoso', 'GET', `${POLICY}/default`);
  assert.equal(now.b2bCollaborationOutbound.usersAndGroups.accessType, 'allowed');
  assert.equal(now.b2bCollaborationOutbound.usersAndGroups.targets.length, 1);
});

test('she finds the change in the audit log, old and new side by side', async () => {
  await page.getByRole('link', { name: 'Audit', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Audit log' }).waitFor();
  await page.getByRole('combobox', { name: 'What is shown' }).click();
  await page.getByRole('option', { name: 'Cross-tenant access changes' }).click();
  assert.match(page.url(), /preset=access/);
  const row = page.getByRole('row', { name: /company default.*carol@contoso.com/ }).first();
  await row.waitFor();
  assert.deepEqual(await faults(page), []);
  await row.getByRole('button', { name: /^Details/ }).click();
  const pane = page.getByRole('dialog');
  const values = pane.getByRole('table', { name: 'Changed properties' });
  await values.getByRole('columnheader', { name: 'Before' }).waitFor();
  assert.match(await values.innerText(), /b2bCollaborationOutbound/);
  await picture(page, 'audit-entry');
  assert.deepEqual(await faults(page), []);
  // Whoever gets the address sees the same entry.
  const address = page.url();
  await page.goto('about:blank');
  await page.goto(address);
  await values.waitFor();
});

test('her reason stands in the entry', async () => {
  await page.getByRole('dialog').getByText(REASON).first().waitFor();
});

test('the history shows it, and she takes it back after seeing what that does', async () => {
  await page.goto(`${HERE}/console/history?part=default`);
  await page.getByRole('heading', { level: 1, name: /History/ }).waitFor();
  const rows = page.getByRole('table', { name: 'Revisions' }).getByRole('row');
  assert.match(await rows.nth(1).innerText(), /carol@contoso.com/);
  await rows
    .nth(1)
    .getByRole('button', { name: /^What it changed/ })
    .click();
  await page
    .getByRole('table', { name: /From revision/ })
    .getByText('b2bCollaborationOutbound')
    .waitFor();
  assert.deepEqual(await faults(page), []);
  await picture(page, 'history');
  await page.getByRole('button', { name: 'Close the comparison' }).click();
  await rows
    .nth(2)
    .getByRole('button', { name: /^Compare with now/ })
    .click();
  await page.getByRole('button', { name: 'Make so again: Default settings' }).click();
  const asked = page.getByRole('dialog', { name: 'Make the settings so again?' });
  await asked.getByRole('region', { name: 'What opens and closes' }).getByText('Opens').first().waitFor();
  assert.deepEqual(await faults(page), []);
  await asked.getByRole('button', { name: 'Restore' }).click();
  await page.getByText('Restored.', { exact: true }).waitFor();
  const now = await graph('Contoso', 'GET', `${POLICY}/default`);
  assert.deepEqual(now.b2bCollaborationOutbound, original.b2bCollaborationOutbound);
});

test('nothing was stopped by the policy of the page, and nobody else was asked anything', () => {
  assert.deepEqual(complaints, []);
  assert.deepEqual(strangers, []);
});
