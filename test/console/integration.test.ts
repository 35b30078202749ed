import { createHmac } from 'node:crypto';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { axeFindings, lookAt, useConsole } from '../support/browser.ts';
import { makeTenant, type TenantClient } from '../support/client.ts';
import type { Received } from '../support/receiver.ts';

const installation = useConsole();
let acme: TenantClient;
let templateId: string;

interface Integration {
  readonly id: string;
  readonly secrets: readonly { readonly kind: string; readonly value?: string; readonly expiresAt: string | null }[];
}

beforeAll(async () => {
  const { passwire } = installation();
  acme = await makeTenant(() => passwire.api.url, passwire.env);
  templateId = await acme.makeTemplate({ fields: [{ key: 'points' }] });
});

const create = (input: object) => acme.ok<Integration>('POST', '/v1/integrations', { name: 'CRM', ...input });
const read = (id: string) => acme.ok('GET', `/v1/integrations/${id}`);
const openTab = (id: string, tab: string, key = acme.key) =>
  installation().openAs(key, `/console/integrations/${id}/${tab}`);
const save = (page: Page) => page.getByRole('button', { name: 'Save' }).click();

async function subscribed(input: object, path: string): Promise<Integration> {
  const made = await create(input);
  const url = installation().passwire.receiver.url(path);
  await acme.subscribe({ integrationId: made.id, templateId, trigger: 'pass.created', url });
  return made;
}

async function received(path: string, count: number): Promise<Received> {
  await acme.emit({
    type: 'pass.created',
    templateId,
    occurredAt: '2026-11-24T10:02:11Z',
    pass: { id: 'P-1', fields: {} },
  });
  const got = await installation().passwire.receiver.waitFor(path, count);
  return got.at(-1) as Received;
}

