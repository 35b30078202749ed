import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { useConsole } from '../support/browser.ts';
import { chooseVendor, type EmptyTenant, emptyTenant, fillUrl, next, step } from './wizard-steps.ts';

const installation = useConsole();
const EVENTS = ['Pass Record Added', 'Pass Installed', 'Pass Uninstalled'];

/** A tenant with a template, and the wizard at its fields. */
async function atTheFields(path: string): Promise<{ readonly page: Page; readonly tenant: EmptyTenant }> {
  const tenant = await emptyTenant(installation().passwire);
  await tenant.client.makeTemplate({ name: 'Stamp card', fields: [{ key: 'points' }, { key: 'member-name' }] });
  const page = await installation().openAs(tenant.key, '/console/integrations/new/vendor');
  await chooseVendor(page, { label: 'WalletThat' });
  await fillUrl(page, installation().passwire.receiver.url(path));
  await page.getByRole('radio', { name: 'One template' }).click();
  await page.getByRole('combobox', { name: 'Template' }).click();
  await page.getByRole('option', { name: 'Stamp card' }).click();
  await next(page);
  for (const event of EVENTS) await page.getByRole('checkbox', { name: event }).check();
  await next(page);
  await page.getByLabel('Send points as').waitFor();
  return { page, tenant };
}

const refused = (trigger: string) => ({
  status: 422,
  contentType: 'application/problem+json',
  body: JSON.stringify({
    type: 'urn:passwire:problem:invalid-input',
    title: 'The request is invalid',
    status: 422,
    detail: `/mapping/rename/points must be another name for ${trigger}`,
    instance: 'urn:passwire:request:r-1',
    requestId: 'r-1',
    errors: [{ pointer: '/mapping/rename/points', detail: 'must be another name' }],
  }),
});

test('Back, Forward and a reload lose nothing, and nothing is stored in the browser', async () => {
  const { page } = await atTheFields('/draft');
  await page.getByLabel('Send points as').fill('stamps');
  await page.getByTestId('preview-lines').getByText('was points').waitFor();
  await page.goBack();
  await step(page, 'What should trigger them?');
  for (const event of EVENTS) expect(await page.getByRole('checkbox', { name: event }).isChecked()).toBe(true);
  await page.goBack();
  await step(page, 'Which passes are they about?');
  await page.goForward();
  await page.goForward();
  await step(page, 'Review the fields');
  expect(await page.getByLabel('Send points as').inputValue()).toBe('stamps');
  await page.reload();
  await page.getByTestId('preview-lines').getByText('was points').waitFor();
  expect(await page.getByLabel('Send points as').inputValue()).toBe('stamps');
  await page.getByLabel('Send points as').fill('tiers');
  await page.reload();
  await page.getByTestId('preview-lines').getByText('was points').waitFor();
  expect(await page.getByLabel('Send points as').inputValue()).toBe('tiers');
  expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBe(0);
});

test('another format marks what became invalid and keeps the other answers; leaving asks first', async () => {
  const { page } = await atTheFields('/another');
  await page.getByRole('button', { name: 'Vendor' }).click();
  await step(page, 'Which webhooks does your system expect?');
  await page.getByRole('radio', { name: 'Vibes', exact: true }).click();
  await page.getByText('A required option has no value yet.').waitFor();
  await page.getByLabel('Company key').fill('nord');
  await next(page);
  expect(await page.getByLabel('Endpoint URL').inputValue()).toContain('/another');
  await page.getByRole('link', { name: 'Deliveries', exact: true }).click();
  await page.getByRole('dialog').getByText('Nothing of this integration is saved yet.').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
  await page.waitForURL(/\/console\/deliveries/);
});

test('two fields of one name are told at their cell, and the last good preview stays', async () => {
  const { page } = await atTheFields('/collision');
  await page.getByLabel('Send points as').fill('stamps');
  await page.getByTestId('preview-lines').getByText('was points').waitFor();
  await page.getByLabel('Send member-name as').fill('stamps');
  await page.getByText(/^The last preview that worked/).waitFor();
  await page
    .locator('[data-field="member-name"], [data-field="points"]')
    .getByText(/stamps|name/)
    .first()
    .waitFor();
  expect(await page.getByTestId('preview-lines').count()).toBe(1);
});

