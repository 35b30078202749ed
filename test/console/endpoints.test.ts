import { beforeAll, expect, test } from 'vitest';
import { axeFindings, lookAt, useConsole } from '../support/browser.ts';
import { Client } from '../support/client.ts';
import { eventually } from '../support/poll.ts';

const installation = useConsole({ STATISTICS_INTERVAL_MS: '1000' });

interface Made {
  readonly tenantId: string;
  readonly key: string;
  readonly client: Client;
  readonly good: string;
  readonly gone: string;
  readonly failing: string;
  path(name: string): string;
  emit(type: string, count: number): Promise<void>;
}

let made: Made;

/** A tenant with an endpoint that works, one that answered 410, and one that fails. */
async function endpoints(): Promise<Made> {
  const { passwire } = installation();
  const { admin, receiver } = passwire;
  const { id: tenantId } = await admin.ok<{ id: string }>('POST', '/v1/tenants', { name: 'Riverside Gym' });
  const { key } = await admin.ok<{ key: string }>('POST', '/v1/api-keys', {
    name: 'Gym developer',
    role: 'tenant',
    tenantId,
  });
  const client = new Client(() => passwire.api.url, key);
  const templateId = await client.makeTemplate();
  const { id: integrationId } = await client.makeIntegration({
    name: 'POS',
    dialect: 'standard',
    policy: { retryDelaysMs: [50, 3_600_000] },
  });
  const path = (name: string): string => `/${tenantId}/${name}`;
  const make = async (name: string, trigger: string, status: number): Promise<string> => {
    receiver.answer(path(name), { status });
    await client.subscribe({ integrationId, templateId, trigger, url: receiver.url(path(name)) });
    const { data } = await client.ok<{ data: { id: string; url: string }[] }>('GET', '/v1/endpoints');
    return data.find(({ url }) => url === receiver.url(path(name)))?.id ?? '';
  };
  const emit = async (type: string, count: number): Promise<void> => {
    const events = Array.from({ length: count }, (_, index) => ({
      type,
      templateId: 'loyalty',
      occurredAt: '2026-03-01T12:00:00Z',
      pass: { id: `Store-${index}` },
    }));
    await client.ok('POST', '/v1/events/batch', { events });
  };
  const good = await make('good', 'pass.created', 200);
  const gone = await make('gone', 'pass.updated', 410);
  const failing = await make('failing', 'pass.voided', 503);
  return { tenantId, key, client, good, gone, failing, path, emit };
}

/** Waits until an endpoint is in a condition of the board. */
async function until(id: string, condition: RegExp): Promise<void> {
  await eventually(
    async () => {
      const { endpoints: all } = await made.client.ok<{ endpoints: { id: string; condition: string }[] }>(
        'GET',
        '/v1/endpoints/board',
      );
      return condition.test(all.find((endpoint) => endpoint.id === id)?.condition ?? '');
    },
    { what: `the condition ${condition} of ${id}` },
  );
}

beforeAll(async () => {
  made = await endpoints();
  await made.emit('pass.created', 4);
  await made.emit('pass.updated', 1);
  await until(made.gone, /^disabled$/);
  await made.emit('pass.updated', 3);
  await made.emit('pass.voided', 12);
  await until(made.failing, /open$/);
});

test('the board reads well at every width', async () => {
  await lookAt(installation(), made.key, {
    name: 'endpoints',
    path: '/console/endpoints',
    ready: (page) => page.getByText(/The receiver answered 410 Gone|the receiver answered 410 Gone/).waitFor(),
  });
});

test('the page of an endpoint reads well at every width', async () => {
  await lookAt(installation(), made.key, {
    name: 'endpoint',
    path: `/console/endpoints/${made.failing}`,
    ready: async (page) => {
      await page.locator('.recharts-bar-rectangle path').first().waitFor();
      await page.getByText('Last answer').waitFor();
    },
  });
});

test('what fails is first, with why and what happens; its filters are in the address', async () => {
  const page = await installation().openAs(made.key, '/console/endpoints');
  await page.getByText('2 of 3 need attention.').waitFor();
  const rows = page.locator('[data-row]');
  expect(await rows.first().getAttribute('data-row')).toBe(made.gone);
  expect(await rows.last().getAttribute('data-row')).toBe(made.good);
  await page.getByText(/POS\. Disabled: the receiver answered 410 Gone\. \d deliver/).waitFor();
  await page.getByText(/The endpoint answered 503\. .*It is disabled on .* if it keeps failing\./).waitFor();
  await rows.last().getByText('Working').waitFor();
  await page.getByRole('combobox', { name: 'State' }).click();
  await page.getByRole('option', { name: 'Working' }).click();
  await page.waitForURL(/condition=working/);
  await expect.poll(() => rows.count()).toBe(1);
  await page.getByLabel('Host contains').fill('nowhere.example');
  await page.keyboard.press('Enter');
  await page.getByText('No endpoint matches.').waitFor();
});