function isSignedWith(secret: string, { headers, text }: Received): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
  const signature = `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
  return String(headers['webhook-signature']).split(' ').includes(signature);
}

describe('each tab reads well at every width:', () => {
  let id: string;
  beforeAll(async () => {
    const headers = { authorization: 'Basic dXNlcjpwYXNz', 'x-source': 'passwire' };
    ({ id } = await subscribed({ dialect: 'passentry', headers, limits: { maxInFlight: 20 } }, '/looked-at'));
    await acme.ok('POST', `/v1/integrations/${id}/rotate-secret`, { kind: 'webhook', overlapHours: 48 });
  });

  test.each([
    ['subscriptions', 'passCreated'],
    ['options', 'Signature encoding'],
    ['secrets', 'PassEntry secret'],
    ['headers', 'Sent with every request'],
    ['limits', 'Requests per second'],
    ['policy', 'Try 10'],
    ['history', 'Secret rotated'],
  ])('%s', async (tab, words) => {
    await lookAt(installation(), acme.key, {
      name: `integration-${tab}`,
      path: `/console/integrations/${id}/${tab}`,
      ready: (page) => page.getByText(words).first().waitFor(),
    });
  });
});

test('rotation: the new secret is shown once, and both sign until the time that the page names', async () => {
  const { id, secrets } = await subscribed({ name: 'Rotated', dialect: 'standard' }, '/rotated');
  const old = secrets.find(({ kind }) => kind === 'webhook')?.value ?? '';
  const page = await openTab(id, 'secrets');
  await page.getByRole('button', { name: 'Rotate: Webhook secret' }).click();
  const dialog = page.getByRole('dialog', { name: 'Rotate: Webhook secret' });
  await dialog.getByLabel('Both sign for (hours)').fill('2');
  expect((await axeFindings(page)).join('\n')).toBe('');
  await dialog.getByRole('button', { name: 'Rotate' }).click();
  const fresh = (await page.getByTestId('new-secret').textContent()) ?? '';
  expect(fresh).toMatch(/^whsec_/);
  expect((await axeFindings(page)).join('\n')).toBe('');
  const shown = await page.getByRole('dialog', { name: 'shown once' }).locator('time').getAttribute('datetime');
  await page.getByRole('button', { name: 'I have stored it' }).click();
  await page.getByText('signs until').waitFor();
  await page.getByTestId('new-secret').waitFor({ state: 'detached' });
  expect(await page.content()).not.toContain(fresh);
  await page.reload();
  const row = page.getByRole('row', { name: 'signs until' });
  expect(await row.locator('time').last().getAttribute('datetime')).toBe(shown);
  expect(await page.content()).not.toContain(fresh);
  const [expiresAt] = ((await read(id)) as unknown as Integration).secrets.flatMap((secret) => secret.expiresAt ?? []);
  expect(shown).toBe(expiresAt);
  expect(Math.abs(Date.parse(shown ?? '') - Date.now() - 2 * 3_600_000)).toBeLessThan(10 * 60_000);

  const first = await received('/rotated', 1);
  expect([isSignedWith(old, first), isSignedWith(fresh, first)]).toEqual([true, true]);
  await acme.ok('POST', `/v1/integrations/${id}/rotate-secret`, { kind: 'webhook', overlapHours: 0 });
  const second = await received('/rotated', 2);
  expect([isSignedWith(old, second), isSignedWith(fresh, second)]).toEqual([false, false]);
});

test('conflict: a change of somebody else meanwhile is shown, and either can stay', async () => {
  const { id } = await create({ name: 'Shared', dialect: 'standard' });
  const page = await openTab(id, 'options');
  await page.getByLabel('Name').fill('Mine');
  await acme.ok('PATCH', `/v1/integrations/${id}`, { name: 'Theirs' });
  await save(page);
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Theirs', { exact: true }).waitFor();
  await dialog.getByText('Mine', { exact: true }).waitFor();
  await dialog.getByText(/test/).first().waitFor();
  expect((await axeFindings(page)).join('\n')).toBe('');
  await dialog.getByRole('button', { name: 'Apply mine' }).click();
  await page.getByRole('heading', { name: 'Mine', level: 1 }).waitFor();
  expect(await read(id)).toMatchObject({ name: 'Mine' });

  await page.getByLabel('Name').fill('Mine again');
  await acme.ok('PATCH', `/v1/integrations/${id}`, { name: 'Theirs again' });
  await save(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Take theirs' }).click();
  await expect.poll(() => page.getByLabel('Name').inputValue()).toBe('Theirs again');
  expect(await read(id)).toMatchObject({ name: 'Theirs again' });
});

test.each([
  ['walletthat', {}, undefined],
  ['walletthat-postback', {}, ['Only 200 is a success', 'exact200', true]],
  ['vibes', { companyKey: 'acme' }, ['Company key', 'companyKey', 'nord']],
  ['passcreator', {}, ['Empty generic properties', 'emptyGenericProperties', 'An empty list, []', 'array']],
  ['passentry', {}, ['Signature encoding', 'signatureEncoding', 'Base64', 'base64']],
  ['standard', {}, undefined],
  ['cloudevents', {}, ['Content mode', 'mode', 'Binary: in ce- headers; the body is the data', 'binary']],
] as const)('the options of %s are those of its schema, and are saved', async (dialect, options, change) => {
  const { id } = await create({ name: dialect, dialect, options });
  const page = await openTab(id, 'options');
  if (!change) {
    await page.getByText('This vendor has no options.').waitFor();
    return;
  }
  const [label, name, value, stored = value] = change;
  if (value === true) await page.getByRole('switch', { name: label }).click();
  else if (stored === value) await page.getByLabel(label).fill(value);
  else {
    await page.getByRole('combobox', { name: label }).click();
    await page.getByRole('option', { name: value }).click();
  }
  await save(page);
  await page.getByText('Saved.').waitFor();
  expect(await read(id)).toMatchObject({ options: { [name]: stored } });
});

test('headers stay masked, limits and waits are saved, and what is emptied is the default again', async () => {
  const headers = { authorization: 'Basic dXNlcjpwYXNz', 'x-old': 'gone' };
  const { id } = await subscribed({ name: 'Settings', dialect: 'standard', headers }, '/settings');
  const page = await openTab(id, 'headers');
  await page.getByRole('button', { name: 'Remove x-old' }).click();
  await page.getByRole('button', { name: 'Add a header' }).click();
  await page.getByRole('textbox', { name: 'Header' }).last().fill('x-new');
  await page.getByRole('textbox', { name: 'Value' }).last().fill('here');
  await save(page);
  await page.getByText('Saved.').waitFor();
  expect(await page.content()).not.toContain('dXNlcjpwYXNz');
  const { headers: sent } = await received('/settings', 1);
  expect(sent).toMatchObject({ authorization: headers.authorization, 'x-new': 'here' });
  expect(sent['x-old']).toBeUndefined();

  await page.getByRole('tab', { name: 'Limits' }).click();
  await page.getByLabel('Requests per second').fill('50');
  await save(page);
  await page.getByText('Saved.').waitFor();
  expect(await read(id)).toMatchObject({ limits: { ratePerSecond: 50 } });
  await page.getByLabel('Requests per second').fill('');
  await save(page);
  await expect.poll(async () => (await read(id)).limits).toEqual({});

  await page.getByRole('tab', { name: 'Retries' }).click();
  await page.getByText('about 3 d 3 h after the first').waitFor();
  await page.getByLabel('Waits before the retries').fill('5 s, 2 weeks');
  await page.getByText('Durations up to 7 d with commas between them').waitFor();
  await page.getByLabel('Waits before the retries').fill('5 s, 2 h');
  await page.getByText('Try 3, after 2 h').waitFor();
  await save(page);
  await page.getByText('Saved.').waitFor();
  expect(await read(id)).toMatchObject({ policy: { retryDelaysMs: [5000, 7_200_000] } });
});

test('roles: support sees it and cannot change it; calling anyway is 403', async () => {
  const { passwire } = installation();
  const { id } = await create({ name: 'Seen', dialect: 'standard' });
  const { key } = await passwire.admin.ok<{ key: string }>('POST', '/v1/api-keys', { name: 'Desk', role: 'support' });
  const page = await openTab(id, 'secrets', key);
  await page.getByText('Webhook secret').waitFor();
  for (const name of ['Delete', 'Save', /^Rotate/, /^Add/])
    expect(await page.getByRole('button', { name }).count()).toBe(0);
  expect(await page.getByRole('tab', { name: 'History' }).count()).toBe(0);
  await page.getByRole('tab', { name: 'Options' }).click();
  expect(await page.getByLabel('Name').getAttribute('readonly')).not.toBeNull();
  const status = await page.evaluate(async (path) => {
    const headers = { 'x-passwire-console': '1', 'content-type': 'application/json' };
    return (await fetch(path, { method: 'PATCH', headers, body: '{"name":"Changed"}' })).status;
  }, `/v1/integrations/${id}`);
  expect(status).toBe(403);
});

test('it is deleted by its name, and says what ends', async () => {
  const { id } = await subscribed({ name: 'Old system', dialect: 'standard' }, '/old-system');
  const page = await openTab(id, 'subscriptions');
  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete Old system?' });
  await dialog.getByText('1 subscription ends, open deliveries are cancelled, the log stays.').waitFor();
  const confirm = dialog.getByRole('button', { name: 'Delete this integration' });
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByLabel('Type Old system to confirm').fill('Old system');
  await confirm.click();
  await page.waitForURL(/\/integrations$/);
  expect((await acme.call('GET', `/v1/integrations/${id}`)).status).toBe(404);
});
