import { describe, expect, it } from 'vitest';
import type { SubscriptionId } from '../../../src/domain/id.ts';
import { type DeliveryId, toUuid } from '../../../src/domain/id.ts';
import type { Database } from '../../../src/store/database.ts';
import { endInOrder } from '../../../src/store/deliveries/pass-orders.ts';
import { useDatabase } from '../../support/database.ts';
import { eventually } from '../../support/poll.ts';
import { deliverOffered, disorder, givenInstallation, type Installation, rowsOf, statesOf } from './installation.ts';

const db = useDatabase();

/** Deliveries in the order in which their sends began. */
const order = ({ sent }: Installation): DeliveryId[] => sent.map(({ delivery }) => delivery);

function nth<T>(things: readonly T[], index: number): T {
  const found = things[index];
  if (found === undefined) throw new Error(`there is no ${index}th`);
  return found;
}

/** Whether a statement on this database waits for a lock that another transaction has. */
async function waitsForALock(database: Database): Promise<boolean> {
  const waiting = await database.$queryRaw<unknown[]>`
    SELECT 1 AS one FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return waiting.length > 0;
}

const inOrder = (id: SubscriptionId) => expect(disorder(db(), id)).resolves.toEqual([]);

describe('an ordered subscription', () => {
  it('delivers one after another what came in one request or in several', async () => {
    const made = await givenInstallation(db());
    const deliveries = [...(await made.ingest('a', 'a', 'a')), ...(await made.ingest('a')), ...(await made.ingest('a'))];
    expect(await statesOf(db(), deliveries)).toEqual(['pending', 'blocked', 'blocked', 'blocked', 'blocked']);
    expect(made.offered.map(({ deliveryId }) => deliveryId)).toEqual(deliveries.slice(0, 1));
    await deliverOffered(made);
    expect(order(made)).toEqual(deliveries);
    await inOrder(made.id);
  });

  it('does not hold up other passes', async () => {
    const made = await givenInstallation(db());
    const [stuck, behind, other, last] = await made.ingest('a', 'a', 'b', 'b');
    made.receiver.answer = (delivery) => (delivery === stuck ? 'later' : 'ok');
    await deliverOffered(made);
    const ids = [stuck, behind, other, last].flatMap((id) => id ?? []);
    expect(await statesOf(db(), ids)).toEqual(['retrying', 'blocked', 'succeeded', 'succeeded']);
    await inOrder(made.id);
  });

  it('continues when the first is dead, and keeps its order through retries', async () => {
    const made = await givenInstallation(db());
    const [first, second, third] = await made.ingest('a', 'a', 'a');
    made.receiver.answer = (delivery) => (delivery === first ? 'fail' : 'ok');
    await deliverOffered(made);
    expect(order(made)).toEqual([first, first, first, second, third]);
    expect((await rowsOf(db(), made.id)).map(({ state }) => state).sort()).toEqual(['dead', 'succeeded', 'succeeded']);
  });

  it('continues when the first is cancelled; cancelling a blocked one releases no other', async () => {
    const made = await givenInstallation(db());
    const deliveries = await made.ingest('a', 'a', 'a');
    const [first, second] = [nth(deliveries, 0), nth(deliveries, 1)];
    await made.cancel(second);
    expect(await statesOf(db(), deliveries)).toEqual(['pending', 'cancelled', 'blocked']);
    await made.cancel(first);
    expect(await statesOf(db(), deliveries)).toEqual(['cancelled', 'cancelled', 'pending']);
    await deliverOffered(made);
    expect(order(made)).toEqual(deliveries.slice(2));
  });

  it('stores nothing for a pass without open deliveries', async () => {
    const made = await givenInstallation(db());
    for (let round = 0; round < 2; round++) {
      await made.ingest('a', 'a');
      await deliverOffered(made);
    }
    expect((await rowsOf(db(), made.id)).map(({ sequence }) => sequence).sort()).toEqual([1, 1, 2, 2]);
    expect(await db().passOrder.count({ where: { subscriptionId: toUuid(made.id) } })).toBe(0);
  });

  it('does not concern unordered subscriptions: no sequence, no waiting', async () => {
    const made = await givenInstallation(db(), { ordering: 'none' });
    const deliveries = await made.ingest('a', 'a');
    expect(await statesOf(db(), deliveries)).toEqual(['pending', 'pending']);
    expect((await rowsOf(db(), made.id)).map(({ sequence }) => sequence)).toEqual([null, null]);
    expect(await db().passOrder.count({ where: { subscriptionId: toUuid(made.id) } })).toBe(0);
  });
});

describe('disabling an ordered subscription', () => {
  it('holds the first of each pass, and enabling goes on in order', async () => {
    const made = await givenInstallation(db());
    const before = await made.ingest('a', 'a', 'b');
    await made.enable(false);
    expect(await statesOf(db(), before)).toEqual(['held', 'blocked', 'held']);
    const during = await made.ingest('a', 'c');
    expect(await statesOf(db(), during)).toEqual(['blocked', 'held']);
    await deliverOffered(made);
    expect(made.sent).toEqual([]);
    await made.enable(true);
    await deliverOffered(made);
    const ofA = order(made).filter((id) => [before[0], before[1], during[0]].includes(id));
    expect(ofA).toEqual([before[0], before[1], during[0]]);
    expect(made.sent).toHaveLength(5);
    await inOrder(made.id);
  });

  it('holds the next when the first ends meanwhile', async () => {
    const made = await givenInstallation(db());
    const deliveries = await made.ingest('a', 'a');
    const first = nth(deliveries, 0);
    await made.enable(false);
    await made.cancel(first);
    expect(await statesOf(db(), deliveries)).toEqual(['cancelled', 'held']);
    expect(made.offered.map(({ deliveryId }) => deliveryId)).toEqual([first]);
  });

  it('holds later deliveries of an endpoint that is gone', async () => {
    const made = await givenInstallation(db());
    const deliveries = await made.ingest('a', 'b', 'b');
    made.receiver.answer = () => 'gone';
    made.offered.splice(1); // the other pass is still on its way to a worker
    await deliverOffered(made);
    expect(await statesOf(db(), deliveries)).toEqual(['dead', 'held', 'blocked']);
    await inOrder(made.id);
  });
});

describe('a replay of an ordered delivery', () => {
  it('is due at once when nothing of its pass is open', async () => {
    const made = await givenInstallation(db());
    const deliveries = await made.ingest('a', 'a');
    const [first, second] = [nth(deliveries, 0), nth(deliveries, 1)];
    await deliverOffered(made);
    await made.replay(first);
    await deliverOffered(made);
    expect(order(made)).toEqual([first, second, first]);
    await inOrder(made.id);
  });

  it('waits behind the open deliveries of its pass, however it is replayed', async () => {
    const made = await givenInstallation(db());
    made.receiver.answer = () => 'fail';
    const deliveries = await made.ingest('a', 'a');
    const [dead, other] = [nth(deliveries, 0), nth(deliveries, 1)];
    await deliverOffered(made);
    made.receiver.answer = () => 'ok';
    made.sent.length = 0;
    const open = await made.ingest('a');
    await made.replay(other);
    await made.replayLetter(dead);
    const fresh = await made.replayFresh(dead);
    expect(await statesOf(db(), [...open, other, dead, fresh])).toEqual(['pending', 'blocked', 'blocked', 'blocked']);
    await inOrder(made.id);
    await deliverOffered(made);
    expect(order(made)).toEqual([...open, other, dead, fresh]);
  });

  it('of a delivery that retention deleted queues behind open deliveries too', async () => {
    const made = await givenInstallation(db(), {}, []);
    made.receiver.answer = () => 'fail';
    const dead = nth(await made.ingest('a'), 0);
    await deliverOffered(made);
    await db().delivery.delete({ where: { id: toUuid(dead) } });
    const open = await made.ingest('a');
    const anew = await made.replayLetter(dead);
    expect(await statesOf(db(), [...open, anew])).toEqual(['pending', 'blocked']);
    await inOrder(made.id);
  });

  it('of an open one is refused and changes nothing', async () => {
    const made = await givenInstallation(db());
    const deliveries = await made.ingest('a', 'a');
    for (const id of deliveries) await expect(made.replay(id)).rejects.toMatchObject({ kind: 'conflict' });
    expect(await statesOf(db(), deliveries)).toEqual(['pending', 'blocked']);
    await inOrder(made.id);
  });
});

describe('rules without effect', () => {
  it('deleting the subscription cancels all and forgets its passes', async () => {
    const made = await givenInstallation(db());
    const deliveries = await made.ingest('a', 'a', 'b');
    await made.subscriptions.delete(made.tenantId, made.id, 'key_1');
    expect(await statesOf(db(), deliveries)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(await db().passOrder.count({ where: { subscriptionId: toUuid(made.id) } })).toBe(0);
  });

  it('the sweep releases deliveries blocked by nothing: a worker delivers them, or cancels them when the subscription is deleted', async () => {
    const [kept, gone] = [await givenInstallation(db()), await givenInstallation(db())];
    for (const made of [kept, gone]) {
      const first = nth(await made.ingest('a', 'a', 'a'), 0);
      await db().delivery.update({ where: { id: toUuid(first) }, data: { state: 'cancelled', dueAt: null } });
      made.offered.length = 0;
    }
    await db().subscription.update({ where: { id: toUuid(gone.id) }, data: { deletedAt: new Date() } });
    await db().tenant.update({ where: { id: toUuid(gone.tenantId) }, data: { configVersion: { increment: 1 } } });
    await kept.recoverer.sweep();
    const found = kept.offered.splice(0); // of every tenant of this file
    for (const made of [kept, gone]) made.offered.push(...found.filter(({ tenantId }) => tenantId === made.tenantId));
    await Promise.all([deliverOffered(kept), deliverOffered(gone)]);
    expect((await rowsOf(db(), kept.id)).map(({ state }) => state).sort()).toEqual(['cancelled', 'succeeded', 'succeeded']);
    expect((await rowsOf(db(), gone.id)).map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    await inOrder(kept.id);
    await inOrder(gone.id);
  });

  it('the sweep goes through all passes, page by page', async () => {
    const made = await givenInstallation(db());
    await made.ingest('a', 'a', 'b', 'b', 'c', 'c');
    await db().delivery.updateMany({
      where: { subscriptionId: toUuid(made.id), state: 'pending' },
      data: { state: 'cancelled', dueAt: null },
    });
    const released: DeliveryId[] = [];
    let page = await made.claims.releaseBlocked(1, undefined);
    for (; page.cursor; page = await made.claims.releaseBlocked(1, page.cursor)) {
      released.push(...page.released.map(({ deliveryId }) => deliveryId));
    }
    const rows = await rowsOf(db(), made.id);
    expect(rows.filter(({ state }) => state === 'pending').map(({ id }) => id)).toEqual([...released].sort());
    expect(released).toHaveLength(3);
  });

  it('an event accepted while the last delivery of its pass ends waits for the end, and is first', async () => {
    const made = await givenInstallation(db());
    const first = nth(await made.ingest('a'), 0);
    const pass = { subscriptionId: made.id, passId: 'a' };
    let arrived: Promise<DeliveryId[]> | undefined;
    await endInOrder(db(), [pass], async (tx) => {
      arrived = made.ingest('a');
      await eventually(() => waitsForALock(db()), { what: 'the event waiting for the end of its predecessor' });
      await tx.delivery.update({ where: { id: toUuid(first) }, data: { state: 'cancelled', dueAt: null } });
    });
    expect(await statesOf(db(), (await arrived) ?? [])).toEqual(['pending']);
    await inOrder(made.id);
  });
});
