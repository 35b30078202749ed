import { beforeAll, expect, test } from 'vitest';
import { lookAt, useConsole } from '../support/browser.ts';
import { eventually } from '../support/poll.ts';
import { type CafeNord, cafeNord } from './cafe-nord.ts';

const installation = useConsole();
const admin = () => installation().passwire.env.ADMIN_KEY ?? '';
let nord: CafeNord;

beforeAll(async () => {
  const { passwire } = installation();
  nord = await cafeNord(passwire);
  for (const name of ['Riverside Gym', 'Riverside Spa', 'Museum']) await passwire.admin.ok('POST', '/v1/tenants', { name });
  const isCounted = async () => {
    const { groups } = await nord.client.ok<{ groups: { ended: { dead: number; succeeded: number } }[] }>(
      'GET',
      '/v1/stats',
    );
    return (groups[0]?.ended.succeeded === 2 && groups[0].ended.dead === 1) || undefined;
  };
  await eventually(isCounted, { what: 'counts of what ended' });
});

test('the list reads well at every width', async () => {
  await lookAt(installation(), admin(), {
    name: 'tenants',
    path: '/console/tenants',
    ready: (page) => page.getByText('2 of 3').first().waitFor(),
  });
});

test('a tenant reads well at every width', async () => {
  await lookAt(installation(), admin(), {
    name: 'tenant',
    path: `/console/tenants/${nord.tenantId}`,
    async ready(page) {
      await page.getByText('2 of 3').waitFor();
      await page.getByText('Nord developer').waitFor();
    },
  });
});

test('a portal link is made, opened once, and shows this tenant alone', async () => {
  const page = await installation().openAs(admin(), `/console/tenants/${nord.tenantId}`);
  const portal = page.getByRole('region', { name: 'Portal' });
  await portal.getByLabel('Name in its head').fill('Nord webhooks');
  await portal.getByRole('button', { name: 'Make a link' }).click();
  const url = (await portal.getByTestId('portal-link').textContent()) ?? '';
  const opened = await installation().open(new URL(url).pathname + new URL(url).hash);
  await opened.getByText('Nord webhooks').first().waitFor();
  await opened.getByRole('link', { name: 'Deliveries', exact: true }).first().click();
  await opened.getByText('Store-78912').first().waitFor();
  const second = await installation().open(new URL(url).pathname + new URL(url).hash);
  await second.getByText(/^This link was opened before/).waitFor();
});

test('tenants are found by the beginning of their name, in the list and in the header', async () => {
  const page = await installation().openAs(admin(), '/console/tenants');
  await page.getByRole('textbox', { name: 'Name begins with' }).fill('river');
  await page.keyboard.press('Enter');
  await page.waitForURL(/tenants\?q=river$/);
  await expect.poll(() => page.locator('[data-row]').count()).toBe(2);
  await page.getByRole('button', { name: 'Remove: Name: river' }).click();
  await expect.poll(() => page.locator('[data-row]').count()).toBe(4);
  await page.getByRole('combobox', { name: 'Tenant' }).fill('riverside g');
  await page.getByRole('option', { name: 'Riverside Gym' }).waitFor();
  await expect.poll(() => page.getByRole('option').count()).toBe(1);
});

test('its deliveries are one click away', async () => {
  const page = await installation().openAs(admin(), '/console/tenants?q=cafe');
  await page.getByRole('link', { name: 'Open its deliveries' }).click();
  await page.waitForURL(new RegExp(`/deliveries\\?tenant=${nord.tenantId}$`));
  await page.getByText('Store-78911').waitFor();
});

test('a tenant is made, renamed, given a retention and deleted by its name', async () => {
  const page = await installation().openAs(admin(), '/console/tenants');
  await page.getByRole('button', { name: 'New tenant' }).click();
  await page.getByRole('dialog').getByLabel('Tenant name').fill('Bakery');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.waitForURL(/\/tenants\/ten_/);
  await page.getByRole('heading', { name: 'Bakery', level: 1 }).waitFor();
  const id = page.url().split('/').at(-1);
  await page.getByText('No key is bound to this tenant.').waitFor();
  await page.getByLabel('Bodies are stored for (days)').fill('0');
  await page.getByText('A whole number of days from 1 to 36,500, or nothing.').waitFor();
  await page.getByLabel('Bodies are stored for (days)').fill('30');
  await page.getByLabel('Name', { exact: true }).fill('Bakery Nord');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Bakery Nord', level: 1 }).waitFor();
  const read = () => installation().passwire.admin.call('GET', `/v1/tenants/${id}`);
  expect((await read()).body).toMatchObject({ name: 'Bakery Nord', retention: { bodyDays: 30 } });
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete Bakery Nord?' });
  await dialog.getByText('Its keys stop working and 0 open deliveries are cancelled. The log stays.').waitFor();
  const confirm = dialog.getByRole('button', { name: 'Delete this tenant' });
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByLabel('Type Bakery Nord to confirm').fill('Bakery Nord');
  await confirm.click();
  await page.waitForURL(/\/console\/tenants$/);
  await page.getByText('Bakery Nord was deleted.').waitFor();
  await expect.poll(() => page.locator('[data-row]').count()).toBe(4);
  expect((await read()).status).toBe(404);
});

test('a change that somebody else was faster with is refused', async () => {
  const { passwire, openAs } = installation();
  const { id } = await passwire.admin.ok<{ id: string }>('POST', '/v1/tenants', { name: 'Florist' });
  const page = await openAs(admin(), `/console/tenants/${id}`);
  await page.getByLabel('Name', { exact: true }).fill('Florist South');
  await passwire.admin.ok('PATCH', `/v1/tenants/${id}`, { name: 'Florist North' });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByTestId('problem').waitFor();
  expect((await passwire.admin.call('GET', `/v1/tenants/${id}`)).body).toMatchObject({ name: 'Florist North' });
  await passwire.admin.ok('DELETE', `/v1/tenants/${id}`);
});

test('support reads tenants and changes none, and a tenant has no such page', async () => {
  const { passwire, openAs } = installation();
  const { key } = await passwire.admin.ok<{ key: string }>('POST', '/v1/api-keys', { name: 'Desk', role: 'support' });
  const page = await openAs(key, `/console/tenants/${nord.tenantId}`);
  await page.getByText('as long as the installation is configured to').waitFor();
  for (const name of ['Delete', 'Save']) expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0);
  expect(await page.getByRole('region', { name: 'Keys' }).count()).toBe(0);
  await page.goto('/console/tenants');
  await page.locator('[data-row]').first().waitFor();
  expect(await page.getByRole('button', { name: 'New tenant' }).count()).toBe(0);
  const own = await openAs(nord.key, '/console/tenants');
  await own.getByText('Not with this key').waitFor();
  expect((await nord.client.call('GET', '/v1/tenants')).status).toBe(403);
});
