import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId, toUuid, type WorkerId } from '../../../src/domain/id.ts';
import type { WorkerRegistry } from '../../../src/ports/workers.ts';
import { createClaimStore } from '../../../src/store/deliveries/claim-store.ts';
import { createWorkerRegistry } from '../../../src/store/workers.ts';
import { useDatabase } from '../../support/database.ts';
import { eventually } from '../../support/poll.ts';
import { claimOne, givenOneDelivery, recordOf, rowOf, succeeded } from '../pipeline/deliveries.ts';
import { givenSetup } from '../pipeline/installation.ts';

const database = useDatabase();
const SECOND = 1000;
const ALIVE = { mayLead: true, slots: 64, inFlight: 3 };

let first: { id: WorkerId; registry: WorkerRegistry };
let second: { id: WorkerId; registry: WorkerRegistry };

// a server that has just started has not answered for eight seconds
beforeAll(() =>
  eventually(async () => {
    const [row] = await database().$queryRaw<{ old: boolean }[]>`
      SELECT pg_postmaster_start_time() < now() - interval '9 s' AS old`;
    return row?.old;
  }),
);

beforeEach(async () => {
  await database().worker.deleteMany();
  [first, second] = [worker(), worker()];
  for (const { registry } of [first, second]) await registry.beat(ALIVE);
});

function worker() {
  const id = newId('worker', Date.now());
  return { id, registry: createWorkerRegistry(database(), database(), id, '1.2.3') };
}

/** As if that much time had passed for all workers, while those named beat and the store answered. */
async function letPass(ms: number, ...beating: WorkerId[]): Promise<void> {
  const ids = beating.map(toUuid);
  await database().$executeRaw`
    UPDATE workers SET answered_since = answered_since - ${ms} * interval '1 ms',
      beat_at = CASE WHEN id = ANY(${ids}::uuid[]) THEN now() ELSE beat_at - ${ms} * interval '1 ms' END`;
  await database().$executeRaw`UPDATE deliveries SET due_at = due_at - ${ms} * interval '1 ms'`;
}

describe('a worker that does not beat for eight seconds', () => {
  test('is dead: another one releases its claims, and what it still reports is dropped once they are taken over', async () => {
    const setup = await givenSetup(database());
    const [lost, own] = [await givenOneDelivery(database(), setup), await givenOneDelivery(database(), setup)];
    const claimed = await claimOne(createClaimStore(database(), first.id), lost);
    const claims = createClaimStore(database(), second.id);
    await claimOne(claims, own);
    await letPass(9 * SECOND, second.id);
    expect(await second.registry.beat(ALIVE)).toEqual({ leads: true, someDied: true });
    const { workers, due } = await second.registry.releaseDead();
    expect(workers).toEqual([first.id]);
    expect(due).toMatchObject([{ deliveryId: lost, attempt: 1, delayMs: 0, limits: { maxInFlight: 7 } }]);
    expect((await second.registry.releaseDead()).workers, 'once only').toEqual([]);
    const standing = recordOf(await claimOne(claims, lost), succeeded);
    expect((await claims.settle([recordOf(claimed, succeeded)])).written).toEqual([]);
    expect((await claims.settle([standing])).written).toEqual([standing]);
    expect(await rowOf(database(), own)).toMatchObject({ state: 'delivering', claim: 1, workerId: toUuid(second.id) });
  });

  test('is not dead sooner, nor when it beats before another one acts', async () => {
    await letPass(7 * SECOND, second.id);
    expect(await second.registry.beat(ALIVE)).toMatchObject({ someDied: false });
    expect((await second.registry.releaseDead()).workers).toEqual([]);
    await letPass(2 * SECOND, second.id);
    expect(await second.registry.beat(ALIVE)).toMatchObject({ someDied: true });
    await first.registry.beat(ALIVE);
    expect((await second.registry.releaseDead()).workers).toEqual([]);
  });

  test('proves that it is alive by a later claim, which stays valid', async () => {
    const setup = await givenSetup(database());
    await letPass(9 * SECOND, second.id);
    const id = await givenOneDelivery(database(), setup);
    await claimOne(createClaimStore(database(), first.id), id);
    expect(await second.registry.releaseDead()).toEqual({ workers: [first.id], due: [] });
    expect(await rowOf(database(), id)).toMatchObject({ state: 'delivering', workerId: toUuid(first.id) });
  });

  test('is not dead after an outage in which no beat was answered: the count begins anew', async () => {
    await letPass(60 * SECOND, first.id, second.id);
    await letPass(20 * SECOND);
    expect(await second.registry.beat(ALIVE)).toMatchObject({ someDied: false });
    await letPass(7 * SECOND, second.id);
    expect(await second.registry.beat(ALIVE)).toMatchObject({ someDied: false });
    expect((await second.registry.releaseDead()).workers).toEqual([]);
    await letPass(2 * SECOND, second.id);
    expect((await second.registry.releaseDead()).workers).toEqual([first.id]);
  });

  test('is noticed by its successor, though that started after its last beat', async () => {
    await second.registry.leave();
    await letPass(60 * SECOND, first.id);
    await letPass(2 * SECOND);
    const successor = worker();
    expect(await successor.registry.beat(ALIVE)).toMatchObject({ someDied: false });
    await letPass(7 * SECOND, successor.id);
    expect((await successor.registry.releaseDead()).workers).toEqual([first.id]);
  });
});

test('a worker leaves when its claims have ended; with one that it could not give back it is dead to the others', async () => {
  const id = await givenOneDelivery(database(), await givenSetup(database()));
  const claims = createClaimStore(database(), first.id);
  const claimed = await claimOne(claims, id);
  await first.registry.leave();
  expect(await database().worker.findUnique({ where: { id: toUuid(first.id) } })).not.toBeNull();
  await claims.settle([recordOf(claimed, succeeded)]);
  await first.registry.leave();
  expect(await database().worker.findUnique({ where: { id: toUuid(first.id) } })).toBeNull();
});

describe('the worker that leads', () => {
  const leads = async ({ registry }: typeof first, state = ALIVE) => (await registry.beat(state)).leads;

  test('is the one that started first', async () => {
    expect([await leads(first), await leads(second)]).toEqual([true, false]);
  });

  test('is another one when it may not lead, leaves or does not beat', async () => {
    expect(await leads(first, { ...ALIVE, mayLead: false })).toBe(false);
    expect(await leads(second)).toBe(true);
    expect([await leads(first), await leads(second)]).toEqual([true, false]);
    await letPass(4 * SECOND, second.id);
    expect(await leads(second)).toBe(true);
    expect([await leads(first), await leads(second)]).toEqual([true, false]);
    await first.registry.leave();
    expect(await leads(second)).toBe(true);
  });
});
