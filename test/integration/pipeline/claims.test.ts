import { beforeAll, describe, expect, test } from 'vitest';
import { deliveryId, newId, toUuid } from '../../../src/domain/id.ts';
import type { ClaimStore } from '../../../src/ports/claims.ts';
import { createSubscriptionStore } from '../../../src/store/configuration/subscriptions.ts';
import { createClaimStore } from '../../../src/store/deliveries/claim-store.ts';
import { createDeadLetterStore } from '../../../src/store/deliveries/dead-letters.ts';
import { createDeliveryStore } from '../../../src/store/deliveries/deliveries.ts';
import { useDatabase } from '../../support/database.ts';
import { givenDelivery, saveSubscription, versionOf } from '../store/samples.ts';
import {
  attempt,
  claimOne,
  dead,
  givenDeliveries,
  givenOneDelivery,
  letPass,
  lettersOf,
  recordOf,
  retrying,
  rowOf,
  succeeded,
  WORKER,
} from './deliveries.ts';
import { givenSetup, type Setup } from './installation.ts';

const database = useDatabase();
const LEASE_MS = 40_000;
let claims: ClaimStore;
let setup: Setup;

beforeAll(async () => {
  claims = createClaimStore(database(), WORKER);
  setup = await givenSetup(database());
});

/** Postgres reads the clock of this machine too, to the microsecond. */
function expectInstant(at: Date | null, earliestMs: number, latestMs: number): void {
  expect(at?.getTime()).toBeGreaterThanOrEqual(earliestMs - 1);
  expect(at?.getTime()).toBeLessThanOrEqual(latestMs + 1);
}

describe('a claim', () => {
  test('returns what a worker needs and leases the delivery', async () => {
    const id = await givenOneDelivery(database(), setup);
    const beforeMs = Date.now();
    const claimed = await claimOne(claims, id);
    const afterMs = Date.now();
    expect(claimed).toMatchObject({
      id,
      tenantId: setup.tenantId,
      subscriptionId: setup.subscription.id,
      endpointId: setup.subscription.endpointId,
      trigger: 'pass.created',
      attempt: 1,
      attemptsMade: 0,
      claim: 1,
      configVersion: await versionOf(database(), setup.tenantId),
      event: { templateId: setup.template.id, facts: { type: 'pass.created' } },
      body: undefined,
    });
    const { state, dueAt } = await rowOf(database(), id);
    expect(state).toBe('delivering');
    expectInstant(dueAt, beforeMs + LEASE_MS, afterMs + LEASE_MS);
  });

  test('fails while another caller holds it, and succeeds after the lease', async () => {
    const id = await givenOneDelivery(database(), setup);
    await claimOne(claims, id);
    expect(await claims.claim([{ deliveryId: id, attempt: 1 }])).toEqual([]);
    await letPass(database(), id, LEASE_MS);
    expect(await claimOne(claims, id)).toMatchObject({ attempt: 1, claim: 2 });
  });

  test('of two concurrent callers is granted to one', async () => {
    const ids = await givenDeliveries(database(), setup, 50);
    const wanted = ids.map((id) => ({ deliveryId: id, attempt: 1 }));
    const both = await Promise.all([claims.claim(wanted), claims.claim([...wanted].reverse()), claims.claim(wanted)]);
    const claimed = both.flat().map(({ id }) => id);
    expect(claimed.sort()).toEqual([...ids].sort());
  });

  test('fails when it is not due, is at another attempt, has ended, is held or is not there', async () => {
    const later = await givenOneDelivery(database(), setup);
    await attempt(claims, later, retrying(60_000));
    const ended = await givenOneDelivery(database(), setup);
    await attempt(claims, ended, succeeded);
    const held = await givenDelivery(database(), setup.subscription, 'held');
    const nowhere = deliveryId(newId('event', Date.now()), setup.subscription.id);
    const other = await givenOneDelivery(database(), setup);
    const wanted = [
      { deliveryId: later, attempt: 2 },
      { deliveryId: later, attempt: 1 },
      { deliveryId: ended, attempt: 2 },
      { deliveryId: held, attempt: 1 },
      { deliveryId: nowhere, attempt: 1 },
      { deliveryId: other, attempt: 2 },
    ];
    expect(await claims.claim(wanted)).toEqual([]);
    await letPass(database(), later, 60_000);
    expect(await claims.claim(wanted)).toMatchObject([{ id: later, attempt: 2, attemptsMade: 1 }]);
  });
});

