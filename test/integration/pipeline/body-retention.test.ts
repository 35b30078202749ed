import { beforeEach, describe, expect, test } from 'vitest';
import { changeTenant } from '../../../src/admin/tenants.ts';
import { type DeliveryId, toId, toUuid } from '../../../src/domain/id.ts';
import { BodyRetentionSweep } from '../../../src/pipeline/remove-bodies.ts';
import type { BodyRetentionStore } from '../../../src/ports/body-retention.ts';
import { createTenantStore } from '../../../src/store/configuration/tenants.ts';
import type { Database } from '../../../src/store/database.ts';
import { createClaimStore } from '../../../src/store/deliveries/claim-store.ts';
import { createDeadLetterStore } from '../../../src/store/deliveries/dead-letters.ts';
import { createDeliveryStore } from '../../../src/store/deliveries/deliveries.ts';
import { createEventStore } from '../../../src/store/events/events.ts';
import { createBodyRetentionStore } from '../../../src/store/retention/bodies.ts';
import { useDatabase } from '../../support/database.ts';
import { moveTo } from './ageing.ts';
import {
  attempt,
  claimOne,
  dead,
  givenDeliveries,
  givenOneDelivery,
  lettersOf,
  rowOf,
  succeeded,
  WORKER,
} from './deliveries.ts';
import { givenSetup, type Setup } from './installation.ts';

const database = useDatabase();
const DAY_MS = 24 * 60 * 60 * 1000;
const daysAgo = (days: number): number => Date.now() - days * DAY_MS;

let db: Database;
let setup: Setup;
beforeEach(async () => {
  db = database();
  setup = await givenSetup(db);
});

function sweep(bodyDays?: number, store: BodyRetentionStore = createBodyRetentionStore(db)): Promise<void> {
  return new BodyRetentionSweep({ store, bodyDays }).sweep();
}

async function keep(bodyDays: number | null): Promise<void> {
  await changeTenant({ tenants: createTenantStore(db), clock: Date.now }, setup.tenantId, { retention: { bodyDays } });
}

async function givenEnded(days: number, end: typeof succeeded | typeof dead = succeeded): Promise<DeliveryId> {
  const id = await givenOneDelivery(db, setup);
  await attempt(createClaimStore(db, WORKER), id, end);
  return moveTo(db, id, daysAgo(days));
}

const find = (id: DeliveryId) => createDeliveryStore(db).find(setup.tenantId, id);

async function eventOf(id: DeliveryId) {
  const { eventId } = await rowOf(db, id);
  return createEventStore(db).find(setup.tenantId, toId('event', eventId));
}

describe('after as many days as the tenant has set', () => {
  test('body, facts and answer are removed; the row says so, with its state, attempts and status', async () => {
    const [old, young] = [await givenEnded(31), await givenEnded(29)];
    await keep(30);
    await sweep();
    expect(await find(old)).toMatchObject({ state: 'succeeded', lastStatus: 204, removed: { reason: 'retention' } });
    expect((await rowOf(db, old)).body).toBeNull();
    expect(await eventOf(old)).toMatchObject({ removed: { reason: 'retention' }, facts: { pass: { id: 'pass-0' } } });
    expect(await createDeliveryStore(db).attempts(setup.tenantId, old)).toMatchObject([
      {
        number: 1,
        outcome: { status: 204, headers: {}, body: { text: '' }, timings: { totalMs: 12 } },
        request: { headers: {} },
      },
    ]);
    expect(await find(young)).not.toHaveProperty('removed.reason');
    expect((await rowOf(db, young)).body).toBe('{"a":1}');
    expect((await eventOf(young))?.removed).toBeUndefined();
  });

  test('it cannot be sent again', async () => {
    const old = await givenEnded(31);
    await keep(30);
    await sweep();
    expect(await createDeliveryStore(db).reopen(setup.tenantId, old, 'key_1')).toBe('content-removed');
  });

  test('a tenant without a setting follows the installation, which removes nothing by default', async () => {
    const old = await givenEnded(31);
    await sweep();
    expect((await rowOf(db, old)).body).toBe('{"a":1}');
    await sweep(30);
    expect((await rowOf(db, old)).body).toBeNull();
  });

  test('its own setting wins, also when it is longer; null is the default again', async () => {
    const old = await givenEnded(31);
    await keep(40);
    await sweep(30);
    expect((await rowOf(db, old)).body).toBe('{"a":1}');
    await keep(null);
    await sweep(30);
    expect((await rowOf(db, old)).body).toBeNull();
  });
});

