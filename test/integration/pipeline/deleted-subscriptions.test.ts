import { beforeAll, describe, expect, test } from 'vitest';
import { type DeliveryId, newId, toId, toUuid } from '../../../src/domain/id.ts';
import { createIntegrationStore } from '../../../src/store/configuration/integrations.ts';
import { createSubscriptionStore } from '../../../src/store/configuration/subscriptions.ts';
import { createTemplateStore } from '../../../src/store/configuration/templates.ts';
import { createTenantStore } from '../../../src/store/configuration/tenants.ts';
import { createClaimStore } from '../../../src/store/deliveries/claim-store.ts';
import { createDeadLetterStore } from '../../../src/store/deliveries/dead-letters.ts';
import { createDeliveryStore } from '../../../src/store/deliveries/deliveries.ts';
import { useDatabase } from '../../support/database.ts';
import { attempt, dead, givenOneDelivery, lettersOf, rowOf, succeeded } from './deliveries.ts';
import { givenSetup, type Setup } from './installation.ts';

const database = useDatabase();
let claims: ReturnType<typeof createClaimStore>;
let log: ReturnType<typeof createDeliveryStore>;
let letters: ReturnType<typeof createDeadLetterStore>;

beforeAll(() => {
  claims = createClaimStore(database(), newId('worker', Date.now()));
  log = createDeliveryStore(database());
  letters = createDeadLetterStore(database(), Date.now);
});

const DELETIONS: Readonly<Record<string, (of: Setup) => Promise<unknown>>> = {
  subscription: ({ tenantId, subscription }) =>
    createSubscriptionStore(database()).delete(tenantId, subscription.id, 'key_1'),
  template: ({ tenantId, template }) => createTemplateStore(database()).delete(tenantId, template.id, 'key_1'),
  integration: ({ tenantId, integration }) => createIntegrationStore(database()).delete(tenantId, integration.id, 'key_1'),
  tenant: ({ tenantId }) => createTenantStore(database()).delete(tenantId, 'key_1'),
};

/** Everything stored about a delivery. */
async function stored(id: DeliveryId): Promise<unknown> {
  const orders = await database().$queryRaw`SELECT * FROM pass_orders`;
  return { row: await rowOf(database(), id), letters: await lettersOf(database(), id), orders };
}

async function order({ subscription }: Setup): Promise<void> {
  await database().subscription.update({ where: { id: toUuid(subscription.id) }, data: { ordering: 'pass' } });
}

describe.each(Object.entries(DELETIONS))('after the %s was deleted', (_name, deleted) => {
  test.each([
    ['a delivery that succeeded', succeeded, false],
    ['a dead one', dead, false],
    ['an ordered dead one', dead, true],
  ])('%s is not opened, and nothing changes', async (_what, end, ordered) => {
    const setup = await givenSetup(database());
    const id = await givenOneDelivery(database(), setup);
    await attempt(claims, id, end);
    if (ordered) await order(setup);
    await deleted(setup);
    const before = await stored(id);
    expect(await log.reopen(setup.tenantId, id, 'key_1')).toBe('subscription-gone');
    const [letter] = await lettersOf(database(), id);
    if (letter) expect(await letters.replay(setup.tenantId, letter.id, 'key_1')).toBe('subscription-gone');
    expect(await stored(id)).toEqual(before);
  });

  test('a dead letter whose delivery is no longer stored stays open', async () => {
    const setup = await givenSetup(database());
    const id = await givenOneDelivery(database(), setup);
    await attempt(claims, id, dead);
    await database().$executeRaw`DELETE FROM deliveries WHERE id = ${toUuid(id)}::uuid`;
    await deleted(setup);
    const [letter] = await lettersOf(database(), id);
    if (!letter) throw new Error('a dead delivery has a letter');
    expect(await letters.replay(setup.tenantId, letter.id, 'key_1')).toBe('subscription-gone');
    expect(await lettersOf(database(), id)).toEqual([{ id: letter.id, closedAs: null }]);
    expect(await database().delivery.count({ where: { tenantId: toUuid(setup.tenantId) } })).toBe(0);
    expect(await letters.discard(setup.tenantId, letter.id, { by: 'key_1', reason: undefined })).toBe(true);
  });

  test('none is added', async () => {
    const setup = await givenSetup(database());
    const id = await givenOneDelivery(database(), setup);
    const { eventId, endpointId } = await rowOf(database(), id);
    await deleted(setup);
    const added = await log.add({
      id: newId('delivery', Date.now()),
      tenantId: setup.tenantId,
      eventId: toId('event', eventId),
      templateId: undefined,
      subscriptionId: setup.subscription.id,
      endpointId: toId('endpoint', endpointId),
      trigger: 'pass.created',
      passId: 'pass-0',
      state: 'pending',
      cancelled: undefined,
      ordered: false,
      sequence: undefined,
      messageId: newId('message', Date.now()),
      replayOf: id,
      test: false,
    });
    expect(added).toBe('subscription-gone');
    expect(await database().delivery.count({ where: { tenantId: toUuid(setup.tenantId) } })).toBe(1);
  });
});

describe('a deletion at the same time', () => {
  test('that commits first is seen by the replay that waited for it', async () => {
    const setup = await givenSetup(database());
    const id = await givenOneDelivery(database(), setup);
    await attempt(claims, id, succeeded);
    const before = await stored(id);
    const subscription = { id: toUuid(setup.subscription.id) };
    let replay: Promise<unknown> | undefined;
    await database().$transaction(async (tx) => {
      await tx.subscription.update({ where: subscription, data: { deletedAt: new Date() } });
      replay = log.reopen(setup.tenantId, id, 'key_1');
      await expect
        .poll(
          () => database().$queryRaw<unknown[]>`
          SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
        )
        .toHaveLength(1);
    });
    expect(await replay).toBe('subscription-gone');
    expect(await stored(id)).toEqual(before);
  });

  test('of a replay and a discard of one letter, one takes place', async () => {
    const setup = await givenSetup(database());
    for (let round = 0; round < 10; round++) {
      const id = await givenOneDelivery(database(), setup);
      await attempt(claims, id, dead);
      const [letter] = await lettersOf(database(), id);
      if (!letter) throw new Error('a dead delivery has a letter');
      const [reopened, replayed, discarded] = await Promise.all([
        log.reopen(setup.tenantId, id, 'a'),
        letters.replay(setup.tenantId, letter.id, 'b'),
        letters.discard(setup.tenantId, letter.id, { by: 'c', reason: undefined }),
      ]);
      const opened = [reopened, replayed].filter((one) => typeof one !== 'string');
      expect(opened.length).toBeGreaterThanOrEqual(discarded && typeof reopened === 'string' ? 0 : 1);
      const { state } = await rowOf(database(), id);
      expect(state).toBe(opened.length > 0 ? 'pending' : 'dead');
      const [{ closedAs } = { closedAs: undefined }] = await lettersOf(database(), id);
      expect(closedAs).toBe(discarded ? 'discarded' : 'replayed');
    }
  });
});
