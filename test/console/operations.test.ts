import { expect, test } from 'vitest';
import { lookAt, useConsole } from '../support/browser.ts';
import { usePrivateServers } from '../support/servers.ts';
import { cafeNord } from './cafe-nord.ts';

const servers = usePrivateServers();
const installation = useConsole(() => ({ REDIS_URL: servers().redis.url }));
const admin = () => installation().passwire.env.ADMIN_KEY ?? '';

test('operations read well at every width', async () => {
  await cafeNord(installation().passwire);
  await lookAt(installation(), admin(), {
    name: 'operations',
    path: '/console/operations',
    async ready(page) {
      await page.getByText('Alive').waitFor();
      await page.locator('.recharts-bar-rectangle path').first().waitFor();
    },
  });
});

test('without Redis its numbers are unknown and never 0, and they are back without a reload', async () => {
  const page = await installation().openAs(admin(), '/console/operations', { expectsOutage: true });
  const gate = page.getByTestId('figure').filter({ hasText: 'Waiting at the gate' });
  const redis = page.getByTestId('redis');
  await gate.getByText('0', { exact: true }).waitFor();
  await redis.getByText('Works').waitFor();
  await servers().redis.kill();
  await gate.getByText('unknown').waitFor({ timeout: 60_000 });
  await redis.getByText('Fails').waitFor({ timeout: 60_000 });
  await redis.getByText(/Events are still accepted and nothing is lost/).waitFor();
  await redis.getByText(/^since \d\d:\d\d:\d\d/).waitFor();
  await page.getByTestId('postgres').getByText('Works').waitFor();
  await servers().redis.start();
  await redis.getByText('Works').waitFor({ timeout: 60_000 });
  await gate.getByText('0', { exact: true }).waitFor({ timeout: 60_000 });
});

test('an installation without a worker says that nothing is sent', async () => {
  const page = await installation().openAs(admin(), '/console/operations', { expectsOutage: true });
  await page.route('**/v1/workers', (route) => route.fulfill({ json: { data: [] } }));
  await page.reload();
  await page.getByText('No worker runs').waitFor();
});

test('the backlog is drawn by state, and a time without a count is a gap', async () => {
  const page = await installation().openAs(admin(), '/console/operations');
  const samples = Array.from({ length: 180 }, (_, minute) => ({
    at: new Date(Date.UTC(2026, 10, 20, 10, minute)).toISOString(),
    oldestDueMs: 0,
    states: { pending: 40 + minute, retrying: 200, held: minute > 60 ? 90 : 0 },
    parked: 0,
    failingEndpoints: 1,
  })).filter((_, minute) => minute < 100 || minute > 139);
  await page.route('**/v1/stats/backlog', (route) => route.fulfill({ json: { samples } }));
  await page.reload();
  const chart = page.getByRole('region', { name: 'Open deliveries by state' });
  await expect.poll(() => chart.locator('.recharts-area-area').count(), { timeout: 30_000 }).toBe(3);
  await chart.getByText('509 were open at the last count.', { exact: false }).first().waitFor();
  await chart.getByRole('button', { name: 'Show as table' }).click();
  // 14 of the 18 times of ten minutes have counts
  await expect.poll(() => chart.locator('[data-row]').count()).toBe(14);
});

test('a tenant has no such page', async () => {
  const { passwire, openAs } = installation();
  const tenant = await passwire.makeTenant();
  const page = await openAs(tenant.key, '/console/operations');
  await page.getByText('Not with this key').waitFor();
  expect((await tenant.call('GET', '/v1/workers')).status).toBe(403);
});
