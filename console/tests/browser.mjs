// Debian's Chromium, and what a person does in it: by role and name only, as they find things too.

import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { chromium } from 'playwright-core';

import { HERE, password } from './world.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A browser that nobody has used before. Whatever its console says is wrong, or the policy of the
 * page has stopped, is in `complaints`; and where it asked anybody but the server, in `strangers`.
 */
export async function open(options = {}) {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
  const context = await browser.newContext({ ignoreHTTPSErrors: true, reducedMotion: 'reduce', ...options });
  const complaints = [];
  const strangers = [];
  context.on('request', (request) => {
    const own = request.url().startsWith(HERE) || /^(data|blob|about):/.test(request.url());
    if (!own) strangers.push(request.url());
  });
  const watch = (page) => {
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      // That a request was refused is told by the page itself.
      const told = /Failed to load resource/.test(message.text());
      if (message.type() === 'error' && !told) complaints.push(message.text());
    });
  };
  context.on('page', watch);
  const page = await context.newPage();
  return { browser, context, page, complaints, strangers };
}

/** Signs somebody in to the console, from the address they begin at. */
export async function signIn(page, name, path = '/') {
  await page.goto(HERE + path);
  await page.getByLabel('Work address').fill(name);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('Password').fill(password(name));
  await page.keyboard.press('Enter');
  await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
}

/** What axe finds wrong with the page. */
export async function faults(page) {
  // What is on its way from one colour to another is looked at when it has arrived. What turns for ever
  // is not waited for.
  await page.evaluate(() => {
    const ending = document
      .getAnimations()
      .filter((animation) => animation.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
    return Promise.allSettled(ending.map((animation) => animation.finished));
  });
  // So is the page behind a dialog when that has gone.
  await page.waitForFunction(() => {
    const isBehind = document.querySelector('#console')?.getAttribute('aria-hidden') === 'true';
    return !isBehind || document.querySelector('[role="dialog"], [role="alertdialog"]');
  });
  await page.evaluate(axe);
  // Where the focus turns round in a dialog or a list there is an element that hands it on at once;
  // nobody's focus ever stays on it. A tooltip belongs to what it hangs at, not to a landmark.
  const scope = { exclude: [['[data-tabster-dummy]'], ['[role="tooltip"]']] };
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await page.evaluate(
    ([scope, runOnly]) => globalThis.axe.run(scope, { runOnly }),
    [scope, tags],
  );
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join(' | ')}`,
  );
}

/** A picture of the page, where somebody asked for pictures. */
export async function picture(page, name) {
  const folder = process.env.COMITY_PICTURES;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}
