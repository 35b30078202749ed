import { expect, test } from 'vitest';
import { usePasswire } from '../support/passwire.ts';
import { eventually } from '../support/poll.ts';

// A rolling upgrade that changes REDIS_PREFIX, as its default has changed: processes with either run side by side.

const passwire = usePasswire();
const EVENTS = 40;

test('what waits under the old prefix is delivered under the new one, and nothing twice', async () => {
  const { receiver, worker, startWorker, makeTenant } = passwire();
  const tenant = await makeTenant();
  const templateId = await tenant.makeTemplate();
  const { id: integrationId } = await tenant.makeIntegration({ dialect: 'standard' });
  const path = `/${tenant.tenantId}/hook`;
  await tenant.subscribe({ integrationId, templateId, trigger: 'pass.created', url: receiver.url(path) });
  const emit = (passId: string): Promise<string> =>
    tenant.emit({ type: 'pass.created', templateId, occurredAt: '2026-03-01T12:00:00Z', pass: { id: passId } });

  const newWorker = await startWorker({ REDIS_PREFIX: `{${passwire().env.REDIS_PREFIX}}` });
  for (let n = 0; n < EVENTS; n++) await emit(`side-by-side-${n}`); // offered under the old prefix, and swept by both
  await worker.stop();
  for (let n = 0; n < EVENTS; n++) await emit(`old-stopped-${n}`); // only the sweep of the new one can find these

  const delivered = await eventually(async () => {
    const deliveries = await tenant.deliveries({});
    return deliveries.length === 2 * EVENTS && deliveries.every(({ state }) => state === 'succeeded') && deliveries;
  });
  const ids = receiver.at(path).map(({ headers }) => headers['webhook-id']);
  expect(ids.toSorted()).toEqual(delivered.map(({ messageId }) => messageId).toSorted());
  await newWorker.stop();
});
