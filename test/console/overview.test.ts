import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { lookAt, useConsole } from '../support/browser.ts';
import type { Client } from '../support/client.ts';
import { eventually } from '../support/poll.ts';
import { type CafeNord, cafeNord } from './cafe-nord.ts';

const installation = useConsole();
let nord: CafeNord;

beforeAll(async () => {
  nord = await cafeNord(installation().passwire);
  await nord.client.ok('POST', `/v1/subscriptions/${nord.subscriptionId}/test?wait=true`, {});
  await counted(nord.client, 3);
});

/** The statistics count what ended a few seconds later. */
async function counted(client: Client, ended: number): Promise<void> {
  const read = async () => {
    const { groups } = await client.ok<Statistics>('GET', '/v1/stats');
    const { succeeded = 0, dead = 0 } = groups[0]?.ended ?? {};
    return succeeded + dead >= ended || undefined;
  };
  await eventually(read, { what: `${ended} deliveries that are counted as ended` });
}

interface Statistics {
  readonly groups: readonly { readonly ended: { readonly succeeded: number; readonly dead: number } }[];
}

async function figure(page: Page, label: string): Promise<string> {
  const value = page.getByTestId('figure').filter({ hasText: label }).getByTestId('value');
  return (await value.textContent()) ?? '';
}

test("a tenant's overview reads well at every width", async () => {
  await lookAt(installation(), nord.key, {
    name: 'overview',
    path: '/console/overview',
    ready: (page) => page.locator('.recharts-bar-rectangle path').first().waitFor(),
  });
});

test('that of the installation does so too', async () => {
  await lookAt(installation(), installation().passwire.env.ADMIN_KEY, {
    name: 'overview-installation',
    path: '/console/overview',
    async ready(page) {
      await page.locator('.recharts-bar-rectangle path').nth(1).waitFor();
      await page.getByText('Alive').waitFor();
    },
  });
});

test('its numbers are what was sent, without tests, and few are no rate', async () => {
  const page = await installation().openAs(nord.key, '/console/overview');
  await expect.poll(() => figure(page, 'Delivered'), { timeout: 30_000 }).toBe('2');
  expect(await figure(page, 'Success rate')).toBe('2 of 3');
  await expect.poll(() => figure(page, 'Waiting now')).toBe('1');
  expect(await figure(page, 'Open dead letters')).toBe('1');
  await page.getByRole('link', { name: '2 of 3' }).click();
  await expect.poll(() => page.locator('[data-row]').count()).toBe(3);
});

test('from 20 ended deliveries on there is a rate', async () => {
  const events = Array.from({ length: 20 }, (_, index) => ({
    type: 'pass.created',
    templateId: nord.templateId,
    occurredAt: '2026-11-24T10:02:11Z',
    pass: { id: `more-${index}` },
  }));
  await nord.client.ok('POST', '/v1/events/batch', { events });
  await counted(nord.client, 23);
  const page = await installation().openAs(nord.key, '/console/overview');
  await expect.poll(() => figure(page, 'Success rate'), { timeout: 30_000 }).toBe('95.65 %');
  expect(await figure(page, 'Delivered')).toBe('22');
});

test('a number that does not load is unknown, and known again without a reload', async () => {
  const page = await installation().openAs(nord.key, '/console/overview', { expectsOutage: true });
  const problem = {
    type: 'urn:passwire:problem:unavailable',
    title: 'Unavailable',
    status: 503,
    detail: 'Postgres does not answer.',
    instance: 'urn:passwire:request:r-1',
    requestId: 'r-1',
  };
  await page.route(/\/v1\/stats/, (route) => route.fulfill({ status: 503, json: problem }));
  await page.reload();
  await page.getByTestId('problem').filter({ hasText: 'Postgres does not answer.' }).first().waitFor();
  for (const label of ['Delivered', 'Success rate', 'Waiting now', 'Open dead letters'])
    expect(await figure(page, label), label).toBe('unknown');
  await page.getByText('r-1').first().waitFor();
  await page.unroute(/\/v1\/stats/);
  await expect.poll(() => figure(page, 'Open dead letters'), { timeout: 60_000 }).toBe('1');
  await expect.poll(() => figure(page, 'Delivered'), { timeout: 60_000 }).not.toBe('unknown');
});

test('a chart is a table too, and a bar leads to its deliveries', async () => {
  const page = await installation().openAs(nord.key, '/console/overview?last=1h');
  const chart = page.getByRole('region', { name: 'Attempts by outcome' });
  await chart.getByRole('button', { name: 'Show as table' }).click();
  await chart.getByRole('table', { name: 'Attempts by outcome, as a table' }).getByRole('row').nth(1).waitFor();
  await chart.locator('.recharts-bar-rectangle path').first().click();
  await page.waitForURL(/deliveries\?.*state=succeeded.*after=.*before=/);
  await page.locator('[data-row]').first().waitFor();
});

test('what needs attention is named with its time, and the good end too', async () => {
  const calm = await installation().passwire.makeTenant();
  const calmPage = await installation().openAs(calm.key, '/console/overview');
  await calmPage.getByText('Nothing needs attention.').waitFor();
  await calmPage.getByText('Nothing was sent in this period.').waitFor();
  const { integrationId, subscriptionId, client } = nord;
  await client.ok('POST', `/v1/integrations/${integrationId}/rotate-secret`, { kind: 'webhook', overlapHours: 1 });
  await client.ok('PATCH', `/v1/subscriptions/${subscriptionId}`, { enabled: false });
  const page = await installation().openAs(nord.key, '/console/overview');
  const list = page.getByRole('region', { name: 'Needs attention' });
  await list.getByText(/\/crm is disabled: a person switched it off\. Nothing is sent to it/).waitFor();
  await list.getByText(/^The replaced secret of CRM signs until \d\d:\d\d:\d\d/).waitFor();
});

test('a tenant sees nothing of the installation, and an operator what waits in all of it', async () => {
  const tenantPage = await installation().openAs(nord.key, '/console/overview');
  await tenantPage.getByText('Open dead letters').waitFor();
  expect(await tenantPage.getByText('Oldest due delivery').count()).toBe(0);
  expect(await tenantPage.getByRole('link', { name: 'Operations' }).count()).toBe(0);
  const { passwire, openAs } = installation();
  const page = await openAs(passwire.env.ADMIN_KEY ?? '', '/console/overview');
  await expect.poll(() => figure(page, 'Oldest due delivery'), { timeout: 30_000 }).toBe('none');
  expect(await figure(page, 'Waiting at the gate')).toBe('0');
  await page.getByRole('region', { name: 'Workers' }).getByText('Alive').waitFor();
  await page.getByRole('paragraph').filter({ hasText: '1 retry is planned.' }).waitFor();
});

test('the list of what needs attention, and the table of a chart, read well at every width', async () => {
  await lookAt(installation(), installation().passwire.env.ADMIN_KEY, {
    name: 'overview-attention',
    path: '/console/overview?last=1h',
    async ready(page) {
      await page.getByText(/\/crm is disabled/).waitFor();
      const chart = page.getByRole('region', { name: 'Attempts by outcome' });
      await chart.getByRole('button', { name: 'Show as table' }).click();
      await chart.locator('[data-row]').first().waitFor();
      await page.getByRole('heading', { name: 'Needs attention' }).scrollIntoViewIfNeeded();
      await page.evaluate('document.querySelector("section").scrollIntoView()');
    },
  });
});
