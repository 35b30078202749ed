import { beforeAll, expect, test } from 'vitest';
import { useConsole } from '../support/browser.ts';
import { type CafeNord, cafeNord } from './cafe-nord.ts';

const installation = useConsole();
let nord: CafeNord;

beforeAll(async () => {
  nord = await cafeNord(installation().passwire);
});

test('offline, the page keeps what it shows and says since when', async () => {
  const page = await installation().openAs(nord.key, '/console/deliveries', { expectsOutage: true });
  await page.getByText('Store-78911').waitFor();
  await page.context().setOffline(true);
  await page.getByText(/^You are offline\. This page shows what was known at \d\d:\d\d:\d\d/).waitFor();
  expect(await page.getByText('Store-78911').count()).toBe(1);
  await page.context().setOffline(false);
  await page.getByText(/^You are offline/).waitFor({ state: 'detached' });
});

test('an API that is gone is noticed, and its return too, without a reload', async () => {
  const page = await installation().openAs(nord.key, '/console/deliveries', { expectsOutage: true });
  await page.getByText('Store-78911').waitFor();
  await page.route('**/{readyz,v1/**}', (route) => route.abort('connectionrefused'));
  await page.getByText('Dead letters').first().click();
  await page.getByText('The API does not answer', { exact: false }).first().waitFor();
  await page.unroute('**/{readyz,v1/**}');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Store-78913').waitFor();
});

test('Redis that is gone is told with what still works', async () => {
  const page = await installation().openAs(nord.key, '/console/deliveries');
  const parts = { postgres: { ok: true }, redis: { ok: false, detail: 'does not answer' }, encryptionKeys: { ok: true } };
  await page.route('**/readyz', (route) => route.fulfill({ json: { status: 'degraded', parts } }));
  await page.reload();
  await page.getByText(/^Redis is unavailable since .* Events are still accepted and nothing is lost/).waitFor();
});

test('a newer build is announced, and reloading takes it', async () => {
  const page = await installation().openAs(nord.key, '/console/deliveries');
  await page.route('**/v1/console-config', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), build: 'aaaaaaaaaaaa' } });
  });
  await page.reload();
  await page.getByText('A new version of the console is available.').waitFor();
  await page.unroute('**/v1/console-config');
  await page.getByRole('button', { name: 'Reload' }).click();
  await page.getByText('Store-78911').waitFor();
  expect(await page.getByText('A new version').count()).toBe(0);
});
