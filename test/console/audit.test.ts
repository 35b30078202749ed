import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { lookAt, useConsole } from '../support/browser.ts';
import { type CafeNord, cafeNord } from './cafe-nord.ts';

const installation = useConsole();
const admin = () => installation().passwire.env.ADMIN_KEY ?? '';
let nord: CafeNord;

beforeAll(async () => {
  const { passwire } = installation();
  nord = await cafeNord(passwire);
  await passwire.admin.ok('PATCH', `/v1/tenants/${nord.tenantId}`, { name: '<img src=x onerror=alert(1)>' });
  await nord.client.ok('PATCH', `/v1/templates/${nord.templateId}`, { name: 'Gold card' });
});

test('the log reads well at every width', async () => {
  await lookAt(installation(), admin(), {
    name: 'audit',
    path: '/console/audit',
    ready: (page) => page.getByText('Template updated').first().waitFor(),
  });
});

test('it says what was before and after, by whom, and leads to what it is about', async () => {
  const page = await installation().openAs(admin(), '/console/audit');
  await page.getByText('name: Cafe Nord → <img src=x onerror=alert(1)>').waitFor();
  expect(await page.locator('img[onerror]').count()).toBe(0);
  await page.getByText(/→ Gold card/).waitFor();
  await page.getByText('Nord developer (tenant)').first().waitFor();
  await page.getByRole('combobox', { name: 'Act' }).fill('tenant upd');
  await page.getByRole('option', { name: 'Tenant updated' }).click();
  await page.waitForURL(/action=tenant\.updated/);
  await expect.poll(() => page.locator('[data-row]').count()).toBe(1);
  await page.locator('[data-row]').getByRole('link').click();
  await page.waitForURL(new RegExp(`/tenants/${nord.tenantId}`));
  await page.goBack();
  await page.getByRole('button', { name: 'Remove: Act: Tenant updated' }).click();
  await expect.poll(() => page.locator('[data-row]').count()).toBeGreaterThan(3);
});

test('a tenant sees its own, and exports what the filter finds', async () => {
  const page = await installation().openAs(nord.key, '/console/audit?action=template.updated');
  await page.getByText(/→ Gold card/).waitFor();
  await page.getByRole('button', { name: 'Export' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /NDJSON/ }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('audit.ndjson');
  const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { action: 'template.updated', after: { name: 'Gold card' } },
  ]);
});

test('support has no such page', async () => {
  const { key } = await installation().passwire.admin.ok<{ key: string }>('POST', '/v1/api-keys', {
    name: 'support',
    role: 'support',
  });
  const page = await installation().openAs(key, '/console/audit');
  await page.getByText('Not with this key').waitFor();
});
