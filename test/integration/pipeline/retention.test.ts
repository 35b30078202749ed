import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DeliveryId, lowestUuidAt, newId, toUuid } from '../../../src/domain/id.ts';
import type { Retention } from '../../../src/domain/retention.ts';
import { RetentionSweep } from '../../../src/pipeline/keep-within-retention.ts';
import { TenantConfigs } from '../../../src/pipeline/tenant-configs.ts';
import type { RetentionStore } from '../../../src/ports/retention.ts';
import { createConfigSource } from '../../../src/store/configuration/tenant-config.ts';
import type { Database } from '../../../src/store/database.ts';
import { createClaimStore } from '../../../src/store/deliveries/claim-store.ts';
import { createDeadLetterStore } from '../../../src/store/deliveries/dead-letters.ts';
import { createDeliveryStore } from '../../../src/store/deliveries/deliveries.ts';
import { createRetentionStore } from '../../../src/store/retention/retention.ts';
import { useDatabase } from '../../support/database.ts';
import { eventually } from '../../support/poll.ts';
import { RecordingLog } from '../../unit/telemetry/recording-log.ts';
import { givenSubscription, saveSubscription } from '../store/samples.ts';
import { givenWeekOf, moveTo, tableExists } from './ageing.ts';
import { attempt, claimOne, givenOneDelivery, lettersOf, retrying, rowOf, succeeded, WORKER } from './deliveries.ts';
import { createIngest, givenSetup, item, type Setup } from './installation.ts';

const database = useDatabase();
const DAY_MS = 24 * 60 * 60 * 1000;
const TABLES = ['events', 'deliveries', 'attempts'] as const;
/** A Wednesday: its partitions have the name of the Monday before. */
const OLD_MS = Date.parse('2026-03-04T10:00:00Z');
const WEEK = '20260302';
/** Older than anything that has a partition. */
const ANCIENT_MS = Date.parse('2026-02-04T10:00:00Z');

let db: Database;
let setup: Setup;
beforeEach(async () => {
  db = database();
  setup = await givenSetup(db);
  await givenWeekOf(db, OLD_MS);
});

/** Keeps 60 days, unless said otherwise; `queue.offered` is what the sweep made due. */
function createSweep(retention: Partial<Retention> = {}, store: RetentionStore = createRetentionStore(db)) {
  const { queue } = createIngest(db);
  const sweep = new RetentionSweep({
    retention: { days: 60, deadLetterDays: undefined, ...retention },
    store,
    configs: new TenantConfigs(createConfigSource(db)),
    queue,
    clock: Date.now,
    log: new RecordingLog(),
  });
  return { queue, run: () => sweep.sweep() };
}

async function givenOld(atMs = OLD_MS, end = succeeded): Promise<DeliveryId> {
  const id = await givenOneDelivery(db, setup);
  await attempt(createClaimStore(db, WORKER), id, end);
  return moveTo(db, id, atMs);
}

async function isStored(id: DeliveryId): Promise<boolean> {
  return (await db.delivery.count({ where: { id: toUuid(id) } })) > 0;
}

describe('a week that is past retention', () => {
  test('is dropped with its events, deliveries and attempts; later ones stay', async () => {
    const old = await givenOld();
    const { eventId } = await rowOf(db, old);
    const young = await givenOneDelivery(db, setup);
    await createSweep().run();
    for (const table of TABLES) expect(await tableExists(db, `${table}_${WEEK}`)).toBe(false);
    expect(await isStored(old)).toBe(false);
    expect(await db.event.count({ where: { id: eventId } })).toBe(0);
    expect(await db.attempt.count({ where: { deliveryId: toUuid(old) } })).toBe(0);
    expect(await isStored(young)).toBe(true);
  });

  test('stays while RETENTION_DAYS is unset', async () => {
    const old = await givenOld();
    await createSweep({ days: undefined }).run();
    expect(await isStored(old)).toBe(true);
  });

  test('is kept whole until its last day is past retention', async () => {
    const old = await givenOld();
    const endMs = Date.parse('2026-03-09T00:00:00Z');
    const days = Math.floor((Date.now() - endMs) / DAY_MS);
    await createSweep({ days: days + 1 }).run();
    expect(await isStored(old)).toBe(true);
    await createSweep({ days }).run();
    expect(await isStored(old)).toBe(false);
  });

  test('does not make an insert fail, neither meanwhile nor afterwards', async () => {
    await givenOld();
    let swept = false;
    const sweeping = createSweep()
      .run()
      .finally(() => {
        swept = true;
      });
    const ingest = createIngest(db);
    const accepted: string[] = [];
    do {
      const [result] = await ingest.ingest(setup.tenantId, [item(setup)]);
      accepted.push(result?.kind ?? 'none');
    } while (!swept);
    await sweeping;
    expect(new Set(accepted)).toEqual(new Set(['accepted']));
    const late = await givenOld(); // of a clock that is far behind: the default partition takes it
    expect(await isStored(late)).toBe(true);
    await createSweep().run();
    expect(await isStored(late)).toBe(false);
  });
});