describe('what is still needed', () => {
  test('stays while the delivery is open, and goes when it has ended', async () => {
    const open = await moveTo(db, await givenOneDelivery(db, setup), daysAgo(31));
    await keep(30);
    await sweep();
    expect((await eventOf(open))?.removed).toBeUndefined();
    expect((await find(open))?.removed).toBeUndefined();
    await attempt(createClaimStore(db, WORKER), open, succeeded);
    await sweep();
    expect((await find(open))?.removed).toMatchObject({ reason: 'retention' });
    expect((await eventOf(open))?.removed).toMatchObject({ reason: 'retention' });
    expect(await db.bodyLeftover.count({ where: { tenantId: toUuid(setup.tenantId) } })).toBe(0);
  });

  test('a dead letter has it until it is closed, and its replay sends it once more', async () => {
    const old = await givenEnded(31, dead);
    await keep(30);
    const letters = createDeadLetterStore(db, Date.now);
    const [row] = await lettersOf(db, old).then((found) => (found.length > 0 ? found : lettersOfAll()));
    if (!row) throw new Error('a dead delivery has a letter');
    await db.$executeRaw`
      UPDATE dead_letters SET delivery_id = ${toUuid(old)}::uuid, event_id = ${(await rowOf(db, old)).eventId}::uuid,
        id = overlay(id::text placing left(${toUuid(old)}, 13) FROM 1 FOR 13)::uuid
      WHERE id = ${toUuid(row.id)}::uuid`;
    await sweep();
    expect((await rowOf(db, old)).body).toBeNull();
    const [letter] = await lettersOf(db, old);
    if (!letter) throw new Error('the letter stays');
    expect(await letters.find(setup.tenantId, letter.id)).toMatchObject({ body: '{"a":1}' });
    const replayed = await letters.replay(setup.tenantId, letter.id, 'key_1');
    expect(replayed).toMatchObject({ deliveryId: old });
    const claims = createClaimStore(db, WORKER);
    const claimed = await claimOne(claims, old, 2);
    expect(claimed.body).toBe('{"a":1}');
    await db.delivery.update({ where: { id: toUuid(old) }, data: { state: 'succeeded', dueAt: null } });
    await sweep();
    expect((await rowOf(db, old)).body).toBeNull();
    expect((await letters.find(setup.tenantId, letter.id))?.removed).toMatchObject({ reason: 'retention' });
  });
});

/** The letters of the tenant: a delivery that was moved has another id. */
async function lettersOfAll() {
  const rows = await db.deadLetter.findMany({ where: { tenantId: toUuid(setup.tenantId) } });
  return rows.map(({ id }) => ({ id: toId('deadLetter', id) }));
}

test('many rows go in chunks, and a run that died is completed by the next', async () => {
  const ids = await givenDeliveries(db, setup, 1_200);
  await db.$executeRaw`
    UPDATE deliveries SET state = 'succeeded', due_at = NULL, body = '{}' WHERE tenant_id = ${toUuid(setup.tenantId)}::uuid`;
  expect(ids).toHaveLength(1_200);
  const store = createBodyRetentionStore(db);
  let chunks = 0;
  const dying: BodyRetentionStore = {
    ...store,
    nowMs: async () => Date.now() + 40 * DAY_MS,
    tenants: async (...args) => (await store.tenants(...args)).filter(({ tenantId }) => tenantId === setup.tenantId),
    async remove(...args) {
      if (chunks++ === 2) throw new Error('killed');
      return store.remove(...args);
    },
  };
  await keep(30);
  await expect(sweep(undefined, dying)).rejects.toThrow('killed');
  const left = () => db.delivery.count({ where: { tenantId: toUuid(setup.tenantId), body: { not: null } } });
  expect(await left()).toBe(200);
  await sweep(undefined, { ...dying, remove: store.remove });
  expect(await left()).toBe(0);
  const facts = await db.event.count({ where: { tenantId: toUuid(setup.tenantId), facts: { not: null } } });
  expect(facts).toBe(0);
});
