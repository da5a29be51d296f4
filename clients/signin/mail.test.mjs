// Otto belongs to no organization. A real mail server takes the messages; he does what they say.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';

import { SMTPServer } from 'smtp-server';

import { code, faults, heading, open } from './browser.mjs';
import { HERE, graph, tenant } from './world.mjs';

const CONTOSO = tenant('Contoso').tenantId;
const { COMITY_MAIL_PORT, COMITY_MAIL_KEY, COMITY_MAIL_CERTIFICATE, COMITY_MAIL_PASSWORD } = process.env;
const OTTO = 'otto@post.example';
const PIA = 'pia@post.example';
const NILS = 'nils@post.example';

// What arrived, and who waits for more.
const arrived = [];
let waiting = [];
const server = new SMTPServer({
  key: readFileSync(COMITY_MAIL_KEY),
  cert: readFileSync(COMITY_MAIL_CERTIFICATE),
  onAuth({ username, password }, session, done) {
    const right = session.secure && username === 'comity' && password === COMITY_MAIL_PASSWORD;
    done(right ? null : new Error('535 wrong'), { user: username });
  },
  onRcptTo({ address }, session, done) {
    done(address.startsWith('unknown@') ? new Error('550 no such mailbox') : null);
  },
  onData(stream, session, done) {
    let text = '';
    stream.setEncoding('utf8');
    stream.on('data', (part) => { text += part; });
    stream.on('end', () => {
      arrived.push({ to: session.envelope.rcptTo.map(({ address }) => address), text, secure: session.secure });
      waiting.forEach((wake) => wake());
      waiting = [];
      done();
    });
  },
});
server.on('error', () => {});
after(() => new Promise((closed) => { server.close(closed); }));


/** The next message of that kind, once. */
async function letter(is) {
  for (;;) {
    const found = arrived.findIndex(is);
    if (found >= 0) return arrived.splice(found, 1)[0];
    await new Promise((wake) => { waiting.push(wake); });
  }
}
const passcode = (of) => ({ to, text }) => to[0] === of && /your code/.test(text);
const body = ({ text }) => {
  const said = text.split('\r\n\r\n').slice(1).join('\r\n\r\n');
  if (!/^Content-Transfer-Encoding: quoted-printable/m.test(text)) return said;
  return said.replaceAll('=\r\n', '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
};

const invite = (address, more) => graph('Contoso', 'POST', 'v1.0/invitations', {
  invitedUserEmailAddress: address, inviteRedirectUrl: HERE, sendInvitationMessage: true, ...more,
});

/** Opens the application, and types the address. */
async function come(page, address) {
  await page.goto(`${HERE}/demo/crm`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('E-mail address or user name').fill(address);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Verify it is you' }).waitFor();
}

test('while no mail server answers, invitations stand and the page says to try later, to everybody', async () => {
  const invited = await invite(PIA);
  assert.equal(invited['@comity.message'], 'later');
  assert.equal(invited.status, 'PendingAcceptance');
  for (const address of [PIA, NILS]) {
    const { browser, page } = await open();
    await come(page, address);
    await page.getByText('Messages cannot be sent at the moment').waitFor();
    assert.deepEqual(await faults(page), []);
    await browser.close();
  }
});

test('an invitation arrives, encrypted, with a link that leads to its acceptance, without any script', async () => {
  await new Promise((listening) => { server.listen(COMITY_MAIL_PORT, '127.0.0.1', listening); });
  const invited = await invite(OTTO, {
    invitedUserMessageInfo: {
      customizedMessageBody: 'Welcome!\r\nSee you on Monday.',
      ccRecipients: [{ emailAddress: { name: 'Anna', address: 'anna@contoso.com' } }],
    },
  });
  const first = await letter(({ to }) => to.includes(OTTO));
  assert.deepEqual(first.to, [OTTO, 'anna@contoso.com']);
  assert.ok(first.secure);
  assert.match(first.text, /^Subject: Contoso invites you/m);
  assert.match(body(first), /> Welcome!\r\n> See you on Monday\./);
  const link = body(first).match(/https:\/\/\S+redeem\S+/)[0];
  assert.equal(link, invited.inviteRedeemUrl);

  const { browser, page } = await open({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
  await page.goto(link);
  assert.equal(await heading(page), 'Sign in');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('heading', { name: 'Verify it is you' }).waitFor();
  const sent = await letter(passcode(OTTO));
  assert.deepEqual(sent.to, [OTTO]);
  const digits = body(sent).match(/^\d{8}$/m)[0];
  await page.getByLabel('Code from the message').fill(digits);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Become a guest' }).waitFor();
  await page.getByRole('button', { name: 'Accept' }).click();
  await page.getByRole('heading', { name: 'The invitation is accepted' }).waitFor();
  await browser.close();
  const user = await graph('Contoso', 'GET', `v1.0/users/${invited.invitedUser.id}?$select=externalUserState`);
  assert.equal(user.externalUserState, 'Accepted');
});

test('he comes to the application with a code, and does the second step with Contoso', async () => {
  const { browser, page } = await open();
  await come(page, OTTO);
  const sent = await letter(passcode(OTTO));
  const digits = body(sent).match(/^\d{8}$/m)[0];
  const wrong = digits === '00000000' ? '11111111' : '00000000';
  await page.getByLabel('Code from the message').fill(wrong);
  await page.keyboard.press('Enter');
  await page.getByText('This code is wrong').waitFor();
  assert.deepEqual(await faults(page), []);
  await page.getByLabel('Code from the message').fill(digits);
  await page.keyboard.press('Enter');
  await page.getByText('with the organization you are visiting, Contoso').waitFor();
  await page.getByLabel('Code from your authenticator app').fill(code(await page.locator('.key').innerText()));
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/demo\/crm$/);
  const claims = await page.locator('table').innerText();
  assert.match(claims, new RegExp(`tid\\s+${CONTOSO}`));
  assert.match(claims, /idp\s+"?mail/);
  const filter = encodeURIComponent(`userPrincipalName eq '${OTTO}'`);
  const { value } = await graph('Contoso', 'GET', `beta/auditLogs/signIns?$filter=${filter}&$top=20`);
  const numbers = value.map((row) => row.status.errorCode);
  assert.ok(numbers.includes(0) && numbers.includes(50126), numbers.join());
  await browser.close();
});

test('a mailbox that is not there is no trouble for anybody else', async () => {
  const refused = await invite('unknown@post.example');
  assert.equal(refused['@comity.message'], 'notSent');
  const invited = await invite(NILS);
  assert.equal(invited['@comity.message'], 'sent');
});

test('what did not leave is sent by itself when the mail server is there', async () => {
  const late = await letter(({ to }) => to[0] === PIA);
  assert.match(late.text, /^Subject: Contoso: your code|^Subject: Contoso invites you/m);
});
