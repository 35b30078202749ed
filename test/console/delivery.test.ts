import { beforeAll, expect, test } from 'vitest';
import { lookAt, useConsole } from '../support/browser.ts';
import { type CafeNord, cafeNord } from './cafe-nord.ts';

const installation = useConsole();
let nord: CafeNord;

beforeAll(async () => {
  nord = await cafeNord(installation().passwire);
});

test('a delivery that waits for its retry reads well at every width', async () => {
  await lookAt(installation(), nord.key, {
    name: 'delivery',
    path: `/console/deliveries/${nord.deliveries.retrying}`,
    ready: async (page) => {
      await page.getByText('The till is closed.').waitFor();
      await page.getByText(/^next /).waitFor();
    },
  });
});

test('why, the timeline and the chosen attempt are in one view, the attempt in the address', async () => {
  const page = await installation().openAs(nord.key, `/console/deliveries/${nord.deliveries.recovered}`);
  await page.getByText(/Delivered on the second attempt/).waitFor();
  await page.getByRole('heading', { name: 'Attempt 2' }).waitFor();
  await page.getByRole('button', { name: /attempt 1: 503/ }).click();
  await page.waitForURL(/\?attempt=1$/);
  await page.getByRole('heading', { name: 'Attempt 1' }).waitFor();
  await page.getByTestId('code').getByText('try later').waitFor();
  await page.getByRole('tab', { name: 'Request' }).click();
  await page.getByTestId('code').getByText('Store-78911').waitFor();
});

test('retry now sends, and the button turns into the result', async () => {
  const { openAs, passwire } = installation();
  passwire.receiver.answer(`/${nord.tenantId}/pos`, { status: 200 });
  const page = await openAs(nord.key, `/console/deliveries/${nord.deliveries.retrying}`);
  await page.getByRole('button', { name: 'Retry now' }).click();
  await page.getByText(/^Sent\. 200 in /).waitFor();
  await page.getByText('Succeeded').first().waitFor();
});

test('a dead delivery is sent again with the same webhook-id, after it was asked where and how', async () => {
  const { openAs, passwire } = installation();
  const path = `/${nord.tenantId}/mail`;
  const before = passwire.receiver.at(path);
  passwire.receiver.answer(path, { status: 200 });
  const page = await openAs(nord.key, `/console/deliveries/${nord.deliveries.dead}`);
  await page.getByRole('button', { name: 'Replay' }).click();
  const dialog = page.getByRole('dialog', { name: /^Send again to http:\/\/127\.0\.0\.1:/ });
  expect(await dialog.getByRole('radio', { name: /The same body/ }).isChecked()).toBe(true);
  await dialog.getByRole('button', { name: 'Send again' }).click();
  await page.getByText('Succeeded').first().waitFor();
  const requests = await passwire.receiver.waitFor(path, before.length + 1);
  expect(requests.at(-1)?.headers['webhook-id']).toBe(before.at(-1)?.headers['webhook-id']);
});

test('two bodies are compared side by side', async () => {
  const { succeeded, recovered } = nord.deliveries;
  const page = await installation().openAs(nord.key, `/console/deliveries/${succeeded}?compare=${recovered}`);
  const difference = page.getByTestId('difference');
  await difference.getByText('Store-78911').waitFor();
  await difference.getByText('Store-78912').waitFor();
});

test('an unknown delivery and one of another tenant read the same', async () => {
  const { openAs, passwire } = installation();
  const other = await passwire.makeTenant();
  const { key } = await passwire.admin.ok<{ key: string }>('POST', '/v1/api-keys', {
    name: 'other',
    role: 'tenant',
    tenantId: other.tenantId,
  });
  const page = await openAs(key, `/console/deliveries/${nord.deliveries.dead}`);
  await page.getByText('There is nothing at this address, or it belongs to a tenant your key cannot see.').waitFor();
});

test('a hostile answer is shown as text', async () => {
  const { openAs, passwire } = installation();
  const hostile = `<img src=x onerror=alert(1)></script>\u202e${'x'.repeat(20_000)}\u0001`;
  passwire.receiver.answer(`/${nord.tenantId}/mail`, { status: 422, body: hostile, headers: { 'x-note': '<b>bold</b>' } });
  await nord.emitDead('Store-666');
  const [delivery] = await nord.client.deliveries({ passId: 'Store-666' });
  const page = await openAs(nord.key, `/console/deliveries/${delivery?.id}`);
  await page.getByTestId('code').getByText('<img src=x onerror=alert(1)>').waitFor();
  await page.getByText('<b>bold</b>').waitFor();
  expect(await page.locator('img[src], img[onerror]').count()).toBe(0);
  expect(await page.locator('.cm-specialChar').count()).toBeGreaterThan(0);
});