describe('what is still open', () => {
  test('becomes a dead letter with its body and last attempt, which can be replayed afterwards', async () => {
    const claims = createClaimStore(db, WORKER);
    const id = await givenOneDelivery(db, setup);
    await attempt(claims, id, retrying(60_000));
    const old = await moveTo(db, id, OLD_MS);
    await createSweep().run();
    expect(await isStored(old)).toBe(false);
    const letters = createDeadLetterStore(db, Date.now);
    const [row] = await lettersOf(db, old);
    const letter = row && (await letters.find(setup.tenantId, row.id));
    expect(letter).toMatchObject({
      reason: 'expired: still open after 60 days (RETENTION_DAYS)',
      body: '{"a":1}',
      lastAttempt: { number: 1, startedAt: new Date(OLD_MS), outcome: { kind: 'response', status: 500 } },
    });
    if (!letter) throw new Error('the letter was found');
    const replayed = await letters.replay(setup.tenantId, letter.id, 'key_1');
    if (typeof replayed === 'string') throw new Error(replayed);
    expect(await claimOne(claims, replayed.deliveryId)).toMatchObject({ body: '{"a":1}' });
  });

  test('becomes one although it was never attempted, and its event says what it is', async () => {
    const old = await moveTo(db, await givenOneDelivery(db, setup), OLD_MS);
    await db.delivery.update({ where: { id: toUuid(old) }, data: { state: 'held', dueAt: null } });
    await createSweep().run();
    const [row] = await lettersOf(db, old);
    const letter = row && (await createDeadLetterStore(db, Date.now).find(setup.tenantId, row.id));
    expect(letter?.lastAttempt).toMatchObject({
      number: 0,
      outcome: { kind: 'unbuildable', reason: 'no attempt was made' },
    });
    expect(letter?.event?.facts.type).toBe('pass.created');
  });

  test('is announced to who subscribes to delivery.dead', async () => {
    const changes = { trigger: 'delivery.dead', templateId: null, options: {} } as const;
    const subscription = await givenSubscription(db, setup.integration, changes);
    const old = await moveTo(db, await givenOneDelivery(db, setup), OLD_MS);
    const sweep = createSweep();
    await sweep.run();
    const [announced] = await db.delivery.findMany({ where: { subscriptionId: toUuid(subscription.id) } });
    expect(announced).toMatchObject({ trigger: 'delivery.dead', state: 'pending' });
    expect(sweep.queue.offered.map(({ deliveryId }) => toUuid(deliveryId))).toContain(announced?.id);
    expect(await lettersOf(db, old)).toHaveLength(1);
  });

  test('is cancelled without a dead letter when it is a test', async () => {
    const old = await moveTo(db, await givenOneDelivery(db, setup), OLD_MS);
    await db.delivery.update({ where: { id: toUuid(old) }, data: { test: true } });
    await createSweep().run();
    expect(await isStored(old)).toBe(false);
    expect(await lettersOf(db, old)).toEqual([]);
  });

  test('makes room for the next delivery of its pass', async () => {
    await saveSubscription(db, { ...setup.subscription, ordering: 'pass' });
    const ingest = createIngest(db);
    await ingest.ingest(setup.tenantId, [item(setup, { pass: { id: 'p' } })]);
    await ingest.ingest(setup.tenantId, [item(setup, { pass: { id: 'p' } })]);
    const rows = await db.delivery.findMany({
      where: { subscriptionId: toUuid(setup.subscription.id) },
      orderBy: { id: 'asc' },
    });
    expect(rows.map(({ state }) => state)).toEqual(['pending', 'blocked']);
    const [first, second] = rows.map(({ id }) => `dlv_${id}` as DeliveryId);
    if (!first || !second) throw new Error('two events make two deliveries');
    const old = await moveTo(db, first, OLD_MS);
    const sweep = createSweep();
    await sweep.run();
    expect(await lettersOf(db, old)).toHaveLength(1);
    expect((await rowOf(db, second)).state).toBe('pending');
    expect(sweep.queue.offered.map(({ deliveryId }) => deliveryId)).toContain(second);
  });

  test('is waited for while a worker sends it, and its result is written', async () => {
    const claims = createClaimStore(db, WORKER);
    const old = await moveTo(db, await givenOneDelivery(db, setup), OLD_MS);
    await claimOne(claims, old);
    const sweep = createSweep();
    await sweep.run();
    expect((await rowOf(db, old)).state).toBe('delivering');
    await db.delivery.update({ where: { id: toUuid(old) }, data: { state: 'succeeded', dueAt: null } });
    await sweep.run();
    expect(await isStored(old)).toBe(false);
    expect(await lettersOf(db, old)).toEqual([]);
  });
});

