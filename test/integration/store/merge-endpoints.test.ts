import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newId, toUuid } from '../../../src/domain/id.ts';
import type { Integration } from '../../../src/domain/integration.ts';
import type { Subscription } from '../../../src/domain/subscription.ts';
import { createEndpointStore } from '../../../src/store/configuration/endpoints.ts';
import { mergeEndpoints } from '../../../src/store/configuration/merge-endpoints.ts';
import { createSubscriptionStore } from '../../../src/store/configuration/subscriptions.ts';
import { useDatabase } from '../../support/database.ts';
import { eventually } from '../../support/poll.ts';
import {
  givenDelivery,
  givenIntegration,
  givenSubscription,
  givenTenant,
  saveSubscription,
  statesOf,
  tick,
} from './samples.ts';

const db = useDatabase();

const ADDRESS = 'https://receiver.example/hook';
const SPELLINGS = [
  ' https://receiver.example/hook',
  'HTTPS://RECEIVER.example/hook',
  'https://receiver.example:443/x/../hook',
];

/** A subscription with an endpoint of its own, as earlier versions made it: by the URL as it was written. */
async function asWritten(of: Integration, url: string): Promise<Subscription> {
  const made = await givenSubscription(db(), of, { url: `https://receiver.example/${randomUUID()}` });
  const id = newId('endpoint', tick());
  const owner = { tenantId: toUuid(of.tenantId), integrationId: toUuid(of.id) };
  await db().endpoint.create({ data: { id: toUuid(id), ...owner, url } });
  await db().subscription.update({ where: { id: toUuid(made.id) }, data: { url, endpointId: toUuid(id) } });
  return { ...made, url, endpointId: id };
}

const endpointsOf = (of: Integration) => db().endpoint.findMany({ where: { integrationId: toUuid(of.id), url: ADDRESS } });
const openAt = (endpoint: string) =>
  db().delivery.count({ where: { endpointId: toUuid(endpoint as never), endedAt: null } });

