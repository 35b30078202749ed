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

test('a tenant has no such page', async () => {
  const { passwire, openAs } = installation();
  const tenant = await passwire.makeTenant();
  const page = await openAs(tenant.key, '/console/operations');
  await page.getByText('Not with this key').waitFor();
  expect((await tenant.call('GET', '/v1/workers')).status).toBe(403);
});
