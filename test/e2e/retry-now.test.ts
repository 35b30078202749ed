import { expect, test } from 'vitest';
import { usePasswire } from '../support/passwire.ts';

const passwire = usePasswire();
const HOUR_MS = 3_600_000;

/** A delivery that failed once and waits for a retry that is far away. */
async function retrying(statuses: readonly number[], retryDelaysMs: readonly number[] = [HOUR_MS, HOUR_MS]) {
  const tenant = await passwire().makeTenant();
  const templateId = await tenant.makeTemplate();
  const { id: integrationId } = await tenant.makeIntegration({ dialect: 'standard', policy: { retryDelaysMs } });
  const path = `/${tenant.tenantId}/hook`;
  passwire().receiver.answer(path, ...statuses.map((status) => ({ status })));
  const subscriptionId = await tenant.subscribe({
    integrationId,
    templateId,
    trigger: 'pass.created',
    url: passwire().receiver.url(path),
  });
  await tenant.emit({ type: 'pass.created', templateId: 'loyalty', occurredAt: '2026-03-01T12:00:00Z', pass: { id: 'p' } });
  const list = async () => (await tenant.ok<{ data: { id: string; endpointId: string }[] }>('GET', '/v1/deliveries')).data;
  await expect.poll(list, { timeout: 60_000 }).toMatchObject([{ state: 'retrying', attemptCount: 1 }]);
  const [{ id = '', endpointId = '' } = {}] = await list();
  return {
    tenant,
    id,
    endpointId,
    subscriptionId,
    path,
    retry: () => tenant.call('POST', `/v1/deliveries/${id}/retry`, {}),
  };
}

test('a delivery that waits for its retry goes at once', async () => {
  const { tenant, id, retry, path } = await retrying([500, 200]);
  expect(await retry()).toMatchObject({ status: 202, body: { deliveryId: id } });
  await expect.poll(async () => (await tenant.delivery(id)).state, { timeout: 60_000 }).toBe('succeeded');
  const ids = passwire()
    .receiver.at(path)
    .map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(1);
  expect(await retry()).toMatchObject({
    status: 409,
    body: { type: 'urn:passwire:problem:not-retrying', detail: expect.stringContaining('replay') },
  });
});

test('if it fails, it counted as an attempt, and the planned one still takes place at its time; the schedule has lost no delay', async () => {
  const { tenant, id, retry } = await retrying([500, 500, 500, 200], [HOUR_MS]);
  const { dueAt } = await tenant.delivery(id);
  for (const attempts of [2, 3]) {
    expect((await retry()).status).toBe(202);
    await expect
      .poll(() => tenant.delivery(id), { timeout: 60_000 })
      .toMatchObject({ state: 'retrying', attemptCount: attempts });
    const after = await tenant.delivery(id);
    const movedMs = Math.abs(Date.parse(String(after.dueAt)) - Date.parse(String(dueAt)));
    expect(movedMs).toBeLessThan(HOUR_MS / 60); // what elapsed between two clock readings, however busy the machine is
  }
  expect((await retry()).status).toBe(202);
  await expect.poll(() => tenant.delivery(id), { timeout: 60_000 }).toMatchObject({ state: 'succeeded', attemptCount: 4 });
});

test('a permanent answer to it ends the delivery', async () => {
  const { tenant, id, retry } = await retrying([500, 413]);
  expect((await retry()).status).toBe(202);
  await expect.poll(async () => (await tenant.delivery(id)).state, { timeout: 60_000 }).toBe('dead');
});

test('enabling an endpoint brings its retries forward', async () => {
  const { tenant, id, endpointId } = await retrying([500, 200]);
  await tenant.ok('POST', `/v1/endpoints/${endpointId}/enable`, {});
  await expect.poll(async () => (await tenant.delivery(id)).state, { timeout: 60_000 }).toBe('succeeded');
});

test('what is held says that enabling would work', async () => {
  const { tenant, subscriptionId, retry } = await retrying([500, 200]);
  await tenant.ok('PATCH', `/v1/subscriptions/${subscriptionId}`, { enabled: false });
  expect(await retry()).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('enable the subscription') },
  });
});
