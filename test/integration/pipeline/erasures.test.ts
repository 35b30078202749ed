import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { beforeEach, describe, expect, test } from 'vitest';
import { NOTHING_ERASED } from '../../../src/domain/erasure.ts';
import { toId, toUuid } from '../../../src/domain/id.ts';
import { SecretBox } from '../../../src/domain/secret-box.ts';
import { startErasure } from '../../../src/pipeline/erasures.ts';
import { newDelivery } from '../../../src/pipeline/new-deliveries.ts';
import { ErasureRunner } from '../../../src/pipeline/run-erasures.ts';
import type { Erasure, ErasureStore } from '../../../src/ports/erasures.ts';
import type { Database } from '../../../src/store/database.ts';
import { createClaimStore } from '../../../src/store/deliveries/claim-store.ts';
import { createDeadLetterStore } from '../../../src/store/deliveries/dead-letters.ts';
import { createDeliveryStore } from '../../../src/store/deliveries/deliveries.ts';
import { createErasureStore } from '../../../src/store/erasures/erasures.ts';
import { createEventStore } from '../../../src/store/events/events.ts';
import { useDatabase } from '../../support/database.ts';
import { eventually } from '../../support/poll.ts';
import { RecordingLog } from '../../unit/telemetry/recording-log.ts';
import { saveSubscription } from '../store/samples.ts';
import { attempt, dead, rowOf, succeeded, WORKER } from './deliveries.ts';
import { createIngest, givenSetup, item, type Setup } from './installation.ts';

const database = useDatabase();
const key = { id: 'k1', key: randomBytes(32) };
const box = new SecretBox([key]);
const ANSWER = { status: 409, body: '{}' };

let db: Database;
let setup: Setup;
let passId: string;
beforeEach(async () => {
  db = database();
  setup = await givenSetup(db);
  passId = `pass-${randomUUID()}`;
});

function createRunner(erasures: ErasureStore = createErasureStore(db, ANSWER), keys = box) {
  const { queue } = createIngest(db);
  const log = new RecordingLog();
  return { runner: new ErasureRunner({ erasures, box: keys, queue, changes: { async forget() {} }, log }), queue, log };
}

async function givenEvents(count: number): Promise<void> {
  const events = Array.from({ length: count }, () => item(setup, { pass: { id: passId } }));
  await createIngest(db).ingest(setup.tenantId, events);
}

function erase(): Promise<Erasure> {
  const deps = { erasures: createErasureStore(db, ANSWER), box, clock: Date.now };
  return startErasure(deps, setup.tenantId, { passId }, 'key_1');
}

async function found(id: Erasure['id']): Promise<Erasure> {
  const erasure = await createErasureStore(db, ANSWER).find(setup.tenantId, id);
  if (!erasure) throw new Error('the erasure is stored');
  return erasure;
}

/** Sweeps until it has ended: transactions of other databases of the server are waited for too. */
async function finish(id: Erasure['id'], { runner } = createRunner()): Promise<Erasure> {
  return eventually(async () => {
    await runner.sweep();
    const erasure = await found(id);
    return erasure.state === 'done' && erasure;
  });
}

async function left(): Promise<number> {
  const where = { passId };
  return (await db.event.count({ where })) + (await db.delivery.count({ where })) + (await db.deadLetter.count({ where }));
}