describe('a table that is in use', () => {
  let reader: pg.Client;
  beforeEach(async () => {
    const [row] = await db.$queryRaw<{ name: string }[]>`SELECT current_database()::text AS name`;
    const url = new URL(process.env.TEST_DATABASE_URL ?? '');
    url.pathname = `/${row?.name}`;
    reader = new pg.Client({ connectionString: url.href });
    await reader.connect();
  });
  afterEach(() => reader.end());

  test('is left alone while a long read holds it, and is dropped by a later run', async () => {
    const old = await givenOld();
    await reader.query('BEGIN');
    await reader.query('SELECT count(*) FROM deliveries');
    const sweep = createSweep();
    await sweep.run();
    expect(await isStored(old)).toBe(true);
    // the read that is under way and new events hold each other up no longer than the lock's timeout
    const [result] = await createIngest(db).ingest(setup.tenantId, [item(setup)]);
    expect(result?.kind).toBe('accepted');
    await reader.query('COMMIT');
    await sweep.run();
    expect(await isStored(old)).toBe(false);
  });

  test('is dropped later when only the detached table is still read', async () => {
    await givenOld();
    const store = createRetentionStore(db);
    const [part] = await store.expired(Date.now() - 60 * DAY_MS);
    if (!part) throw new Error('a week is past retention');
    expect(await store.remove(part)).toBe('removed');
    await reader.query('BEGIN');
    await reader.query(`SELECT count(*) FROM deliveries_${part.name}`);
    await createSweep().run();
    expect(await tableExists(db, `deliveries_${part.name}`)).toBe(true);
    expect(await tableExists(db, `events_${part.name}`)).toBe(false);
    await reader.query('COMMIT');
    await createSweep().run();
    expect(await tableExists(db, `deliveries_${part.name}`)).toBe(false);
  });
});

describe('after a process died', () => {
  test('a week that was detached and not dropped is dropped', async () => {
    await givenOld();
    const store = createRetentionStore(db);
    const [part] = await store.expired(Date.now() - 60 * DAY_MS);
    expect(part && (await store.remove(part))).toBe('removed');
    expect(await tableExists(db, `deliveries_${WEEK}`)).toBe(true);
    await createSweep().run();
    for (const table of TABLES) expect(await tableExists(db, `${table}_${WEEK}`)).toBe(false);
  });

  test('a week of which one table was detached is finished', async () => {
    await givenOld();
    await db.$executeRawUnsafe(`ALTER TABLE deliveries DETACH PARTITION deliveries_${WEEK}`);
    await db.$executeRawUnsafe(`COMMENT ON TABLE deliveries_${WEEK} IS 'passwire: past retention'`);
    await createSweep().run();
    for (const table of TABLES) expect(await tableExists(db, `${table}_${WEEK}`)).toBe(false);
  });

  test('a connection that breaks in the middle leaves nothing half done', async () => {
    await Promise.all(Array.from({ length: 20 }, () => givenOld()));
    const store = createRetentionStore(db);
    let broken = false;
    const dying: RetentionStore = {
      ...store,
      async remove(part) {
        const removing = store.remove(part);
        broken = true;
        const killing = db.$executeRaw`
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()`;
        const [removed] = await Promise.all([removing, killing]); // whichever of them fails first
        return removed;
      },
    };
    await createSweep({}, dying)
      .run()
      .catch(() => {});
    expect(broken).toBe(true);
    await eventually(async () => {
      await createSweep().run();
      return !(await tableExists(db, `deliveries_${WEEK}`));
    });
    for (const table of TABLES) expect(await tableExists(db, `${table}_${WEEK}`)).toBe(false);
  });

  test('a table that an operator detached stays', async () => {
    await db.$executeRawUnsafe(`ALTER TABLE events DETACH PARTITION events_${WEEK}`);
    await createSweep().run();
    expect(await tableExists(db, `events_${WEEK}`)).toBe(true);
    await db.$executeRawUnsafe(`DROP TABLE events_${WEEK}`);
  });
});

