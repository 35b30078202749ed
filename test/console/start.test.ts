import { expect, test } from 'vitest';
import { lookAt, useConsole } from '../support/browser.ts';

const installation = useConsole();
const admin = () => installation().passwire.env.ADMIN_KEY ?? '';

test('the beginning reads well at every width', async () => {
  await lookAt(installation(), admin(), {
    name: 'start',
    path: '/console/start',
    ready: (page) => page.getByLabel('Tenant name').waitFor(),
  });
});

test('an empty installation leads to its first tenant and to the wizard inside of it', async () => {
  const page = await installation().openAs(admin(), '/console/');
  await page.waitForURL(/\/console\/start$/);
  await page.getByRole('heading', { name: 'Create the first tenant' }).waitFor();
  await page.getByRole('button', { name: 'Create the tenant and continue' }).click();
  await page.getByText('Enter a name.').waitFor();
  await page.getByLabel('Tenant name').fill('Cafe Nord');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/console\/integrations\/new\/vendor\?tenant=ten_/);
  const { data } = await installation().passwire.admin.ok<{ data: { name: string }[] }>('GET', '/v1/tenants');
  expect(data.map(({ name }) => name)).toEqual(['Cafe Nord']);
});

test('a tenant begins there until it has a subscription', async () => {
  const { passwire, openAs } = installation();
  const tenant = await passwire.makeTenant();
  const page = await openAs(tenant.key, '/console/');
  await page.waitForURL(/\/console\/start$/);
  expect(await page.getByLabel('Tenant name').count()).toBe(0);
  const templateId = await tenant.makeTemplate();
  const { id: integrationId } = await tenant.makeIntegration({ dialect: 'standard' });
  await tenant.subscribe({ integrationId, templateId, trigger: 'pass.created', url: passwire.receiver.url('/first') });
  await page.getByRole('link', { name: 'Passwire', exact: true }).click();
  await page.waitForURL(/\/console\/overview$/);
});

test('support has nothing to set up', async () => {
  const { passwire, openAs } = installation();
  const { key } = await passwire.admin.ok<{ key: string }>('POST', '/v1/api-keys', { name: 'Desk', role: 'support' });
  const page = await openAs(key, '/console/');
  await page.waitForURL(/\/console\/overview$/);
  await page.goto('/console/start');
  await page.getByText('Not with this key').waitFor();
});
