// Fred of Fabrikam visits Contoso, in a browser, while settings on both sides are changed.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { code, faults, heading, open, signIn } from './browser.mjs';
import { HERE, graph, tenant } from './world.mjs';

const CONTOSO = tenant('Contoso').tenantId;
const FABRIKAM = tenant('Fabrikam').tenantId;
const POLICY = 'v1.0/policies/crossTenantAccessPolicy/partners';
const everybody = { accessType: 'allowed', targets: [{ target: 'AllUsers', targetType: 'user' }] };
const everything = { accessType: 'allowed', targets: [{ target: 'AllApplications', targetType: 'application' }] };
const OPEN = { usersAndGroups: everybody, applications: everything };
const SHUT = {
  usersAndGroups: { ...everybody, accessType: 'blocked' },
  applications: { ...everything, accessType: 'blocked' },
};

const contoso = (changes) => graph('Contoso', 'PATCH', `${POLICY}/${FABRIKAM}`, changes);
const fabrikam = (changes) => graph('Fabrikam', 'PATCH', `${POLICY}/${CONTOSO}`, changes);

let browser, page, key;
before(async () => { ({ browser, page } = await open()); });
after(() => browser.close());

const crm = async () => {
  await page.goto(`${HERE}/demo/crm`);
  await page.getByRole('button', { name: 'Sign in' }).click();
};
const arrived = async () => {
  await page.waitForURL(/\/demo\/crm$/);
  await page.getByText('Signed in: Fred').waitFor();
};
const step = async () => {
  await page.getByLabel('Code from your authenticator app').fill(code(key));
  await page.keyboard.press('Enter');
};

async function rows(of, filter) {
  const query = `$filter=${encodeURIComponent(filter)}&$top=5`;
  return (await graph(of, 'GET', `beta/auditLogs/signIns?${query}`)).value;
}

test('he is asked who he is, proves it at home, sets up a second step there, and is in', async () => {
  await crm();
  assert.equal(await heading(page), 'Sign in');
  assert.deepEqual(await faults(page), []);
  await signIn(page, 'fred@fabrikam.com');
  await page.getByRole('heading', { name: 'Set up an authenticator app' }).waitFor();
  assert.deepEqual(await faults(page), []);
  key = await page.locator('.key').innerText();
  await step();
  await arrived();
  const claims = await page.locator('table').innerText();
  assert.match(claims, new RegExp(`tid\\s+${CONTOSO}`));
  assert.match(claims, /amr\s+\["pwd","otp","mfa"\]/);
});

test('both organizations have it in their logs', async () => {
  const [here] = await rows('Contoso', `crossTenantAccessType eq 'b2bCollaboration' and homeTenantId eq '${FABRIKAM}'`);
  const [there] = await rows('Fabrikam', `correlationId eq '${here.correlationId}'`);
  assert.equal(here.status.errorCode, 0);
  assert.equal(there.status.errorCode, 0);
  assert.equal(there.resourceTenantId, CONTOSO);
});

test('Contoso shuts Fabrikam out, and the page says so', async () => {
  await contoso({ b2bCollaborationInbound: SHUT });
  await page.getByRole('button', { name: 'Refresh the token' }).click();
  await page.getByText('Refused: AADSTS500213').waitFor();
  await crm();
  await page.getByRole('heading', { name: 'You cannot get in here' }).waitFor();
  const text = await page.locator('main').innerText();
  assert.match(text, /inbound settings of the organization you want to visit refuse this: Contoso/);
  assert.match(text, /AADSTS500213/);
  assert.deepEqual(await faults(page), []);
  const correlation = text.match(/Correlation id\s+(\S+)/)[1];
  for (const of of ['Contoso', 'Fabrikam']) {
    const [row] = await rows(of, `correlationId eq '${correlation}'`);
    assert.equal(row.status.errorCode, 500213, of);
  }
  await page.getByRole('button', { name: 'Back to the application' }).click();
  await page.getByText('Refused: AADSTS500213').waitFor();
  await contoso({ b2bCollaborationInbound: OPEN });
});

test('Fabrikam keeps its people in, and the page says so', async () => {
  await fabrikam({ b2bCollaborationOutbound: SHUT });
  await crm();
  await page.getByText('outbound settings of your own organization refuse this: Fabrikam').waitFor();
  assert.match(await page.locator('main').innerText(), /AADSTS500212/);
  await fabrikam({ b2bCollaborationOutbound: OPEN });
  await crm();
  await arrived();
});

test('without trust the second step is asked for again, by Contoso', async () => {
  await contoso({ inboundTrust: { isMfaAccepted: false } });
  await crm();
  await page.getByText('with the organization you are visiting, Contoso').waitFor();
  await contoso({ inboundTrust: { isMfaAccepted: true } });
  await crm();
  await arrived();
});

test('an invited person sees the consent page unless both sides have agreed to skip it', async () => {
  const name = 'otto@fabrikam.com';
  const invite = () => graph('Contoso', 'POST', 'v1.0/invitations', {
    invitedUserEmailAddress: name, inviteRedirectUrl: HERE, resetRedemption: false,
  });
  const forget = async (id) => graph('Contoso', 'DELETE', `v1.0/users/${id}`);
  for (const [inbound, outbound, shown] of
    [[true, false, true], [false, true, true], [false, false, true], [true, true, false]]) {
    await contoso({ automaticUserConsentSettings: { inboundAllowed: inbound } });
    await fabrikam({ automaticUserConsentSettings: { outboundAllowed: outbound } });
    const guest = await invite();
    assert.equal(guest.status === 'PendingAcceptance', shown);
    const other = await open();
    await other.page.goto(`${HERE}/demo/crm`);
    await other.page.getByRole('button', { name: 'Sign in' }).click();
    await signIn(other.page, name);
    await other.page.getByRole('heading', { level: 1 }).waitFor();
    await other.page.waitForLoadState();
    const title = await heading(other.page);
    assert.equal(title === 'Become a guest', shown, `${inbound} ${outbound}: ${title}`);
    if (shown) assert.deepEqual(await faults(other.page), []);
    await other.browser.close();
    await forget(guest.invitedUser.id);
  }
});

test('the pages need no script and fit a small screen', async () => {
  const other = await open({ javaScriptEnabled: false, viewport: { width: 320, height: 640 }, colorScheme: 'dark' });
  const query = new URLSearchParams({
    client_id: 'aa000000-0000-4000-8000-000000000001', redirect_uri: `${HERE}/demo/crm`, response_type: 'code',
    scope: 'openid', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256',
  });
  await other.page.goto(`${HERE}/${CONTOSO}/oauth2/v2.0/authorize?${query}`);
  await signIn(other.page, 'alice@contoso.com');
  await other.page.waitForURL(/code=/);
  await other.browser.close();
});
