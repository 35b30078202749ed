import { connect, createServer, type Socket } from 'node:net';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { useConsole } from '../support/browser.ts';
import { type CafeNord, cafeNord } from './cafe-nord.ts';

const installation = useConsole();
const LIST = '/console/deliveries';
let nord: CafeNord;
let made = 0;

beforeAll(async () => {
  nord = await cafeNord(installation().passwire);
});

/** Events of passes whose names no other test uses; each makes one delivery. */
async function emit(count: number): Promise<void> {
  const { client, templateId } = nord;
  for (let index = 0; index < count; index++) {
    made += 1;
    const pass = { id: `Live-${made}`, fields: { points: 1 } };
    await client.emit({ type: 'pass.created', templateId, occurredAt: '2026-11-24T10:02:11Z', pass });
  }
}

async function openLive(options = {}): Promise<Page> {
  const page = await installation().openAs(nord.key, LIST, options);
  await isLive(page);
  return page;
}

async function isLive(page: Page): Promise<void> {
  await page.locator('[data-live=live]').waitFor();
  await page.locator('[data-row]').first().waitFor();
}

/** What browsers do when another tab is chosen, and when this one is again. */
function turn(page: Page, state: 'hidden' | 'visible'): Promise<unknown> {
  return page.evaluate(`
    Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));`);
}

function streamEnds(page: Page): Promise<unknown> {
  return page.waitForEvent('requestfailed', (request) => request.url().includes('/v1/stream'));
}

test('a row changes in place, at the same offset, and stays although the filter no longer finds it', async () => {
  const page = await installation().openAs(nord.key, `${LIST}?state=retrying`);
  await isLive(page);
  const row = page.locator(`[data-row="${nord.deliveries.retrying}"]`);
  const before = await row.boundingBox();
  await nord.client.ok('POST', `/v1/deliveries/${nord.deliveries.retrying}/cancel`, {});
  await row.getByText('Cancelled').waitFor();
  expect(await row.boundingBox()).toEqual(before);
  expect(await row.getAttribute('data-stale')).toBe('true');
});

test('12 new rows wait until they are asked for, and move nothing', async () => {
  const page = await openLive();
  const first = page.locator('[data-row]').first();
  const before = { key: await first.getAttribute('data-row'), box: await first.boundingBox() };
  await emit(12);
  await page.getByRole('button', { name: '12 new' }).waitFor();
  expect({ key: await first.getAttribute('data-row'), box: await first.boundingBox() }).toEqual(before);
  await page.keyboard.press('n');
  await page.getByText(`Live-${made}`, { exact: true }).waitFor();
  expect(await page.locator('[data-row]').nth(12).getAttribute('data-row')).toBe(before.key);
});

/** A way to the API that can be cut. */
async function wayToApi() {
  const sockets = new Set<Socket>();
  let isCut = false;
  const { port, hostname } = new URL(installation().passwire.api.url);
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(Number(port), hostname);
    for (const [one, other] of [[near, far] as const, [far, near] as const]) {
      sockets.add(one);
      one.on('error', () => {}); // cut here, or by the browser
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (wanted: boolean): void => {
    isCut = wanted;
    if (isCut) for (const socket of sockets) socket.destroy();
  };
  const address = server.address();
  const baseURL = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const close = (): void => {
    cut(true);
    server.close();
  };
  return { baseURL, cut, close };
}

test('a stream that is cut for ten seconds misses none', async () => {
  const { baseURL, cut, close } = await wayToApi();
  const page = await openLive({ baseURL, expectsOutage: true });
  const last = streamEnds(page);
  cut(true);
  await last;
  const cutAtMs = performance.now();
  await emit(7);
  await expect.poll(() => performance.now() - cutAtMs, { timeout: 20_000 }).toBeGreaterThan(10_000);
  cut(false);
  await page.getByRole('button', { name: '7 new' }).waitFor();
  close();
});

test('a hidden tab closes its stream, and catches up when it is shown again', async () => {
  const page = await openLive();
  const last = streamEnds(page);
  await turn(page, 'hidden');
  await last;
  await emit(3);
  await turn(page, 'visible');
  await page.getByRole('button', { name: '3 new' }).waitFor();
});

test('eight visible tabs load, although a browser has six connections', async () => {
  const page = await openLive();
  for (let tab = 2; tab <= 8; tab++) {
    const other = await page.context().newPage();
    await other.goto(LIST);
    await other.locator('[data-row]').first().waitFor();
  }
});

test('signing out ends the stream', async () => {
  const page = await openLive();
  const last = streamEnds(page);
  await page.getByRole('button', { name: 'Account and settings' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await last;
  await page.getByLabel('API key').first().waitFor();
});
