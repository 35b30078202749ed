import { expect, test } from 'vitest';
import { useApi } from './api.ts';
import { installed, made, tenantWithAll } from './tenant-with-all.ts';

const api = useApi();

test('the answer to an event counts its deliveries, and the event has the reason if there are none', async () => {
  const { call, ids } = await tenantWithAll(api());
  const first = { integrationId: ids.integration, trigger: 'pass.installed', url: 'http://127.0.0.1:9/other' };
  await made(call('POST', '/v1/subscriptions', first));
  const event = installed('pass-7', { id: 'e-7' });
  const accepted = await made(call('POST', '/v1/events', event), 202);
  expect(accepted).toMatchObject({ duplicate: false, deliveries: 2 });
  expect(await made(call('GET', `/v1/events/${accepted.id}`), 200)).toMatchObject({ undelivered: null });

  const again = await made(call('POST', '/v1/events', event), 202);
  expect(again).toEqual({ id: accepted.id, duplicate: true });

  const { device: _, ...updated } = installed('pass-7', { type: 'pass.updated' });
  const batch = await made(call('POST', '/v1/events/batch', { events: [updated, event] }), 202);
  expect(batch.results).toMatchObject([{ deliveries: 0 }, { duplicate: true }]);
  const [result] = batch.results as readonly { readonly id: string }[];
  const undelivered = await made(call('GET', `/v1/events/${result?.id}`), 200);
  expect(undelivered).toMatchObject({ undelivered: 'no-subscription', deliveries: [] });
});