describe('endpoints of earlier versions', () => {
  it('of one address become the oldest of them, with their subscriptions and open deliveries', async () => {
    const tenantId = await givenTenant(db());
    const of = await givenIntegration(db(), tenantId);
    const made = [];
    for (const url of [...SPELLINGS, ADDRESS]) made.push(await asWritten(of, url));
    const [first, second] = made as [Subscription, Subscription];
    await givenDelivery(db(), second, 'retrying');
    await givenDelivery(db(), second, 'succeeded');
    const elsewhere = await asWritten(of, 'https://receiver.example/other');
    const ofOther = await asWritten(await givenIntegration(db(), tenantId), SPELLINGS[1] ?? '');

    expect(await mergeEndpoints(db())).toBe(3);

    expect(await endpointsOf(of)).toMatchObject([{ id: toUuid(first.endpointId), normalised: true }]);
    const subscriptions = createSubscriptionStore(db());
    for (const { id, url } of made) {
      expect(await subscriptions.find(tenantId, id)).toMatchObject({ url, endpointId: first.endpointId });
    }
    const moved = await db().delivery.findMany({ where: { subscriptionId: toUuid(second.id) }, orderBy: { id: 'asc' } });
    expect(moved.map(({ endpointId }) => endpointId)).toEqual([first.endpointId, second.endpointId].map(toUuid));
    expect(await subscriptions.find(tenantId, elsewhere.id)).toMatchObject({ endpointId: elsewhere.endpointId });
    expect(await subscriptions.find(tenantId, ofOther.id)).toMatchObject({ endpointId: ofOther.endpointId });
    expect(await createEndpointStore(db()).find(tenantId, ofOther.endpointId)).toMatchObject({ url: ADDRESS });
    expect(await mergeEndpoints(db())).toBe(0);
  });

  it('that an older process adds later are merged too', async () => {
    const of = await givenIntegration(db(), await givenTenant(db()));
    const current = await givenSubscription(db(), of, { url: ADDRESS });
    const written = await asWritten(of, SPELLINGS[0] ?? '');
    await givenDelivery(db(), written, 'pending');
    expect(await mergeEndpoints(db())).toBe(1);
    expect(await endpointsOf(of)).toMatchObject([{ id: toUuid(current.endpointId), normalised: true }]);
    expect(await openAt(current.endpointId)).toBe(1);
  });

  it('are finished after a crash between the merge and the move of deliveries', async () => {
    const of = await givenIntegration(db(), await givenTenant(db()));
    const [oldest, merged] = [await asWritten(of, ADDRESS), await asWritten(of, SPELLINGS[0] ?? '')];
    await givenDelivery(db(), merged, 'pending');
    await db().subscription.updateMany({
      where: { id: toUuid(merged.id) },
      data: { endpointId: toUuid(oldest.endpointId) },
    });
    await db().endpoint.delete({ where: { id: toUuid(merged.endpointId) } });
    await mergeEndpoints(db());
    expect(await openAt(oldest.endpointId)).toBe(1);
  });

  it('are finished by a later call where a worker had locked a delivery', async () => {
    const of = await givenIntegration(db(), await givenTenant(db()));
    const [oldest, merged] = [await asWritten(of, ADDRESS), await asWritten(of, SPELLINGS[0] ?? '')];
    await givenDelivery(db(), merged, 'pending');
    await db().$transaction(async (worker) => {
      await worker.$queryRaw`SELECT id FROM deliveries WHERE subscription_id = ${toUuid(merged.id)}::uuid FOR UPDATE`;
      expect(await mergeEndpoints(db())).toBe(1);
    });
    expect([await openAt(oldest.endpointId), await openAt(merged.endpointId)]).toEqual([0, 1]);
    expect(await mergeEndpoints(db())).toBe(0);
    expect(await openAt(oldest.endpointId)).toBe(1);
    expect(await endpointsOf(of)).toMatchObject([{ id: toUuid(oldest.endpointId), normalised: true }]);
  });

  it('of a tenant that is deleted meanwhile are left, and those of the others merged', async () => {
    const gone = await givenTenant(db());
    await asWritten(await givenIntegration(db(), gone), SPELLINGS[0] ?? '');
    const of = await givenIntegration(db(), await givenTenant(db()));
    for (const url of SPELLINGS) await asWritten(of, url);
    const { promise: isDeleted, resolve: deleted } = Promise.withResolvers<void>();
    const deleting = db().$transaction(async (tx) => {
      await tx.tenant.update({ where: { id: toUuid(gone) }, data: { deletedAt: new Date() } });
      deleted();
      await eventually(async () => {
        const [row] = await db().$queryRaw<{ n: number }[]>`
          SELECT count(*)::int AS n FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%UPDATE tenants SET config_version%'`;
        return row?.n === 1;
      });
    });
    await isDeleted;
    expect(await mergeEndpoints(db())).toBe(2);
    await deleting;
  });

  it('are merged in chunks', async () => {
    const of = await givenIntegration(db(), await givenTenant(db()));
    await db().$executeRaw`
      INSERT INTO endpoints (id, tenant_id, integration_id, url)
      SELECT gen_random_uuid(), ${toUuid(of.tenantId)}::uuid, ${toUuid(of.id)}::uuid, host || '/' || number
      FROM generate_series(1, 450) AS number, unnest(ARRAY['https://a.example', 'HTTPS://A.example']) AS host`;
    expect(await mergeEndpoints(db())).toBe(450);
    const left = await db().endpoint.findMany({ where: { integrationId: toUuid(of.id) } });
    expect(left).toHaveLength(450);
    expect(left.every(({ url, normalised }) => normalised && url.startsWith('https://a.example/'))).toBe(true);
  });
});

describe('one address, however it is written', () => {
  it('is one endpoint, which a 410 disables as a whole', async () => {
    const tenantId = await givenTenant(db());
    const of = await givenIntegration(db(), tenantId);
    const made = [];
    for (const url of SPELLINGS) made.push(await givenSubscription(db(), of, { url }));
    expect(new Set(made.map(({ endpointId }) => endpointId)).size).toBe(1);
    const endpointId = made[0]?.endpointId ?? newId('endpoint', 0);
    expect(await createEndpointStore(db()).find(tenantId, endpointId)).toMatchObject({ url: ADDRESS });
    const subscriptions = createSubscriptionStore(db());
    expect(await subscriptions.disableAllOf(tenantId, endpointId, 'gone', () => undefined)).toHaveLength(3);
  });

  it('stays the endpoint of its open deliveries when it is written otherwise', async () => {
    const of = await givenIntegration(db(), await givenTenant(db()));
    const made = await givenSubscription(db(), of, { url: ADDRESS });
    await givenDelivery(db(), made, 'retrying');
    const url = 'HTTPS://receiver.example/hook';
    expect((await saveSubscription(db(), { ...made, url })).saved).toMatchObject({ url, endpointId: made.endpointId });
    expect(await openAt(made.endpointId)).toBe(1);
    expect(await statesOf(db(), made.id)).toEqual(['retrying']);
  });
});
