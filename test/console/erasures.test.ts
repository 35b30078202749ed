import { beforeAll, expect, test } from 'vitest';
import { axeFindings, lookAt, useConsole } from '../support/browser.ts';
import { type CafeNord, cafeNord } from './cafe-nord.ts';

const installation = useConsole();
let nord: CafeNord;

beforeAll(async () => {
  nord = await cafeNord(installation().passwire);
});

test('without erasures the page says what one is', async () => {
  const page = await installation().openAs(nord.key, '/console/erasures');
  await page.getByRole('heading', { name: 'No erasures yet.' }).waitFor();
});

test('an erasure is counted, confirmed by the id, and reports what it erased', async () => {
  const page = await installation().openAs(nord.key, '/console/erasures');
  await page.getByRole('button', { name: 'Erase' }).click();
  const dialog = page.getByRole('dialog');
  const erase = dialog.getByRole('button', { name: 'Erase', exact: true });
  await dialog.getByRole('button', { name: 'Count' }).click();
  await dialog.getByText('Enter the id of a pass.').waitFor();
  await dialog.getByLabel('Id', { exact: true }).fill('Store-78913');
  await dialog.getByRole('button', { name: 'Count' }).click();
  await dialog.getByText('Dead letters', { exact: true }).waitFor();
  expect((await axeFindings(page)).join('\n')).toBe('');
  expect(await erase.isDisabled()).toBe(true);
  await dialog.getByLabel(/to confirm/).fill('Store-78913');
  await erase.click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('Done').first().waitFor();
  await page.locator('a[href*="erasure=era_"]').first().click();
  const report = page.getByRole('dialog', { name: 'What was erased' });
  await report.getByText('1 pass', { exact: true }).waitFor();
  await report.getByText(/^erased_/).waitFor();
  expect(page.url()).toMatch(/erasure=era_/);
  expect((await axeFindings(page)).join('\n')).toBe('');
  const { data } = await nord.client.ok<{ data: readonly { counts: { events: number; deadLetters: number } }[] }>(
    'GET',
    '/v1/erasures?passId=Store-78913',
  );
  expect(data[0]?.counts).toMatchObject({ events: 1, deadLetters: 1 });
});

test('the list reads well at every width', async () => {
  await nord.client.ok('POST', '/v1/erasures', { passId: 'Store-78912' });
  await lookAt(installation(), nord.key, {
    name: 'erasures',
    path: '/console/erasures',
    ready: (page) => page.getByText('Done').nth(1).waitFor(),
  });
});

test('there is no such page for support', async () => {
  const { admin } = installation().passwire;
  const { key } = await admin.ok<{ key: string }>('POST', '/v1/api-keys', { name: 'desk', role: 'support' });
  const page = await installation().openAs(key, '/console/erasures');
  await page.getByText('Not with this key').waitFor();
  expect(await page.getByRole('link', { name: 'Erasures' }).count()).toBe(0);
});
