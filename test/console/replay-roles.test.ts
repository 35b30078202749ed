import { expect, test } from 'vitest';
import { useConsole } from '../support/browser.ts';
import { brokenHour } from './broken-hour.ts';

const installation = useConsole();

test('support and tenant replay what they may see, and are refused elsewhere; a producer sees nothing', async () => {
  const { passwire, openAs } = installation();
  const { admin } = passwire;
  const hour = await brokenHour(passwire, { events: 3 });
  const other = await brokenHour(passwire, { events: 1 });
  const keyOf = async (role: string, tenantId?: string) =>
    (await admin.ok<{ key: string }>('POST', '/v1/api-keys', { name: role, role, ...(tenantId && { tenantId }) })).key;
  const support = await keyOf('support');
  const producer = await keyOf('producer', hour.tenantId);
  /** The status of a call with the cookie of a page's session, as somebody makes it who knows the API. */
  const call = async (page: Awaited<ReturnType<typeof openAs>>, path: string, body?: object) =>
    page.evaluate<number>(
      `fetch(${JSON.stringify(path)}, { method: ${JSON.stringify(body ? 'POST' : 'GET')}, headers: { 'content-type': 'application/json', 'x-passwire-console': '1' }, body: ${JSON.stringify(body ? JSON.stringify(body) : undefined)} }).then(({ status }) => status)`,
    );

  const asSupport = await openAs(support, `/console/deliveries?tenant=${hour.tenantId}&state=dead&last=1h`);
  await asSupport.getByRole('button', { name: 'Replay what this filter finds' }).click();
  await asSupport.getByText(/^3 deliveries to one endpoint would be sent again/).waitFor();
  await asSupport.getByRole('button', { name: 'Send 3 again' }).click();
  await asSupport.getByText('3 replayed: 3 delivered, 0 failed.').waitFor({ timeout: 60_000 });
  expect(hour.received()).toHaveLength(3);
  const replayId = new URL(asSupport.url()).pathname.split('/').at(-1) ?? '';
  expect(await asSupport.getByRole('link', { name: 'Audit' }).count()).toBe(0);
  expect(await call(asSupport, '/v1/api-keys')).toBe(403);
  expect(await call(asSupport, '/v1/templates', { name: 'Loyalty' })).toBe(403);

  const asTenant = await openAs(other.key, `/console/replays/${replayId}`);
  await asTenant.getByText('There is nothing at this address', { exact: false }).waitFor();
  expect(await call(asTenant, `/v1/replays/${replayId}/cancel`, {})).toBe(404);

  const asProducer = await openAs(producer, '/console/replays');
  await asProducer.getByText(/A producer key posts events and sees nothing/).waitFor();
  expect(await call(asProducer, '/v1/replays/dry-run', { after: '2020-01-01T00:00:00Z' })).toBe(403);
});

test('events are sent to a subscription that was made after them', async () => {
  const { passwire, openAs } = installation();
  const hour = await brokenHour(passwire, { events: 3 });
  const { data } = await hour.client.ok<{ data: { id: string }[] }>('GET', '/v1/integrations');
  const path = `/${hour.tenantId}/late`;
  await hour.client.subscribe({
    integrationId: data[0]?.id,
    trigger: 'pass.created',
    url: passwire.receiver.url(path),
  });
  const page = await openAs(hour.key, '/console/events');
  await page.locator('[data-row-box]').first().check();
  await page.getByRole('button', { name: 'Send to a subscription' }).click();
  await page.getByText('One chosen event.').waitFor();
  await page.getByTestId('dry-run').getByText('Choose the subscription that gets the events.').waitFor();
  await page.getByRole('combobox', { name: 'Subscription that gets the events' }).click();
  await page.getByRole('option', { name: new RegExp(`${path}$`) }).click();
  await page.getByText(/^1 event would be delivered to/).waitFor();
  await page.getByRole('button', { name: 'Deliver 1 event' }).click();
  await page.waitForURL(/\/replays\/rpl_/);
  expect(await passwire.receiver.waitFor(path, 1)).toHaveLength(1);
});