test('one trigger of three that is refused is told with its step; saving again makes only what is missing', async () => {
  const { page, tenant } = await atTheFields('/refused');
  await page.route('**/v1/subscriptions?*', (route, request) =>
    request.method() === 'POST' && request.postDataJSON().trigger === 'pass.installed'
      ? route.fulfill(refused('pass.installed'))
      : route.fallback(),
  );
  await next(page);
  await next(page);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('The integration WalletThat was created. 1 of 3 triggers was refused:').waitFor();
  await page.locator('[data-refused="pass.installed"]').getByRole('button', { name: 'Change: Fields' }).click();
  await step(page, 'Review the fields');
  await page.unroute('**/v1/subscriptions?*');
  await page.getByLabel('Send points as').fill('stamps');
  await next(page);
  await next(page);
  await page.getByRole('button', { name: 'Save what is missing' }).click();
  await page.getByTestId('secret-webhook').waitFor();
  const integrations = await tenant.client.ok<{ data: unknown[] }>('GET', '/v1/integrations');
  const subscriptions = await tenant.client.ok<{ data: { trigger: string }[] }>('GET', '/v1/subscriptions');
  expect(integrations.data).toHaveLength(1);
  expect(subscriptions.data.map(({ trigger }) => trigger).sort()).toEqual([
    'pass.created',
    'pass.installed',
    'pass.uninstalled',
  ]);
});

test('what is undone leaves nothing', async () => {
  const { page, tenant } = await atTheFields('/undone');
  await page.route('**/v1/subscriptions?*', (route, request) =>
    request.method() === 'POST' ? route.fulfill(refused('all')) : route.fallback(),
  );
  await next(page);
  await next(page);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('The integration was deleted again.').waitFor();
  expect(await tenant.client.ok('GET', '/v1/integrations')).toMatchObject({ data: [] });
});

test('a second subscription to the same address and trigger is refused, and names the endpoint', async () => {
  const { page, tenant } = await atTheFields('/twice');
  await next(page);
  await next(page);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByTestId('secret-webhook').waitFor();
  const again = await installation().openAs(tenant.key, '/console/integrations/new/vendor');
  await again.getByRole('radio', { name: 'Use an existing integration' }).click();
  await again.getByRole('combobox', { name: 'Integration' }).click();
  await again.getByRole('option', { name: /^WalletThat/ }).click();
  await next(again);
  await again.getByLabel('Endpoint URL').fill(installation().passwire.receiver.url('/twice'));
  await again.getByText(/^You already send to this address \(WalletThat\)/).waitFor();
});

test('the whole way without a pointer', async () => {
  const { key, client } = await emptyTenant(installation().passwire);
  // tests send a sample of a template
  await client.makeTemplate({ name: 'Stamp card', fields: [{ key: 'points' }] });
  const { receiver } = installation().passwire;
  const page = await installation().openAs(key, '/console/integrations/new/vendor');
  const on = (role: 'button' | 'radio' | 'checkbox' | 'switch', name: string | RegExp) =>
    page.getByRole(role, typeof name === 'string' ? { name, exact: true } : { name }).first();
  await on('radio', 'WalletThat').press('Space');
  await on('button', 'Continue').press('Enter');
  await page.getByLabel('Endpoint URL').focus();
  await page.keyboard.type(receiver.url('/keys'));
  await on('button', 'Continue').press('Enter');
  await on('radio', /^All templates/).press('Space');
  await on('button', 'Continue').press('Enter');
  await on('checkbox', /^Pass Installed/).press('Space');
  await on('button', 'Continue').press('Enter');
  await on('switch', 'Send pass-template-id').press('Space');
  await page.getByTestId('preview-lines').locator('[data-mark="removed"]').first().waitFor();
  await on('button', 'Continue').press('Enter');
  await on('button', 'Continue').press('Enter');
  await on('button', 'Save').press('Enter');
  await on('button', 'Send a test of Pass Installed').press('Enter');

  await page.getByText('Your receiver got its first webhook.').waitFor();
  const [got] = await receiver.waitFor('/keys');
  expect(got?.body.toString()).not.toContain('pass-template-id');
  expect(await client.ok('GET', '/v1/subscriptions')).toMatchObject({
    data: [{ mapping: { remove: ['pass-template-id'] } }],
  });
});

test('without a template it is said beforehand that no test can be sent', async () => {
  const { key } = await emptyTenant(installation().passwire);
  const page = await installation().openAs(key, '/console/integrations/new/template');
  await page.getByRole('radio', { name: /^All templates/ }).click();
  await page.getByText(/^There are no templates yet, so no test can be sent/).waitFor();
});

test('triggers are added to the integration that the address names', async () => {
  const { key, client } = await emptyTenant(installation().passwire);
  const { id } = await client.makeIntegration({ name: 'Till', dialect: 'vibes', options: { companyKey: 'nord' } });
  const page = await installation().openAs(key, `/console/integrations/new/triggers?integration=${id}`);
  await page.getByRole('checkbox', { name: 'wallet_item_install' }).check();
  await next(page);
  await page.getByRole('button', { name: 'Vendor' }).click();
  await page.getByRole('radio', { name: 'Use an existing integration', checked: true }).waitFor();
  expect(await page.getByRole('combobox', { name: 'Integration' }).inputValue()).toBe('Till');
});