test('old rows of the default partitions are deleted, open ones as dead letters; young ones stay', async () => {
  const ended = await givenOld(ANCIENT_MS);
  const open = await moveTo(db, await givenOneDelivery(db, setup), ANCIENT_MS);
  const { eventId } = await rowOf(db, open);
  await db.$executeRaw`
    INSERT INTO events (id, tenant_id, type, pass_id, facts)
    SELECT (left(${lowestUuidAt(ANCIENT_MS)}, 24) || lpad(to_hex(n), 12, '0'))::uuid, gen_random_uuid(), 'pass.created', 'p', '{}'
    FROM generate_series(1, 4500) AS n`;
  const future = await moveTo(db, await givenOneDelivery(db, setup), Date.now() + 100 * DAY_MS);
  await createSweep().run();
  expect([await isStored(ended), await isStored(open), await isStored(future)]).toEqual([false, false, true]);
  expect(await lettersOf(db, open)).toHaveLength(1);
  expect(await db.event.count({ where: { id: eventId } })).toBe(0);
  const below = lowestUuidAt(Date.now() - 60 * DAY_MS);
  const left = await db.$queryRaw<unknown[]>`SELECT FROM events_default WHERE id < ${below}::uuid`;
  expect(left).toHaveLength(0);
});

test('dead letters have their own retention', async () => {
  const store = (atMs: number) => {
    const id = toUuid(newId('deadLetter', atMs));
    return db.$executeRaw`
      INSERT INTO dead_letters (id, tenant_id, delivery_id, subscription_id, endpoint_id, event_id, trigger, pass_id, message_id,
        reason, last_attempt)
      VALUES (${id}::uuid, ${toUuid(setup.tenantId)}::uuid, ${id}::uuid, ${id}::uuid, ${id}::uuid, ${id}::uuid, 'pass.created', 'p',
        ${id}::uuid, 'r', '{}')`;
  };
  await store(Date.now() - 91 * DAY_MS);
  await store(Date.now() - 89 * DAY_MS);
  const count = () => db.deadLetter.count({ where: { tenantId: toUuid(setup.tenantId) } });
  await createSweep({ days: 60 }).run();
  expect(await count()).toBe(2);
  await createSweep({ days: 60, deadLetterDays: 90 }).run();
  expect(await count()).toBe(1);
});

test('a replay rendered anew whose event was dropped meanwhile is cancelled, and says so', async () => {
  const old = await givenOld();
  const { eventId, subscriptionId } = await rowOf(db, old);
  const log = createDeliveryStore(db);
  const id = newId('delivery', Date.now());
  const { tenantId, subscription } = setup;
  await log.add({
    id,
    tenantId,
    eventId: `evt_${eventId}` as never,
    templateId: undefined,
    subscriptionId: subscription.id,
    endpointId: subscription.endpointId,
    trigger: subscription.trigger,
    passId: 'pass-0',
    state: 'pending',
    cancelled: undefined,
    ordered: false,
    sequence: undefined,
    messageId: newId('message', Date.now()),
    replayOf: old,
    test: false,
  });
  await createSweep().run();
  expect(subscriptionId).toBe(toUuid(subscription.id));
  expect((await claimOne(createClaimStore(db, WORKER), id)).event).toBeUndefined();
});
