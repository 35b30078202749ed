import { expect, test } from 'vitest';
import { type DeliveryId, toId } from '../../src/domain/id.ts';
import { openDatabase } from '../../src/store/database.ts';
import { givenWeekOf, moveTo, tableExists } from '../integration/pipeline/ageing.ts';
import type { Json } from '../support/client.ts';
import { usePasswire } from '../support/passwire.ts';
import { eventually } from '../support/poll.ts';

const passwire = usePasswire({ RETENTION_DAYS: '60', RETENTION_BODY_DAYS: '20' });
/** A Wednesday, ten weeks ago or more. */
const OLD_MS = Date.parse('2026-03-04T10:00:00Z');
const DAY_MS = 24 * 60 * 60 * 1000;

test('a worker drops old weeks, removes old bodies, and makes dead letters of what is still open', async () => {
  const tenant = await passwire().makeTenant();
  const templateId = await tenant.makeTemplate();
  const { id: integrationId } = await tenant.makeIntegration({ dialect: 'standard' });
  const path = `/${tenant.tenantId}`;
  const url = passwire().receiver.url(path);
  const subscriptionId = await tenant.subscribe({ integrationId, templateId, trigger: 'pass.created', url });
  const emit = (pass: string) =>
    tenant.emit({ type: 'pass.created', templateId: 'loyalty', occurredAt: '2026-03-01T12:00:00Z', pass: { id: pass } });
  const [ended, young] = [await emit('ended'), await emit('young')];
  const delivered = [await tenant.settled(ended, ['succeeded']), await tenant.settled(young, ['succeeded'])];
  await tenant.ok('PATCH', `/v1/subscriptions/${subscriptionId}`, { enabled: false });
  const held = await tenant.settled(await emit('held'), ['held']);
  await passwire().worker.stop();

  const db = openDatabase({ url: passwire().env.DATABASE_URL ?? '' });
  try {
    await givenWeekOf(db, OLD_MS);
    const [old, month, open] = [
      await moveTo(db, delivered[0]?.id as DeliveryId, OLD_MS),
      await moveTo(db, delivered[1]?.id as DeliveryId, Date.now() - 30 * DAY_MS),
      await moveTo(db, toId('delivery', held.id.slice(4)), OLD_MS),
    ];
    await passwire().startWorker();
    await eventually(async () => !(await tableExists(db, 'events_20260302')), { what: 'the end of the old week' });
    for (const id of [old, open]) {
      expect(await tenant.call('GET', `/v1/deliveries/${id}`)).toMatchObject({
        status: 404,
        body: { detail: expect.stringContaining('It is kept for 60 days, and this id is older.') },
      });
    }
    const { data } = await tenant.ok<{ data: Json[] }>('GET', '/v1/dead-letters');
    expect(data).toMatchObject([{ deliveryId: open, passId: 'held', reason: expect.stringMatching(/^expired/) }]);
    await eventually(async () => (await tenant.delivery(month)).contentRemoved, { what: 'the removal of a body' });
    expect(await tenant.delivery(month)).toMatchObject({
      state: 'succeeded',
      contentRemoved: { reason: 'retention' },
      request: null,
      attempts: [{ outcome: { status: 200 } }],
    });
    expect(await tenant.call('POST', `/v1/deliveries/${month}/replay`, { mode: 'same' })).toMatchObject({
      status: 409,
      body: { type: 'urn:passwire:problem:content-removed', detail: expect.stringContaining('past retention') },
    });
    // what was held for months can be sent all the same: its dead letter has it
    await tenant.ok('PATCH', `/v1/subscriptions/${subscriptionId}`, { enabled: true });
    await tenant.ok('POST', `/v1/dead-letters/${data[0]?.id}/replay`, {});
    const got = await passwire().receiver.waitFor(path, 3);
    expect(got.at(-1)?.text).toContain('"held"');
  } finally {
    await db.close();
  }
});