describe('a delivery that was woken too early', () => {
  test('is reported with its due time; one that is claimed, has ended or is at another attempt is not', async () => {
    const [early, claimed, ended, other] = await givenDeliveries(database(), setup, 4);
    if (!early || !claimed || !ended || !other) throw new Error('four are made');
    for (const id of [early, other]) await attempt(claims, id, retrying(60_000));
    await claimOne(claims, claimed);
    await attempt(claims, ended, succeeded);
    const refused = [
      { deliveryId: early, attempt: 2 },
      { deliveryId: claimed, attempt: 1 },
      { deliveryId: ended, attempt: 2 },
      { deliveryId: other, attempt: 1 },
    ];
    expect(await claims.claim(refused)).toEqual([]);
    const [due, ...more] = await claims.dueLater(refused);
    expect([due?.deliveryId, due?.attempt, more]).toEqual([early, 2, []]);
    expect(due?.delayMs).toBeGreaterThan(0);
    expect(due?.delayMs).toBeLessThanOrEqual(60_000);
  });

  test('is reported, too, when it became due since it was refused', async () => {
    const id = await givenOneDelivery(database(), setup);
    await attempt(claims, id, retrying(60_000));
    const refused = [{ deliveryId: id, attempt: 2 }];
    expect(await claims.claim(refused)).toEqual([]);
    await letPass(database(), id, 61_000);
    expect(await claims.dueLater(refused)).toMatchObject([{ deliveryId: id, attempt: 2, delayMs: 0 }]);
  });
});

describe('a result', () => {
  test('that asks for another try is written with its body, and is due after the delay', async () => {
    const id = await givenOneDelivery(database(), setup);
    const beforeMs = Date.now();
    await attempt(claims, id, retrying(60_000));
    const afterMs = Date.now();
    const row = await rowOf(database(), id);
    expect(row).toMatchObject({ state: 'retrying', attempts: 1, body: '{"a":1}', lastStatus: 500, endedAt: null });
    expectInstant(row.dueAt, beforeMs + 60_000, afterMs + 60_000);
    expect(await createDeliveryStore(database()).attempts(setup.tenantId, id)).toEqual([
      {
        deliveryId: id,
        number: 1,
        startedAt: new Date('2026-03-01T12:00:00.123Z'),
        verdict: 'retryable',
        outcome: expect.objectContaining({ kind: 'response', status: 500, body: { text: 'no', truncated: false } }),
        request: { method: 'POST', url: 'https://receiver.example/hook', headers: { 'x-a': '1' } },
      },
    ]);
    await letPass(database(), id, 60_000);
    expect(await claimOne(claims, id, 2)).toMatchObject({ body: '{"a":1}', event: undefined, attemptsMade: 1 });
  });

  test('that ends the delivery records it; a dead one writes its letter', async () => {
    const claimed = await Promise.all((await givenDeliveries(database(), setup, 2)).map((id) => claimOne(claims, id)));
    const [good, bad] = claimed;
    if (!good || !bad) throw new Error('both are claimed');
    const records = [recordOf(good, succeeded), recordOf(bad, dead)];
    expect((await claims.settle(records)).written).toEqual(records);
    const ended = { dueAt: null, endedAt: expect.any(Date), attempts: 1 };
    expect(await rowOf(database(), good.id)).toMatchObject({
      ...ended,
      state: 'succeeded',
      lastStatus: 204,
      lastReason: null,
    });
    expect(await rowOf(database(), bad.id)).toMatchObject({
      ...ended,
      state: 'dead',
      endedReason: dead.reason,
      endedBy: 'system',
    });
    expect(await lettersOf(database(), good.id)).toEqual([]);
    const [letter] = await lettersOf(database(), bad.id);
    if (!letter) throw new Error('a death writes a letter');
    expect(await createDeadLetterStore(database(), Date.now).find(setup.tenantId, letter.id)).toMatchObject({
      deliveryId: bad.id,
      reason: dead.reason,
      body: '{"a":1}',
      event: { ...bad.event },
      lastAttempt: { number: 1, outcome: { status: 500 }, startedAt: new Date('2026-03-01T12:00:00.123Z') },
      closed: undefined,
    });
  });

  test('of a lost claim writes nothing', async () => {
    const id = await givenOneDelivery(database(), setup);
    const lost = await claimOne(claims, id);
    await letPass(database(), id, LEASE_MS);
    const own = await claimOne(claims, id);
    expect((await claims.settle([recordOf(lost, dead)])).written).toEqual([]);
    expect(await rowOf(database(), id)).toMatchObject({ state: 'delivering', attempts: 0 });
    expect(await lettersOf(database(), id)).toEqual([]);
    const standing = recordOf(own, succeeded);
    expect((await claims.settle([standing])).written).toEqual([standing]);
    expect((await claims.settle([standing])).written, 'once only').toEqual([]);
  });

  test('of a lost and of a valid claim to one delivery, written together: the valid one counts', async () => {
    const id = await givenOneDelivery(database(), setup);
    const lost = recordOf(await claimOne(claims, id), dead);
    await letPass(database(), id, LEASE_MS);
    const standing = recordOf(await claimOne(claims, id), succeeded);
    expect((await claims.settle([lost, standing])).written).toEqual([standing]);
    expect(await rowOf(database(), id)).toMatchObject({ state: 'succeeded', attempts: 1 });
    expect(await lettersOf(database(), id)).toEqual([]);
  });

  test('that came after a cancellation writes nothing', async () => {
    const own = await givenSetup(database());
    const id = await givenOneDelivery(database(), own);
    const claimed = await claimOne(claims, id);
    await createSubscriptionStore(database()).delete(own.tenantId, own.subscription.id, 'test');
    expect((await claims.settle([recordOf(claimed, succeeded)])).written).toEqual([]);
    expect(await rowOf(database(), id)).toMatchObject({ state: 'cancelled', endedReason: 'subscription deleted' });
  });

  test('that cannot be written leaves the delivery as it was: attempt, state and letter go together', async () => {
    const id = await givenOneDelivery(database(), setup);
    const claimed = await claimOne(claims, id);
    await database().$executeRaw`
      INSERT INTO attempts (delivery_id, number, started_at, verdict, outcome)
      VALUES (${toUuid(id)}::uuid, 1, now(), 'delivered', '{}')`;
    await expect(claims.settle([recordOf(claimed, dead)])).rejects.toThrow();
    expect(await rowOf(database(), id)).toMatchObject({ state: 'delivering', attempts: 0 });
    expect(await lettersOf(database(), id)).toEqual([]);
  });
});

