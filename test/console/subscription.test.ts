import { beforeAll, describe, expect, test } from 'vitest';
import { lookAt, useConsole } from '../support/browser.ts';
import { makeTenant, type TenantClient } from '../support/client.ts';

const installation = useConsole();
let acme: TenantClient;
let templateId: string;
let integrationId: string;

beforeAll(async () => {
  const { passwire } = installation();
  acme = await makeTenant(() => passwire.api.url, passwire.env);
  templateId = await acme.makeTemplate({ fields: [{ key: 'points' }, { key: 'member-name' }] });
  ({ id: integrationId } = await acme.makeIntegration({ name: 'CRM', dialect: 'walletthat' }));
});

const subscribe = (path: string, more: object = {}) =>
  acme.subscribe({
    integrationId,
    templateId,
    trigger: 'pass.created',
    url: installation().passwire.receiver.url(path),
    ...more,
  });
const openTab = (id: string, tab: string, key = acme.key) =>
  installation().openAs(key, `/console/subscriptions/${id}/${tab}`);
const read = (id: string) => acme.ok('GET', `/v1/subscriptions/${id}`);
const emit = () =>
  acme.emit({
    type: 'pass.created',
    templateId,
    occurredAt: '2026-11-24T10:02:11Z',
    pass: { id: 'P-1', fields: { points: 7, 'member-name': 'Jane' } },
  });

describe('each tab reads well at every width:', () => {
  let id: string;
  beforeAll(async () => {
    const filter = { path: '/pass/fields/points', gte: 5 };
    id = await subscribe('/looked-at', { filter, mapping: { rename: { points: 'stamps' }, remove: ['member-name'] } });
    await acme.ok('PATCH', `/v1/subscriptions/${id}`, { enabled: false });
    await acme.ok('PATCH', `/v1/subscriptions/${id}`, { enabled: true });
  });

  test.each([
    ['fields', 'stamps'],
    ['filter', 'stamps'],
    ['health', 'No delivery yet.'],
    ['history', 'Subscription updated'],
  ])('%s', async (tab, words) => {
    await lookAt(installation(), acme.key, {
      name: `subscription-${tab}`,
      path: `/console/subscriptions/${id}/${tab}`,
      ready: (page) => page.getByText(words).first().waitFor(),
    });
  });
});

test('a field that is renamed and one that is turned off are so in the body that arrives', async () => {
  const id = await subscribe('/mapped');
  const page = await openTab(id, 'fields');
  await page.getByRole('textbox', { name: 'Send points as' }).fill('stamps');
  await page.getByRole('switch', { name: 'Send member-name' }).click({ force: true });
  await page.getByTestId('preview').getByText('stamps').first().waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  expect(await read(id)).toMatchObject({ mapping: { rename: { points: 'stamps' }, remove: ['member-name'] } });
  await emit();
  const [got] = await installation().passwire.receiver.waitFor('/mapped');
  const body = JSON.parse(got?.text ?? '') as Record<string, unknown>;
  expect(Object.keys(body)).toContain('stamps');
  expect(Object.keys(body)).not.toContain('points');
  expect(Object.keys(body)).not.toContain('member-name');
});

test('a change of somebody else meanwhile is shown, and theirs can stay', async () => {
  const id = await subscribe('/conflict');
  const page = await openTab(id, 'fields');
  await page.getByRole('textbox', { name: 'Send points as' }).fill('mine');
  await acme.ok('PATCH', `/v1/subscriptions/${id}`, { mapping: { rename: { points: 'theirs' } } });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take theirs' }).click();
  await expect.poll(() => page.getByRole('textbox', { name: 'Send points as' }).inputValue()).toBe('theirs');
  expect(await read(id)).toMatchObject({ mapping: { rename: { points: 'theirs' } } });
});

test('it is tested, disabled, enabled and deleted', async () => {
  installation().passwire.receiver.answer('/tested', { status: 422 });
  const id = await subscribe('/tested');
  const page = await openTab(id, 'health');
  await page.getByRole('button', { name: 'Send a test' }).click();
  await page.getByText('The receiver answered 422.').waitFor();
  expect(await read(id)).toMatchObject({ state: 'enabled' });
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Disable' }).click();
  await dialog.getByText('Its deliveries are held until it is enabled again.').waitFor();
  await dialog.getByRole('button', { name: 'Disable' }).click();
  await page.getByText('Disabled', { exact: true }).waitFor();
  expect(await read(id)).toMatchObject({ state: 'disabled' });
  await dialog.waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Enable' }).click();
  await dialog.getByRole('button', { name: 'Enable' }).click();
  await page.getByText('Enabled', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByLabel(/to confirm/).fill('Pass Record Added');
  await dialog.getByRole('button', { name: 'Delete this subscription' }).click();
  await page.waitForURL(new RegExp(`/integrations/${integrationId}$`));
  expect((await acme.call('GET', `/v1/subscriptions/${id}`)).status).toBe(404);
});

test('support sees it and cannot change it; calling anyway is 403', async () => {
  const { passwire } = installation();
  const id = await subscribe('/support');
  const { key } = await passwire.admin.ok<{ key: string }>('POST', '/v1/api-keys', { name: 'Desk', role: 'support' });
  const page = await openTab(id, 'fields', key);
  await page.getByText('member-name').first().waitFor();
  for (const name of ['Save', 'Delete', 'Disable']) expect(await page.getByRole('button', { name }).count()).toBe(0);
  const status = await page.evaluate(async (path) => {
    const headers = { 'x-passwire-console': '1', 'content-type': 'application/json' };
    return (await fetch(path, { method: 'PATCH', headers, body: '{"enabled":false}' })).status;
  }, `/v1/subscriptions/${id}`);
  expect(status).toBe(403);
});