describe('a large erasure', () => {
  test('goes on where a worker that died has stopped, and counts each row once', async () => {
    await givenEvents(450);
    const { id } = await erase();
    const store = createErasureStore(db, ANSWER);
    for (const stepsBeforeDeath of [1, 0, 2]) {
      let steps = 0;
      const dying: ErasureStore = {
        ...store,
        async erase(erasure, pass) {
          if (steps++ === stepsBeforeDeath) throw new Error('killed');
          return store.erase(erasure, pass);
        },
      };
      await expect(createRunner(dying).runner.sweep()).rejects.toThrow('killed');
      expect((await found(id)).state).toBe('running');
    }
    expect(await left()).toBe(900 - 3 * 200 + 150);
    expect(await finish(id)).toMatchObject({
      counts: { ...NOTHING_ERASED, events: 450, deliveries: 450, cancelled: 450 },
    });
    expect(await left()).toBe(0);
  });

  test('leaves the rest to another run when its worker is to end', async () => {
    await givenEvents(450);
    const { id } = await erase();
    let steps = 0;
    await createRunner().runner.sweep(() => ++steps < 4);
    expect((await found(id)).state).toBe('running');
    expect(await left()).toBeGreaterThan(0);
    expect((await finish(id)).counts).toMatchObject({ events: 450, deliveries: 450 });
  });

  test('is counted once when two workers believe that they lead', async () => {
    await givenEvents(450);
    const { id } = await erase();
    await Promise.all([createRunner().runner.sweep(), createRunner().runner.sweep()]);
    expect((await finish(id)).counts).toMatchObject({ events: 450, deliveries: 450 });
    expect(await left()).toBe(0);
  });
});

test('what an older transaction writes belongs to it: the erasure waits for its end', async () => {
  const [row] = await db.$queryRaw<{ name: string }[]>`SELECT current_database()::text AS name`;
  const url = new URL(process.env.TEST_DATABASE_URL ?? '');
  url.pathname = `/${row?.name}`;
  const slow = new pg.Client({ connectionString: url.href });
  await slow.connect();
  try {
    await slow.query('BEGIN');
    await slow.query(
      `INSERT INTO events (id, tenant_id, template_id, type, pass_id, facts)
       VALUES (gen_random_uuid(), $1, gen_random_uuid(), 'pass.created', $2, '{}')`,
      [toUuid(setup.tenantId), passId],
    );
    const { id } = await erase();
    await createRunner().runner.sweep();
    expect((await found(id)).state).toBe('running');
    await slow.query('COMMIT');
    expect(await finish(id)).toMatchObject({ counts: { events: 1 } });
  } finally {
    await slow.end();
  }
});

test('what was accepted after the request stays, and goes when the cancelled delivery before it is out of its way', async () => {
  await saveSubscription(db, { ...setup.subscription, ordering: 'pass' });
  await givenEvents(1);
  await erase();
  await givenEvents(1);
  const rows = () =>
    db.delivery.findMany({ where: { subscriptionId: toUuid(setup.subscription.id) }, orderBy: { id: 'asc' } });
  expect((await rows()).map(({ state }) => state)).toEqual(['pending', 'blocked']);
  const { runner, queue } = createRunner();
  await runner.sweep();
  const [first, second] = await rows();
  expect(first).toMatchObject({
    state: 'cancelled',
    endedReason: 'erased',
    endedBy: 'key_1',
    body: null,
    removedAs: 'erasure',
  });
  expect(second).toMatchObject({ state: 'pending', passId, removedAs: null });
  expect(queue.offered.map(({ deliveryId }) => toUuid(deliveryId))).toEqual([second?.id]);
});

test('a replay rendered anew that was decided before cannot be added afterwards, and one that was added belongs to it', async () => {
  const ingest = createIngest(db);
  await ingest.ingest(setup.tenantId, [item(setup, { pass: { id: passId } })]);
  const [offered] = ingest.queue.offered;
  if (!offered) throw new Error('the event makes a delivery');
  await attempt(createClaimStore(db, WORKER), offered.deliveryId, succeeded);
  const { eventId } = await rowOf(db, offered.deliveryId);
  const event = await createEventStore(db).find(setup.tenantId, toId('event', eventId));
  if (!event) throw new Error('the event is stored');
  const again = () => {
    const id = toId('delivery', randomUUID());
    return { ...newDelivery(event, setup.subscription), id, messageId: toId('message', toUuid(id)) };
  };
  const log = createDeliveryStore(db);
  const { id } = await erase();
  expect(await log.add(again())).toHaveLength(1);
  expect(await finish(id)).toMatchObject({ counts: { deliveries: 2, cancelled: 1 } });
  expect(await log.add(again())).toBe('event-gone');
  expect(await log.reopen(setup.tenantId, offered.deliveryId, 'key_1')).toBe('content-removed');
  expect(await left()).toBe(0);
});

