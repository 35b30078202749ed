import { OPEN_STATES } from '../../domain/delivery.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import type { Database } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { DUE_COLUMNS, type DueRow, dueDelivery } from './due-row.ts';
import { releaseAll } from './pass-orders.ts';

// What a change of configuration does to a subscription's open deliveries. It happens after the change is committed and in
// chunks, so that a backlog of a million neither times out nor holds up the workers. A row that a worker has locked at this
// moment is left to it (SKIP LOCKED), and what a crash leaves undone too: whoever claims such a delivery sees the new
// configuration and holds or cancels it. All read deliveries_open_idx, whose predicate `open` repeats.

const CHUNK = 2_000;
/** Released deliveries handed over at once; further ones are due as well, and the recovery sweep finds them. */
const MAX_RELEASED = 10_000;

const open = Prisma.raw(`state IN (${OPEN_STATES.map((state) => `'${state}'`).join(', ')})`);

export interface Cancellation {
  readonly reason: string;
  /** `system`, or an API key's id. */
  readonly by: string;
}

/** Cancels everything open, what is being delivered too: raising the claim keeps its result out. */
export async function cancelOpen(db: Database, subscriptions: readonly string[], why: Cancellation): Promise<void> {
  for (const subscription of subscriptions) {
    await untilNone(
      () => db.$executeRaw`
        UPDATE deliveries
        SET state = 'cancelled', claim = claim + 1, due_at = NULL, ended_at = now(), ended_reason = ${why.reason}, ended_by = ${why.by}
        WHERE id IN (${chunkOf(subscription, open)}) AND ${open}`,
    );
    await releaseAll(db, subscription);
  }
}

/**
 * Holds what waits for its turn; what is being delivered now ends as it ends. What is blocked stays so behind what is held:
 * releasing the first of each pass releases them in order.
 */
export async function holdWaiting(db: Database, subscriptions: readonly string[]): Promise<void> {
  const waiting = Prisma.sql`state IN ('pending', 'retrying')`;
  for (const subscription of subscriptions) {
    await untilNone(
      () => db.$executeRaw`
        UPDATE deliveries SET state = 'held', due_at = NULL
        WHERE id IN (${chunkOf(subscription, waiting)}) AND ${waiting}`,
    );
  }
}

/** Makes held deliveries due, oldest first. Returns the first 10,000. */
export async function releaseHeld(db: Database, subscription: string): Promise<DueDelivery[]> {
  const released: DueDelivery[] = [];
  const held = Prisma.sql`state = 'held'`;
  await untilNone(async () => {
    const rows = await db.$queryRaw<DueRow[]>`
      UPDATE deliveries SET state = 'pending', due_at = now()
      WHERE id IN (${chunkOf(subscription, held)}) AND ${held}
      RETURNING ${DUE_COLUMNS}`;
    rows.sort((a, b) => (a.id < b.id ? -1 : 1));
    released.push(...rows.slice(0, MAX_RELEASED - released.length).map(dueDelivery));
    return rows.length;
  });
  return released;
}

/** Counts what is open at another endpoint from now on. */
export async function moveOpen(db: Database, subscription: string, endpoint: string): Promise<void> {
  const elsewhere = Prisma.sql`${open} AND endpoint_id <> ${endpoint}::uuid`;
  await untilNone(
    () => db.$executeRaw`
      UPDATE deliveries SET endpoint_id = ${endpoint}::uuid
      WHERE id IN (${chunkOf(subscription, elsewhere)}) AND ${elsewhere}`,
  );
}

function chunkOf(subscription: string, matching: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT id FROM deliveries WHERE subscription_id = ${subscription}::uuid AND ${matching}
    ORDER BY id LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED`;
}

async function untilNone(change: () => Promise<number>): Promise<void> {
  while ((await change()) > 0);
}
