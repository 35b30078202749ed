import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { axeFindings, lookAt, useConsole } from '../support/browser.ts';
import { type BrokenHour, brokenHour } from './broken-hour.ts';

const installation = useConsole();

const count = async (page: Page, part: string): Promise<number> =>
  Number((await page.locator(`[data-count="${part}"]`).textContent())?.replace(/\D/g, ''));

/** Opens a new replay of what is dead, and waits for its dry run. */
async function dryRunOf(hour: BrokenHour, search = 'state=dead&last=24h'): Promise<Page> {
  const page = await installation().openAs(hour.key, `/console/replays/new?${search}`);
  await page
    .getByTestId('dry-run')
    .getByText(/would be sent again/)
    .waitFor();
  return page;
}

async function start(page: Page, rate: number, name: string): Promise<void> {
  await page.getByLabel('Rate').fill(String(rate));
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: /^Send .* again$/ }).click();
  await page.waitForURL(/\/replays\/rpl_/);
}

test('a broken hour: what the dry run counts arrives, once each; it is paused, reloaded, resumed', async () => {
  const hour = await brokenHour(installation().passwire, { events: 480, endpoints: 3 });
  const list = await installation().openAs(hour.key, '/console/deliveries?state=dead&last=1h');
  await list.getByRole('button', { name: 'Replay what this filter finds' }).click();
  await list.waitForURL(/replays\/new\?.*after=.*before=/);
  expect(list.url()).not.toContain('last=');
  const page = list;
  const dryRun = page.getByTestId('dry-run');
  await dryRun.getByText(/1,440 deliveries to 3 endpoints would be sent again: 1,440 are dead\./).waitFor();
  await dryRun.getByText(/All of them work\./).waitFor();
  const rows = dryRun.getByRole('table').getByRole('row');
  for (const path of hour.paths) {
    await rows.filter({ hasText: path }).getByText('480', { exact: true }).waitFor();
  }
  const send = page.getByRole('button', { name: 'Send 1,440 again' });
  expect(await send.isDisabled()).toBe(true);
  await page.getByLabel('Type 1440 to confirm').fill('1440');
  await page.getByLabel('Rate').fill('150');
  await page.getByLabel('Name').fill('Broken hour');
  await dryRun.getByText(/At 150\/s this takes about/).waitFor();
  expect(hour.received()).toEqual([]);
  await send.click();
  await page.waitForURL(/\/replays\/rpl_/);
  await page.getByRole('heading', { name: 'Broken hour' }).waitFor();
  await page
    .getByRole('banner')
    .getByText(/Replay: \d+/)
    .waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Paused: nothing more is sent until it is resumed.').waitFor();
  const sent = await count(page, 'left');
  expect(sent).toBeGreaterThan(0);
  await page.reload();
  await page.getByText('Paused: nothing more is sent until it is resumed.').waitFor();
  expect(await count(page, 'left')).toBe(sent);
  await page.getByRole('textbox', { name: 'Rate' }).fill('400');
  await page.getByRole('button', { name: 'Change' }).click();
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByText('1,440 replayed: 1,440 delivered, 0 failed.').waitFor({ timeout: 120_000 });
  expect(await page.getByText('1,440 replayed: 1,440 delivered, 0 failed.').count()).toBe(1);
  await expect.poll(() => count(page, 'delivered')).toBe(1440);
  expect(hour.received()).toHaveLength(1440);
  expect(new Set(hour.received()).size).toBe(1440);
});

test('what is cancelled leaves the rest unsent', async () => {
  const hour = await brokenHour(installation().passwire, { events: 60 });
  const page = await dryRunOf(hour);
  await start(page, 5, 'Slow');
  await expect.poll(() => count(page, 'delivered'), { timeout: 60_000 }).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Cancel replay' }).click();
  const dialog = page.getByRole('dialog', { name: 'Cancel this replay?' });
  await dialog.getByText(/Stops what is not sent yet: \d+\. What was sent stays sent\./).waitFor();
  expect((await axeFindings(page)).join('\n')).toBe('');
  await dialog.getByRole('button', { name: 'Cancel the rest' }).click();
  await page.getByText('Cancelled', { exact: true }).waitFor();
  const left = await count(page, 'left');
  expect(left).toBeGreaterThan(0);
  await expect.poll(() => hour.received().length).toBe(60 - left);
  const { count: stillDead } = await hour.client.ok<{ count: number }>('POST', '/v1/replays/dry-run', {
    after: '2020-01-01T00:00:00Z',
  });
  expect(stillDead).toBe(left);
});

