// What the console tells about the past and about what would be: overview, activity, logs, what-if.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { faults, open, picture, signIn } from './browser.mjs';
import { graph, HERE, tenant } from './world.mjs';

const FABRIKAM = tenant('Fabrikam').tenantId;

let browser, page, complaints, strangers;
before(async () => {
  ({ browser, page, complaints, strangers } = await open());
  await signIn(page, 'carol@contoso.com', '/console/');
});
after(() => browser.close());

const go = async (path, heading) => {
  await page.goto(`${HERE}/console${path}`);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
};
const table = (name) => page.getByRole('table', { name, exact: true });

/** The cells of a table, row by row, as they read. */
const cells = (of) =>
  of.evaluate((element) =>
    [...element.querySelectorAll('[role=row], tr')].map((row) =>
      [...row.children].map((cell) => cell.innerText.replace(/\s+/g, ' ').trim()),
    ),
  );

/** A file of separated values, taken apart. */
function lines(text) {
  const rows = [[]];
  for (const [, end, quoted, plain] of text.matchAll(/(^|,|\r\n)(?:"((?:[^"]|"")*)"|([^,\r\n]*))/g)) {
    if (end === '\r\n') rows.push([]);
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
  }
  return rows.filter((row) => row.length > 1 || row[0] !== '');
}

test('the overview says how things stand and leads on', async () => {
  await go('/', 'Overview');
  const { findings } = await graph('Contoso', 'POST', 'comity/v1/lint', {});
  const warnings = findings.filter(({ severity }) => severity === 'warning').length;
  await page.getByText(new RegExp(`\\b${warnings} warnings?,`)).waitFor();
  await page.getByRole('img', { name: /Sign-ins across organizations/ }).waitFor();
  await picture(page, 'overview');
  assert.deepEqual(await faults(page), []);
  await page.getByRole('region', { name: 'What to do next' }).getByRole('link', { name: 'Activity' }).click();
  await page.getByRole('heading', { level: 1, name: 'Cross-tenant access activity' }).waitFor();
});

test('activity counts what the server counts, and its filters stand in the address', async () => {
  await go('/activity', 'Cross-tenant access activity');
  const told = await graph('Contoso', 'GET', 'comity/v1/activity');
  const organizations = table('Organizations');
  await organizations.waitFor();
  assert.equal((await cells(organizations)).length, told.tenants.length + 1);
  await picture(page, 'activity');
  assert.deepEqual(await faults(page), []);
  await page.getByRole('combobox', { name: 'Direction' }).click();
  await page.getByRole('option', { name: 'Outbound' }).click();
  await page.waitForURL(/direction=outbound/);
  const outbound = await graph('Contoso', 'GET', 'comity/v1/activity?direction=outbound');
  await page.getByText(outbound.total.outbound.toLocaleString('en'), { exact: true }).first().waitFor();
  await page.reload();
  await page.getByText(outbound.total.outbound.toLocaleString('en'), { exact: true }).first().waitFor();
});

test('a file of a table has what the table has', async () => {
  await go('/activity?table=tenants&sort=failed&desc=true', 'Cross-tenant access activity');
  await table('Organizations').waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download as CSV' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'tenants.csv');
  const written = lines(readFileSync(await download.path(), 'utf8'));
  const shown = (await cells(table('Organizations'))).map((row) => row.slice(0, -1));
  // What is shown has commas in its numbers, and what is written has none.
  const plain = (row) =>
    row.map((cell) => (/^[\d,]+$/.test(cell) ? cell.replaceAll(',', '') : cell.replace(/\s/g, '')));
  assert.deepEqual(written.map(plain), shown.map(plain));
});