describe('a claim given back', () => {
  test('is pending and due at once, held, or cancelled with its reason', async () => {
    const [first, second, third] = await Promise.all(
      (await givenDeliveries(database(), setup, 3)).map((id) => claimOne(claims, id)),
    );
    if (!first || !second || !third) throw new Error('all three are claimed');
    await claims.giveBack([
      { claimed: first, to: { state: 'pending' } },
      { claimed: second, to: { state: 'held' } },
      { claimed: third, to: { state: 'cancelled', reason: 'the template was deleted', by: 'system' } },
    ]);
    expect(await rowOf(database(), first.id)).toMatchObject({ state: 'pending', attempts: 0 });
    expect(await claimOne(claims, first.id)).toMatchObject({ attempt: 1, claim: 2 });
    expect(await rowOf(database(), second.id)).toMatchObject({ state: 'held', dueAt: null, endedAt: null });
    expect(await rowOf(database(), third.id)).toMatchObject({
      state: 'cancelled',
      dueAt: null,
      endedAt: expect.any(Date),
      endedReason: 'the template was deleted',
      endedBy: 'system',
    });
  });

  test('that is no longer its own changes nothing', async () => {
    const id = await givenOneDelivery(database(), setup);
    const lost = await claimOne(claims, id);
    await letPass(database(), id, LEASE_MS);
    await claimOne(claims, id);
    await claims.giveBack([{ claimed: lost, to: { state: 'cancelled', reason: 'x', by: 'system' } }]);
    expect(await rowOf(database(), id)).toMatchObject({ state: 'delivering', claim: 2 });
  });
});

describe('held deliveries of a subscription', () => {
  test('that is enabled or deleted are released, those of a disabled one stay', async () => {
    const [enabled, disabled, deleted] = await Promise.all([1, 2, 3].map(() => givenSetup(database())));
    if (!enabled || !disabled || !deleted) throw new Error('three are made');
    const subscriptions = createSubscriptionStore(database());
    await saveSubscription(database(), { ...disabled.subscription, disabled: 'requested' });
    await subscriptions.delete(deleted.tenantId, deleted.subscription.id, 'test');
    const held: string[] = [];
    for (const { subscription } of [enabled, disabled, deleted]) {
      held.push(await givenDelivery(database(), subscription, 'held', { attempts: 2 }));
    }
    await database()
      .$executeRaw`DELETE FROM deliveries WHERE state = 'held' AND id <> ALL(${held.map((id) => id.slice(4))}::uuid[])`;
    const released = [...(await claims.releaseStranded(1)), ...(await claims.releaseStranded(10))];
    expect(released.map((due) => due.deliveryId).sort()).toEqual([held[0], held[2]].sort());
    expect(released).toMatchObject(Array(2).fill({ attempt: 3, limits: { maxInFlight: 7 } }));
    expect(await claims.releaseStranded(10)).toEqual([]);
  });
});
