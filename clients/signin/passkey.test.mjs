// Felix of Contoso sets up a passkey and signs in with it, in a browser whose keys are on no device.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { code, faults, open, signIn } from './browser.mjs';
import { HERE, graph, tenant } from './world.mjs';

const CONTOSO = tenant('Contoso').tenantId;
const NAME = 'felix@contoso.com';
const PAGE = `${HERE}/${CONTOSO}/securityinfo`;

let browser, page, session, authenticator;
before(async () => {
  ({ browser, page } = await open());
  session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  ({ authenticatorId: authenticator } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true,
    },
  }));
});
after(() => browser.close());

const keys = async () => (await session.send('WebAuthn.getCredentials', { authenticatorId: authenticator })).credentials;
const signOut = () => page.context().clearCookies();
const title = (name) => page.getByRole('heading', { level: 1, name }).waitFor();
const press = (name) => page.getByRole('button', { name }).click();
const address = async () => {
  await page.getByLabel('E-mail address or user name').fill(NAME);
  await page.keyboard.press('Enter');
};

test('a passkey is made on the page that shows how one signs in', async () => {
  await page.goto(PAGE);
  await signIn(page, NAME);
  await title('How you sign in');
  assert.match(await page.locator('main').innerText(), /Nothing but your password/);
  assert.deepEqual(await faults(page), []);
  await press('Add a passkey');
  await page.getByText(/^Passkey of \d{4}-\d\d-\d\d$/).waitFor();
  assert.equal((await keys()).length, 1);
  assert.deepEqual(await faults(page), []);
  const { value } = await graph('Contoso', 'GET',
    `v1.0/auditLogs/directoryAudits?$filter=${encodeURIComponent("activityDisplayName eq 'User registered security info'")}`);
  assert.equal(value[0].initiatedBy.user.userPrincipalName, NAME);
});

test('with it one signs in, without a password and with both factors', async () => {
  await signOut();
  await page.goto(`${HERE}/demo/crm`);
  await press('Sign in');
  await address();
  await title('Enter your password');
  assert.deepEqual(await faults(page), []);
  await press('Sign in with a passkey');
  await page.getByText('Signed in:').waitFor();
  assert.match(await page.locator('table').innerText(), /amr\s+\["fido","mfa"\]/);
});

test('who has one has to show it before anything is changed', async () => {
  await signOut();
  await page.goto(PAGE);
  await signIn(page, NAME);
  await title('Verify it is you');
  assert.deepEqual(await faults(page), []);
  await press('Sign in with a passkey');
  await title('How you sign in');
});

test('a key that has been copied is found out by what it counts', async () => {
  const [key] = await keys();
  await session.send('WebAuthn.removeCredential', { authenticatorId: authenticator, credentialId: key.credentialId });
  await session.send('WebAuthn.addCredential', { authenticatorId: authenticator, credential: { ...key, signCount: 0 } });
  await signOut();
  await page.goto(PAGE);
  await address();
  await title('Enter your password');
  await press('Sign in with a passkey');
  await page.getByText('This passkey does not belong to an account of this organization').waitFor();
  await session.send('WebAuthn.removeCredential', { authenticatorId: authenticator, credentialId: key.credentialId });
  await session.send('WebAuthn.addCredential', { authenticatorId: authenticator, credential: { ...key, signCount: key.signCount + 10 } });
  await press('Sign in with a passkey');
  await title('How you sign in');
});

test('an authenticator app can be set up beside it, and each taken away again', async () => {
  await press('Add an authenticator app');
  await title('Set up an authenticator app');
  await page.getByLabel('Code from your authenticator app').fill(code(await page.locator('.key').innerText()));
  await page.keyboard.press('Enter');
  await title('How you sign in');
  await press(/^Remove Passkey of/);
  await page.getByText(/^Passkey of/).waitFor({ state: 'detached' });
  await page.getByText('Authenticator app', { exact: true }).waitFor();
});

test('a key that was taken away proves nothing any more, and the page says so', async () => {
  await signOut();
  await page.goto(PAGE);
  await address();
  await title('Enter your password');
  await press('Sign in with a passkey');
  await page.getByText('This passkey does not belong to an account of this organization').waitFor();
});

test('who gives up asking the browser is told, and can go another way', async () => {
  await session.send('WebAuthn.setUserVerified', { authenticatorId: authenticator, isUserVerified: false });
  await signOut();
  await page.goto(PAGE);
  await address();
  await title('Enter your password');
  await press('Sign in with a passkey');
  await page.getByText('No passkey was used').waitFor();
  await page.getByLabel('Password').waitFor();
});

test('people of other organizations have no business there', async () => {
  await signOut();
  await page.goto(PAGE);
  await signIn(page, 'fred@fabrikam.com');
  await page.getByText('This page is for people of this organization').waitFor();
});