test('exactly the three ticked of 200 are sent, and nothing that arrives after the dry run', async () => {
  const hour = await brokenHour(installation().passwire, { events: 200 });
  const page = await installation().openAs(hour.key, '/console/deliveries?state=dead');
  const boxes = page.locator('[data-row] [data-row-box]');
  await boxes.nth(2).waitFor();
  for (const index of [0, 1]) await boxes.nth(index).check();
  await page.locator('[data-row-link]').nth(4).focus();
  await page.keyboard.press('x');
  const ticked = await page.locator('[data-row]:has(input:checked)').all();
  const chosen = await Promise.all(ticked.map((row) => row.getAttribute('data-row')));
  expect(chosen).toHaveLength(3);
  await page.getByRole('button', { name: 'Replay these 3' }).click();
  await page.getByText('3 chosen deliveries that are dead.').waitFor();
  await page.getByText(/3 deliveries to one endpoint would be sent again: 3 are dead\./).waitFor();
  await start(page, 50, 'Three');
  await page.getByText('3 replayed: 3 delivered, 0 failed.').waitFor({ timeout: 60_000 });
  const ids = await Promise.all(chosen.map(async (id) => (await hour.client.delivery(id ?? '')).messageId));
  expect(new Set(hour.received())).toEqual(new Set(ids));
  expect(hour.received()).toHaveLength(3);

  const all = await dryRunOf(hour);
  await all.getByText(/^197 deliveries to one endpoint/).waitFor();
  hour.breakAgain();
  await hour.emitDead(5);
  for (const path of hour.paths) installation().passwire.receiver.answer(path, { status: 200 });
  await start(all, 400, 'All that it found');
  await all.getByText('197 replayed: 197 delivered, 0 failed.').waitFor({ timeout: 60_000 });
  const again = await hour.client.ok<{ count: number }>('POST', '/v1/replays/dry-run', { after: '2020-01-01T00:00:00Z' });
  expect(again.count).toBe(5);
});

test('what differs from the dry run by more than a twentieth is counted again, with the difference', async () => {
  const hour = await brokenHour(installation().passwire, { events: 20 });
  const page = await dryRunOf(hour);
  const { data } = await hour.client.ok<{ data: { id: string }[] }>('GET', '/v1/deliveries?state=dead&limit=100');
  for (const { id } of data.slice(0, 4)) await hour.client.ok('POST', `/v1/deliveries/${id}/replay`, { mode: 'same' });
  await expect.poll(() => hour.received().length).toBe(4);
  await page.getByRole('button', { name: 'Send 20 again' }).click();
  await page.getByText(/The dry run found 20; now it is 16, 4 fewer\./).waitFor();
  expect(hour.received()).toHaveLength(4);
  await page.getByRole('button', { name: 'Send 16 again' }).click();
  await page.waitForURL(/\/replays\/rpl_/);
  await expect.poll(() => hour.received().length, { timeout: 60_000 }).toBe(20);
});

test('nothing matches: the button is not there, and what is nearest is named', async () => {
  const hour = await brokenHour(installation().passwire, { events: 2 });
  const page = await installation().openAs(hour.key, '/console/replays/new?state=retrying&last=1h');
  await page.getByText('Nothing matches, so nothing can be started. None is retrying, but 2 are dead.').waitFor();
  expect(await page.getByRole('button', { name: /^Send/ }).count()).toBe(0);
  await page.getByRole('button', { name: 'Count those that are dead instead' }).click();
  await page.getByRole('button', { name: 'Send 2 again' }).waitFor();
});

test('without states or a beginning nothing is counted', async () => {
  const hour = await brokenHour(installation().passwire, { events: 1 });
  const page = await installation().openAs(hour.key, '/console/replays/new');
  await page.getByText('Choose the states of what is sent again.').waitFor();
  await page.goto('/console/replays/new?state=dead,held&test=true');
  await page.getByText('Choose from when on: a replay has a beginning.').waitFor();
  await page.getByText(/^Left out: Held\./).waitFor();
  await page.getByText('Tests are never part of a replay.').waitFor();
});

test('what failed again is listed with its reason, and replayed again by itself', async () => {
  const hour = await brokenHour(installation().passwire, { events: 6 });
  hour.breakAgain();
  const page = await dryRunOf(hour);
  await start(page, 50, 'Still broken');
  await page.getByText('6 replayed: 0 delivered, 6 failed.').waitFor({ timeout: 60_000 });
  await page.getByRole('cell', { name: /413/ }).first().waitFor();
  const path = new URL(page.url()).pathname;
  await lookAt(installation(), hour.key, {
    name: 'replay',
    path,
    ready: (one) => one.getByText('Dead', { exact: true }).first().waitFor(),
  });
  for (const one of hour.paths) installation().passwire.receiver.answer(one, { status: 200 });
  const before = hour.received().length;
  await page.getByRole('button', { name: 'Replay these 6 again' }).click();
  await page.getByRole('button', { name: 'Send 6 again' }).click();
  await page.waitForURL(/\/replays\/rpl_/);
  await expect.poll(() => hour.received().length - before, { timeout: 60_000 }).toBe(6);
});

test('the pages of replays read well at every width', async () => {
  const hour = await brokenHour(installation().passwire, { events: 400, endpoints: 3 });
  await lookAt(installation(), hour.key, {
    name: 'new-replay',
    path: '/console/replays/new?state=dead&last=1h',
    ready: (page) => page.getByText(/All of them work/).waitFor(),
  });
  const page = await dryRunOf(hour);
  await page.getByLabel('Type 1200 to confirm').fill('1200');
  await start(page, 4, 'Broken hour of 24 November');
  await expect.poll(() => count(page, 'delivered'), { timeout: 60_000 }).toBeGreaterThan(0);
  await lookAt(installation(), hour.key, {
    name: 'running-replay',
    path: new URL(page.url()).pathname,
    ready: (one) => one.getByText(/The rest takes about/).waitFor(),
  });
  await lookAt(installation(), hour.key, {
    name: 'replays',
    path: '/console/replays',
    ready: (one) => one.getByText('Broken hour of 24 November').waitFor(),
  });
});
