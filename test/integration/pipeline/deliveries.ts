import type { SendOutcome } from '../../../src/domain/attempt.ts';
import { type DeliveryId, newId, toId, toUuid } from '../../../src/domain/id.ts';
import type { NextState } from '../../../src/domain/retry.ts';
import type { AttemptRecord, ClaimedDelivery, ClaimStore } from '../../../src/ports/claims.ts';
import type { Database } from '../../../src/store/database.ts';
import { createIngest, item, type Setup } from './installation.ts';

// Deliveries as ingest makes them, and what a worker makes of them.

/** The worker that makes the claims. */
export const WORKER = newId('worker', Date.now());

/** Pending deliveries of as many new events, in their order. */
export async function givenDeliveries(db: Database, setup: Setup, count: number): Promise<DeliveryId[]> {
  const ingest = createIngest(db);
  await ingest.ingest(
    setup.tenantId,
    Array.from({ length: count }, (_, n) => item(setup, { pass: { id: `pass-${n}` } })),
  );
  return ingest.queue.offered.map(({ deliveryId }) => deliveryId);
}

export async function givenOneDelivery(db: Database, setup: Setup): Promise<DeliveryId> {
  const [id] = await givenDeliveries(db, setup, 1);
  if (!id) throw new Error('an event that matches makes a delivery');
  return id;
}

export async function claimOne(claims: ClaimStore, deliveryId: DeliveryId, attempt = 1): Promise<ClaimedDelivery> {
  const [claimed] = await claims.claim([{ deliveryId, attempt }]);
  if (!claimed) throw new Error(`attempt ${attempt} of ${deliveryId} cannot be claimed`);
  return claimed;
}

const answered = (status: number): SendOutcome => ({
  kind: 'response',
  status,
  headers: { 'content-type': 'text/plain' },
  body: { text: 'no', truncated: false },
  remoteAddress: '127.0.0.1',
  timings: { totalMs: 12 },
});

/** The result of an attempt. The first one builds the body. */
export function recordOf(claimed: ClaimedDelivery, next: NextState, body = '{"a":1}'): AttemptRecord {
  return {
    claimed,
    attempt: {
      deliveryId: claimed.id,
      number: claimed.attempt,
      startedAt: new Date('2026-03-01T12:00:00.123Z'),
      outcome: answered(next.state === 'succeeded' ? 204 : 500),
      verdict: next.state === 'succeeded' ? 'delivered' : 'retryable',
      request: { method: 'POST', url: 'https://receiver.example/hook', headers: { 'x-a': '1' } },
    },
    next,
    builtBody: claimed.body === undefined ? body : undefined,
    deadLetterId: next.state === 'dead' ? newId('deadLetter', Date.now()) : undefined,
    operationalEvents: undefined,
  };
}

export const dead = { state: 'dead', reason: 'the endpoint answered 500' } as const;
export const succeeded = { state: 'succeeded' } as const;
export const retrying = (delayMs: number): NextState => ({
  state: 'retrying',
  delayMs,
  reason: 'the endpoint answered 500',
});

/** Makes the next attempt of a delivery, which must be due, and writes its result. */
export async function attempt(claims: ClaimStore, id: DeliveryId, next: NextState, number = 1): Promise<void> {
  const { written } = await claims.settle([recordOf(await claimOne(claims, id, number), next)]);
  if (written.length !== 1) throw new Error('the claim stands, so the result is written');
}

export function rowOf(db: Database, id: DeliveryId) {
  return db.delivery.findUniqueOrThrow({ where: { id: toUuid(id) } });
}

/** As if that much time had passed. */
export async function letPass(db: Database, id: DeliveryId, ms: number): Promise<void> {
  await db.$executeRaw`UPDATE deliveries SET due_at = due_at - ${ms} * interval '1 ms' WHERE id = ${toUuid(id)}::uuid`;
}

/** Open dead letters of a delivery. */
export async function lettersOf(db: Database, id: DeliveryId) {
  const rows = await db.$queryRaw<{ id: string; closed_as: string | null }[]>`
    SELECT id, closed_as FROM dead_letters WHERE delivery_id = ${toUuid(id)}::uuid ORDER BY id`;
  return rows.map((row) => ({ id: toId('deadLetter', row.id), closedAs: row.closed_as }));
}