test('a dead letter that outlived its delivery is erased and closed', async () => {
  const ingest = createIngest(db);
  await ingest.ingest(setup.tenantId, [item(setup, { pass: { id: passId } })]);
  const [offered] = ingest.queue.offered;
  if (!offered) throw new Error('the event makes a delivery');
  await attempt(createClaimStore(db, WORKER), offered.deliveryId, dead);
  await db.$executeRaw`DELETE FROM deliveries WHERE id = ${toUuid(offered.deliveryId)}::uuid`;
  await db.$executeRaw`DELETE FROM events WHERE pass_id = ${passId}`;
  const { id } = await erase();
  const { counts, subjectHash } = await finish(id);
  expect(counts).toMatchObject({ deadLetters: 1, deliveries: 0 });
  const filter = { passId: subjectHash };
  const { data } = await createDeadLetterStore(db, Date.now).list(setup.tenantId, filter, { limit: 2, cursor: undefined });
  expect(data).toMatchObject([
    { event: undefined, body: undefined, closed: { as: 'discarded', by: 'key_1' }, removed: { reason: 'erasure' } },
  ]);
});

test('one whose encryption key is missing waits, and holds up no other', async () => {
  await givenEvents(1);
  const waiting = await erase();
  const other = await givenSetup(db);
  const keys = new SecretBox([{ id: 'k2', key: randomBytes(32) }]);
  const erasures = createErasureStore(db, ANSWER);
  const next = await startErasure({ erasures, box: keys, clock: Date.now }, other.tenantId, { passId: 'p' }, 'key_1');
  await eventually(async () => {
    await createRunner(erasures, keys).runner.sweep();
    return (await erasures.find(other.tenantId, next.id))?.state === 'done';
  });
  expect((await found(waiting.id)).state).toBe('running');
  await finish(waiting.id);
});

test('its ids are not stored when it has ended, nor readable before', async () => {
  const { id } = await erase();
  const text = async () => {
    const [row] = await db.$queryRaw<
      { text: string }[]
    >`SELECT e::text AS text FROM erasures e WHERE id = ${toUuid(id)}::uuid`;
    return row?.text ?? '';
  };
  expect(await text()).not.toContain(passId);
  expect(await text()).not.toContain(Buffer.from(passId).toString('hex'));
  await finish(id);
  expect(await db.erasure.findUnique({ where: { id: toUuid(id) } })).toMatchObject({ planKeyId: null, planBox: null });
});

test('the audit log keeps its entries, with a hash in the place of the ids', async () => {
  await db.$executeRaw`
    CREATE TABLE IF NOT EXISTS audit_entries (id uuid PRIMARY KEY, tenant_id uuid, actor_id text, action text, target_kind text,
      target_id uuid, before jsonb, after jsonb, created_at timestamptz)`;
  const tenant = toUuid(setup.tenantId);
  const other = toUuid((await givenSetup(db)).tenantId);
  const quoting = JSON.stringify({ filter: { passId }, name: `x-${passId}-y` });
  const targets = [randomUUID(), randomUUID()];
  for (const [index, owner] of [tenant, other].entries()) {
    await db.$executeRaw`
      INSERT INTO audit_entries (id, tenant_id, actor_id, action, target_kind, target_id, before, after, created_at)
      VALUES (gen_random_uuid(), ${owner}::uuid, 'key_1', 'replay.created', 'replay', ${targets[index]}::uuid, ${quoting}::jsonb,
        ${quoting}::jsonb, now())`;
  }
  const { id } = await erase();
  const { counts, subjectHash } = await finish(id);
  expect(counts.auditEntries).toBeGreaterThan(0);
  const entry = (target: string | undefined) => db.$queryRaw<object[]>`
    SELECT before, after FROM audit_entries WHERE target_id = ${target}::uuid`;
  const hidden = { filter: { passId: subjectHash }, name: `x-${subjectHash}-y` };
  expect(await entry(targets[0])).toEqual([{ before: hidden, after: hidden }]);
  expect(JSON.stringify(await entry(targets[1]))).toContain(passId);
});