test('a line leads to its sign-ins, as many as were counted', async () => {
  await go('/activity?days=7&table=outcomes', 'Cross-tenant access activity');
  const { outcomes } = await graph('Contoso', 'GET', 'comity/v1/activity?days=7');
  const few = outcomes.filter(({ errorCode, signIns }) => errorCode !== 0 && signIns < 200)[0];
  const row = table('Outcomes').getByRole('row', {
    name: new RegExp(`^${few.errorCode.toLocaleString('en')}\\b`),
  });
  await row.getByRole('link', { name: /^Show/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Sign-in log' }).waitFor();
  await page.getByText(new RegExp(`^${few.signIns} entr`)).waitFor();
  await table('Sign-ins')
    .getByRole('button', { name: /^Details/ })
    .first()
    .click();
  await page.getByRole('dialog').getByText(String(few.errorCode)).first().waitFor();
  await picture(page, 'sign-in-details');
  assert.deepEqual(await faults(page), []);
  await page.keyboard.press('Escape');
});

test('open but unused, and refused most', async () => {
  await go('/activity?table=unused', 'Cross-tenant access activity');
  const { unusedPartners, tenants } = await graph('Contoso', 'GET', 'comity/v1/activity');
  if (unusedPartners.length > 0) await table('Open, but unused').waitFor();
  await page.getByRole('tab', { name: 'Refused most' }).click();
  const most = [...tenants].sort((one, other) => other.failed - one.failed)[0];
  await table('Refused most').waitFor();
  assert.match((await cells(table('Refused most')))[1][0], new RegExp(most.displayName));
});

test('a decision is tried from the keyboard, and its address asks the same again', async () => {
  await go('/try', 'Try a decision');
  const pick = async (label, text) => {
    await page.getByRole('combobox', { name: label }).click();
    await page.keyboard.type(text);
    await page
      .getByRole('option', { name: new RegExp(text) })
      .first()
      .waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
  };
  await page.getByRole('radio', { name: 'Out of Contoso' }).check();
  await pick('The other organization', 'Fabrikam');
  await pick('Person', 'Alice');
  await page
    .getByRole('combobox', { name: 'Application', exact: true })
    .fill('aa000000-0000-4000-8000-000000000012');
  await page.keyboard.press('Tab');
  const trail = page.getByRole('list', { name: 'Way of the sign-in' });
  await trail.waitFor();
  assert.match(page.url(), new RegExp(`tenant=${FABRIKAM}`));
  assert.match(await trail.innerText(), /Home: Contoso/);
  assert.match(await trail.innerText(), /Resource: Fabrikam/);
  await picture(page, 'try');
  assert.deepEqual(await faults(page), []);
  const said = await trail.innerText();
  await page.reload();
  await trail.waitFor();
  assert.equal(await trail.innerText(), said);
});

test('what decides is marked, says what would change it, and leads to its control', async () => {
  const guests = await graph('Contoso', 'GET', "v1.0/users?$filter=userType eq 'Guest'&$top=50");
  const fred = guests.value.find(({ userPrincipalName }) => /^fred_/.test(userPrincipalName));
  const crm = 'aa000000-0000-4000-8000-000000000001';
  const nothing = { accessType: 'blocked' };
  const shut = {
    usersAndGroups: { ...nothing, targets: [{ target: 'AllUsers', targetType: 'user' }] },
    applications: { ...nothing, targets: [{ target: 'AllApplications', targetType: 'application' }] },
  };
  const draft = [
    {
      method: 'PATCH',
      url: `/policies/crossTenantAccessPolicy/partners/${FABRIKAM}`,
      body: { b2bCollaborationInbound: shut },
    },
  ];
  const search = new URLSearchParams({
    tenant: FABRIKAM,
    person: fred.id,
    app: crm,
    draft: JSON.stringify(draft),
  });
  await go(`/try?${search}`, 'Try a decision');
  await page.getByText('Does not get in').waitFor();
  await page.getByText('What would change that').waitFor();
  await page.getByText('This decides').waitFor();
  await picture(page, 'try-blocked');
  assert.deepEqual(await faults(page), []);
  await page.getByRole('button', { name: 'Leave the changes out' }).click();
  await page.getByText('Does not get in').waitFor({ state: 'detached' });
  await go(`/try?${search}`, 'Try a decision');
  await page.getByRole('link', { name: /Open this setting\s*: B2B collaboration, inbound/ }).click();
  await page.waitForURL(new RegExp(`/cross-tenant-access/organizations/${FABRIKAM}/inbound`));
});

test('pasted garbage in an address is no white page', async () => {
  const garbage = encodeURIComponent('"><script>alert(1)</script>');
  for (const [path, heading] of [
    [`/activity?tenant=${garbage}&days=x&table=${garbage}`, 'Cross-tenant access activity'],
    [`/logs/sign-ins?row=${garbage}&q=${garbage}`, 'Sign-in log'],
    [`/logs/audit?category=${garbage}`, 'Audit log'],
    [`/history?part=${garbage}&from=${garbage}`, 'History of the settings'],
    [`/try?tenant=${garbage}&person=${garbage}&app=${garbage}&at=${garbage}`, 'Try a decision'],
  ]) {
    await page.goto(`${HERE}/console${path}`);
    await page.getByRole('heading', { level: 1, name: heading, includeHidden: true }).waitFor();
  }
});

test('axe finds nothing in the dark, and nothing with forced colours', async () => {
  for (const media of [{ colorScheme: 'dark' }, { forcedColors: 'active' }]) {
    await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none', ...media });
    for (const [path, heading] of [
      ['/', 'Overview'],
      ['/activity', 'Cross-tenant access activity'],
      ['/logs/sign-ins', 'Sign-in log'],
      ['/logs/audit', 'Audit log'],
      ['/history', 'History of the settings'],
      [`/try?dir=outbound&tenant=${FABRIKAM}`, 'Try a decision'],
    ]) {
      await go(path, heading);
      await page.waitForLoadState('networkidle');
      // With forced colours it is the person who has chosen the contrast.
      const found = (await faults(page)).filter(
        (fault) => !media.forcedColors || !fault.startsWith('color-contrast'),
      );
      assert.deepEqual(found, [], `${path} ${JSON.stringify(media)}`);
      await picture(page, `${media.colorScheme ?? 'forced'}-${path.replaceAll(/\W+/g, '-')}`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
});

test('nothing was stopped by the policy of the page, and nobody else was asked anything', () => {
  assert.deepEqual(complaints, []);
  assert.deepEqual(strangers, []);
});
