import { beforeAll, expect, test } from 'vitest';
import { axeFindings, lookAt, useConsole } from '../support/browser.ts';
import { type CafeNord, cafeNord } from './cafe-nord.ts';

const installation = useConsole();
const admin = () => installation().passwire.env.ADMIN_KEY ?? '';
let nord: CafeNord;

beforeAll(async () => {
  const { passwire } = installation();
  nord = await cafeNord(passwire);
  await passwire.admin.ok('POST', '/v1/api-keys', { name: 'support desk', role: 'support' });
});

test('the list reads well at every width', async () => {
  await lookAt(installation(), admin(), {
    name: 'keys',
    path: '/console/keys',
    ready: (page) => page.getByText('all tenants').first().waitFor(),
  });
});

test('a key is made, shown once, works, and is revoked by its name', async () => {
  const page = await installation().openAs(admin(), '/console/keys');
  await page.getByRole('button', { name: 'New key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('ci-deploy');
  expect(await dialog.getByRole('button', { name: 'Create' }).isDisabled()).toBe(true);
  await dialog.getByLabel('Tenant', { exact: true }).fill('ten_1');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText('/tenantId').waitFor();
  await dialog.getByLabel('Tenant', { exact: true }).fill(nord.tenantId);
  await dialog.getByRole('button', { name: 'Create' }).click();
  const key = (await page.getByTestId('new-key').textContent()) ?? '';
  expect(key).toMatch(/^pwk_/);
  expect((await axeFindings(page)).join('\n')).toBe('');
  const call = () => fetch(`${installation().passwire.api.url}/v1/me`, { headers: { authorization: `Bearer ${key}` } });
  expect((await call()).status).toBe(200);

  await page.getByRole('button', { name: 'I have stored it' }).click();
  await page.reload();
  await page.getByText('ci-deploy').waitFor();
  expect(await page.content()).not.toContain(key);

  await page.getByRole('button', { name: 'Revoke ci-deploy' }).click();
  const revoke = page.getByRole('dialog').getByRole('button', { name: 'Revoke' });
  expect(await revoke.isDisabled()).toBe(true);
  await page.getByLabel(/to confirm/).fill('ci-deploy');
  await revoke.click();
  await page.getByText('Revoked').waitFor();
  await expect.poll(async () => (await call()).status).toBe(401);
});

test('there is no such page for other roles', async () => {
  const page = await installation().openAs(nord.key, '/console/keys');
  await page.getByText('Not with this key').waitFor();
  expect(await page.getByRole('link', { name: 'Keys' }).count()).toBe(0);
});
