import { beforeAll, expect, test } from 'vitest';
import { axeFindings, lookAt, useConsole } from '../support/browser.ts';
import { type CafeNord, cafeNord } from './cafe-nord.ts';

const installation = useConsole();
let nord: CafeNord;

beforeAll(async () => {
  nord = await cafeNord(installation().passwire);
});

test('a session that ends in the middle of a form keeps what was typed', async () => {
  const page = await installation().openAs(nord.key, `/console/deliveries/${nord.deliveries.dead}`);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Discard dead letter' }).click();
  await page.getByLabel('Reason').fill('The customer has the data.');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Discard', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await dialog.getByLabel('API key').first().fill(nord.key);
  expect((await axeFindings(page)).join('\n')).toBe('');
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await page.getByLabel('Reason').inputValue()).toBe('The customer has the data.');
  await page.getByRole('button', { name: 'Discard', exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const { data } = await nord.client.ok<{ data: readonly unknown[] }>('GET', '/v1/dead-letters?open=true');
  expect(data).toEqual([]);
});

test('signing out leaves nothing to go back to', async () => {
  const page = await installation().openAs(nord.key, '/console/deliveries');
  await page.getByText('Store-78911').waitFor();
  await page.getByRole('button', { name: 'Account and settings' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await page.context().cookies()).toEqual([]);
  await page.goto('/console/deliveries');
  await page.waitForURL(/sign-in\?to=/);
});

test('nothing is written to the storage of the browser, and preferences last', async () => {
  const page = await installation().openAs(nord.key, '/console/deliveries');
  await page.getByText('Store-78911').waitFor();
  await page.getByText('UTC', { exact: true }).click();
  await page.getByRole('button', { name: 'Account and settings' }).click();
  await page.getByText('Dark', { exact: true }).click();
  await page.reload();
  await page.getByText('Times: UTC').waitFor();
  const scheme = () => page.evaluate<string>('document.documentElement.dataset.mantineColorScheme');
  expect(await scheme()).toBe('dark');
  expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBe(0);
  expect(await page.evaluate('document.cookie')).not.toContain('passwire=');
});

test('a producer key signs in to one sentence', async () => {
  const { admin } = installation().passwire;
  const { key } = await admin.ok<{ key: string }>('POST', '/v1/api-keys', { name: 'platform', role: 'producer' });
  await lookAt(installation(), key, {
    name: 'producer',
    path: '/console',
    ready: (page) => page.getByText(/A producer key posts events and sees nothing/).waitFor(),
  });
});

test('an address without a page says so', async () => {
  const page = await installation().openAs(nord.key, '/console/nothing/here');
  await page.getByRole('heading', { name: 'Nothing here' }).waitFor();
});

test('another site cannot act with the cookie', async () => {
  const { passwire, openAs } = installation();
  const page = await openAs(nord.key, '/console/deliveries');
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const response = await fetch(`${passwire.api.url}/v1/deliveries/${nord.deliveries.retrying}/cancel`, {
    method: 'POST',
    headers: { cookie, origin: 'https://evil.example', 'x-passwire-console': '1' },
  });
  expect(response.status).toBe(403);
  expect((await nord.client.delivery(nord.deliveries.retrying)).state).toBe('retrying');
});