test('paused with a reason, it holds what comes; the row stays where it was until it is sorted again', async () => {
  const page = await installation().openAs(made.key, '/console/endpoints');
  const row = page.locator(`[data-row="${made.good}"]`);
  const placeOf = async (id: string) =>
    (await page.locator('[data-row]').all()).length === 0
      ? -1
      : (await Promise.all((await page.locator('[data-row]').all()).map((one) => one.getAttribute('data-row')))).indexOf(
          id,
        );
  const group = page.locator('tbody').filter({ has: row });
  await group.getByRole('button', { name: 'Pause' }).click();
  const dialog = page.getByRole('dialog', { name: /^Pause 127/ });
  expect(await dialog.getByRole('button', { name: 'Pause' }).isDisabled()).toBe(true);
  await dialog.getByLabel('Reason').fill('The till is being moved');
  expect((await axeFindings(page)).join('\n')).toBe('');
  await dialog.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Disabled by a person: The till is being moved.').waitFor();
  expect(await placeOf(made.good)).toBe(2);
  await page.getByRole('button', { name: 'Sort again' }).click();
  await expect.poll(() => placeOf(made.good)).toBeLessThan(2);
  const { receiver } = installation().passwire;
  const before = receiver.at(made.path('good')).length;
  await made.emit('pass.created', 2);
  await page.getByText(/2 deliveries are held until it is enabled\./).waitFor({ timeout: 60_000 });
  expect(receiver.at(made.path('good'))).toHaveLength(before);
  await group.getByRole('button', { name: 'Enable' }).click();
  await page
    .getByRole('dialog')
    .getByText(/2 deliveries that are held go out, oldest first\./)
    .waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Enable' }).click();
  await receiver.waitFor(made.path('good'), before + 2);
  const { data } = await made.client.ok<{ data: { state: string }[] }>('GET', '/v1/deliveries?state=held');
  expect(data.every(({ state }) => state === 'held')).toBe(true);
});

test('what a 410 disabled says so, with its changes; enabled, it sends what was held', async () => {
  const { openAs, passwire } = installation();
  const page = await openAs(made.key, `/console/endpoints/${made.gone}`);
  await page.getByText(/Disabled: the receiver answered 410 Gone\. \d deliveries are held until it is enabled\./).waitFor();
  const changes = page.getByRole('region', { name: 'Changes' });
  await changes.getByText('The receiver answered 410 Gone.').waitFor();
  await changes.getByText('Passwire', { exact: true }).waitFor();
  await page.getByRole('region', { name: 'Subscriptions' }).getByText('pass.updated').waitFor();
  passwire.receiver.answer(made.path('gone'), { status: 200 });
  const before = passwire.receiver.at(made.path('gone')).length;
  await page.getByRole('button', { name: 'Enable' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Enable' }).click();
  await passwire.receiver.waitFor(made.path('gone'), before + 3);
  await changes.getByText('Gym developer').waitFor();
  await page.getByText('It works. Nothing needs to be done.').waitFor({ timeout: 60_000 });
});

test('what an endpoint did not get is recovered from its page, counted before', async () => {
  const { openAs, passwire } = installation();
  const page = await openAs(made.key, `/console/endpoints/${made.failing}`);
  await page.getByRole('button', { name: /^Recover since/ }).click();
  await page.getByText(/What this endpoint did not get/).waitFor();
  await page.getByText(/deliver(y|ies) to one endpoint would be sent again: .*retrying and would go now/).waitFor();
  passwire.receiver.answer(made.path('failing'), { status: 200 });
  await made.client.ok('POST', `/v1/endpoints/${made.failing}/enable`, {});
});

test('support sees all tenants and their names, and no audit log; another tenant sees nothing of it', async () => {
  const { openAs, passwire } = installation();
  const { admin } = passwire;
  const { key: support } = await admin.ok<{ key: string }>('POST', '/v1/api-keys', { name: 'desk', role: 'support' });
  const page = await openAs(support, '/console/endpoints');
  await page
    .getByText(/Riverside Gym \/ POS/)
    .first()
    .waitFor();
  await page.locator(`[data-row="${made.good}"] [data-row-link]`).click();
  await page.getByText('Who enabled and disabled it is in the audit log, which your key may not read.').waitFor();
  const status = (path: string, method = 'GET') =>
    page.evaluate<number>(
      `fetch(${JSON.stringify(path)}, { method: ${JSON.stringify(method)}, headers: { 'x-passwire-console': '1' } }).then(({ status }) => status)`,
    );
  expect(await status('/v1/audit')).toBe(403);
  const { id: otherId } = await admin.ok<{ id: string }>('POST', '/v1/tenants', { name: 'Other' });
  const { key: other } = await admin.ok<{ key: string }>('POST', '/v1/api-keys', {
    name: 'other',
    role: 'tenant',
    tenantId: otherId,
  });
  const foreign = await openAs(other, '/console/endpoints');
  await foreign.getByText('No endpoints yet.').waitFor();
  await foreign.goto(`/console/endpoints/${made.good}`);
  await foreign.getByText('There is nothing at this address', { exact: false }).waitFor();
});
