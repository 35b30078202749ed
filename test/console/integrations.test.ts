import { beforeAll, expect, test } from 'vitest';
import { lookAt, useConsole } from '../support/browser.ts';
import { makeTenant } from '../support/client.ts';
import { eventually } from '../support/poll.ts';
import { type CafeNord, cafeNord } from './cafe-nord.ts';

const installation = useConsole();
const admin = () => installation().passwire.env.ADMIN_KEY ?? '';
let nord: CafeNord;

beforeAll(async () => {
  nord = await cafeNord(installation().passwire);
  const areCounted = async () => {
    const { groups } = await nord.client.ok<{ groups: { ended: { succeeded: number } }[] }>(
      'GET',
      `/v1/stats?groupBy=integration&ids=${nord.integrationId}`,
    );
    return groups[0]?.ended.succeeded === 2 || undefined;
  };
  await eventually(areCounted, { what: 'counts of what was delivered' });
});

test('the list reads well at every width', async () => {
  await lookAt(installation(), nord.key, {
    name: 'integrations',
    path: '/console/integrations',
    ready: (page) => page.getByText('2 of 2').first().waitFor(),
  });
});

test('the health of all rows is one call', async () => {
  const page = await installation().openAs(nord.key, '/console/');
  const calls: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('groupBy=integration')) calls.push(request.url());
  });
  await page.goto('/console/integrations');
  await page.locator('[data-row]', { hasText: 'CRM' }).getByText('2 of 2').waitFor();
  await page.locator('[data-row]', { hasText: 'Mail' }).getByText('0 of 1').waitFor();
  await page.locator('[data-row]', { hasText: 'POS' }).getByText('none ended').waitFor();
  expect(calls).toHaveLength(1);
});

test('integrations are found by the beginning of their name, and exported', async () => {
  const page = await installation().openAs(nord.key, '/console/integrations');
  await page.getByRole('textbox', { name: 'Name begins with' }).fill('ma');
  await page.keyboard.press('Enter');
  await page.waitForURL(/integrations\?q=ma$/);
  await expect.poll(() => page.locator('[data-row]').count()).toBe(1);
  await page.getByRole('button', { name: 'Export' }).click();
  const href = await page.getByRole('menuitem', { name: 'CSV' }).getAttribute('href');
  expect(href).toContain('/v1/integrations/export?');
  const csv = await page.request.get(href ?? '', { headers: { 'x-passwire-console': '1' } });
  expect(await csv.text()).toContain('Mail');
  expect(await csv.text()).not.toContain('CRM');
  await page.keyboard.press('Escape');
  await page.getByRole('textbox', { name: 'Name begins with' }).fill('zz');
  await page.keyboard.press('Enter');
  await page.getByText('No integration matches.').waitFor();
  await page.getByTestId('empty').getByRole('button', { name: 'Remove: Name: zz' }).click();
  await expect.poll(() => page.locator('[data-row]').count()).toBe(3);
});

test('without any it says what one is; without a tenant it asks for one', async () => {
  const { passwire, openAs } = installation();
  const { key } = await makeTenant(() => passwire.api.url, passwire.env);
  const page = await openAs(key, '/console/integrations');
  await page.getByText('An integration is one system that receives your webhooks.').waitFor();
  const all = await openAs(admin(), '/console/integrations');
  await all.getByTestId('empty').waitFor();
  expect(await all.locator('[data-row]').count()).toBe(0);
});
