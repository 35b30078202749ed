import { OPEN_STATES } from '../../domain/delivery.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import type { Database } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { DUE_COLUMNS, type DueRow, dueDelivery } from './due-row.ts';
import { noteChange } from './note-change.ts';
import { releasePasses } from './release-blocked.ts';

// The effects of a configuration change on a subscription's open deliveries. They run after the change has committed and in
// chunks, so that a backlog of a million neither times out nor blocks the workers. Rows that a worker has locked are skipped,
// and a crash may leave rows unchanged: the worker that claims such a delivery reads the new configuration and holds or
// cancels it. All statements use deliveries_open_idx, whose predicate `OPEN` repeats.
//
// What tells a receiver that the subscription was deleted outlives it.
//
// Another change of the subscription may commit meanwhile and have effects of its own. So each statement reads the subscription
// as it is and locks it against changes: the last change wins.

const CHUNK = 2_000;
/** How many released deliveries are returned. The others are due too, and the recovery sweep enqueues them. */
const MAX_RELEASED = 10_000;

/** The predicate of deliveries_open_idx. */
export const OPEN = Prisma.raw(`state IN (${OPEN_STATES.map((state) => `'${state}'`).join(', ')})`);

export interface Cancellation {
  readonly reason: string;
  /** `system`, or an API key's id. */
  readonly by: string;
}

/**
 * Cancels all open deliveries of the subscriptions (UUIDs). That includes deliveries being sent: the raised claim number
 * prevents their results from being written.
 */
export async function cancelOpen(db: Database, subscriptions: readonly string[], why: Cancellation): Promise<void> {
  for (const subscription of subscriptions) {
    await repeatWhileRowsChange(
      () => db.$executeRaw`
        UPDATE deliveries
        SET state = 'cancelled', claim = claim + 1, due_at = NULL, ended_at = now(), ended_reason = ${why.reason}, ended_by = ${why.by}
        WHERE id IN (${lockedChunk(subscription, OPEN)}) AND ${OPEN}`,
    );
    await releasePasses(db, subscription);
  }
}

/**
 * Holds the pending and retrying deliveries of the subscriptions (UUIDs). Deliveries being sent are not changed. Blocked
 * deliveries stay blocked behind held ones, so releasing the first of each pass releases the rest in order.
 */
export async function holdWaiting(db: Database, subscriptions: readonly string[]): Promise<void> {
  const waiting = Prisma.sql`state IN ('pending', 'retrying') AND NOT test`;
  for (const subscription of subscriptions) {
    await repeatWhileRowsChange(
      () => db.$executeRaw`
        WITH disabled AS (${locked(subscription, Prisma.sql`disabled IS NOT NULL`)})
        UPDATE deliveries SET state = 'held', due_at = NULL, ${noteChange('held', reasonOf(subscription))}
        WHERE id IN (${lockedChunk(subscription, Prisma.sql`${waiting} AND EXISTS (SELECT FROM disabled)`)}) AND ${waiting}`,
    );
  }
}

/**
 * Cancels the deliveries of a subscription (UUID) that wait, if it is disabled by request and cancels them meanwhile. Deliveries
 * being sent are not changed: one that fails is cancelled when it is claimed again.
 */
export async function cancelWaiting(db: Database, subscription: string, why: Cancellation): Promise<void> {
  const waiting = Prisma.sql`state IN ('pending', 'retrying', 'blocked', 'held') AND NOT test`;
  const disabled = locked(subscription, Prisma.sql`disabled = 'requested' AND while_disabled = 'cancel'`);
  await repeatWhileRowsChange(
    () => db.$executeRaw`
      WITH disabled AS (${disabled})
      UPDATE deliveries SET state = 'cancelled', due_at = NULL, ended_at = now(), ended_reason = ${why.reason}, ended_by = ${why.by}
      WHERE id IN (${lockedChunk(subscription, Prisma.sql`${waiting} AND EXISTS (SELECT FROM disabled)`)}) AND ${waiting}`,
  );
  await releasePasses(db, subscription);
}

/** Makes a subscription's held deliveries due, oldest first. Returns the first 10,000. */
export async function releaseHeld(db: Database, subscription: string): Promise<DueDelivery[]> {
  const released: DueDelivery[] = [];
  const held = Prisma.sql`state = 'held'`;
  await repeatWhileRowsChange(async () => {
    const rows = await db.$queryRaw<DueRow[]>`
      WITH enabled AS (${locked(subscription, Prisma.sql`disabled IS NULL`)})
      UPDATE deliveries SET state = 'pending', due_at = now(), ${noteChange('released')}
      WHERE id IN (${lockedChunk(subscription, Prisma.sql`${held} AND EXISTS (SELECT FROM enabled)`)}) AND ${held}
      RETURNING ${DUE_COLUMNS}`;
    rows.sort((a, b) => (a.id < b.id ? -1 : 1));
    released.push(...rows.slice(0, MAX_RELEASED - released.length).map(dueDelivery));
    return rows.length;
  });
  return released;
}

/** Assigns a subscription's open deliveries (UUID) to its endpoint, which counts them in its limits from then on. */
export async function moveOpen(db: Database, subscription: string): Promise<void> {
  const elsewhere = Prisma.sql`${OPEN} AND endpoint_id <> (SELECT endpoint_id FROM target)`;
  await repeatWhileRowsChange(
    () => db.$executeRaw`
      WITH target AS (${locked(subscription, Prisma.sql`true`)})
      UPDATE deliveries SET endpoint_id = (SELECT endpoint_id FROM target)
      WHERE id IN (${lockedChunk(subscription, elsewhere)}) AND ${OPEN}`,
  );
}

/** Of the endpoints (UUIDs), those whose subscriptions still have open deliveries at another one, because a worker had locked them. */
export async function awaitingMoves(db: Database, endpoints: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.$queryRaw<{ endpoint_id: string }[]>`
    SELECT s.endpoint_id FROM subscriptions s WHERE s.endpoint_id = ANY(${endpoints}::uuid[])
      AND EXISTS (SELECT FROM deliveries WHERE subscription_id = s.id AND ${OPEN} AND endpoint_id <> s.endpoint_id)`;
  return new Set(rows.map(({ endpoint_id }) => endpoint_id));
}

/** Why the subscription is disabled, as members of a change. */
function reasonOf(subscription: string): Prisma.Sql {
  return Prisma.sql`jsonb_build_object('reason', (SELECT s.disabled FROM subscriptions s WHERE s.id = ${subscription}::uuid))`;
}

function locked(subscription: string, condition: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`SELECT endpoint_id FROM subscriptions WHERE id = ${subscription}::uuid AND ${condition} FOR SHARE`;
}

function lockedChunk(subscription: string, matching: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT id FROM deliveries WHERE subscription_id = ${subscription}::uuid AND ${matching} AND unsubscribe_url IS NULL
    ORDER BY id LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED`;
}

async function repeatWhileRowsChange(change: () => Promise<number>): Promise<void> {
  while ((await change()) > 0);
}
