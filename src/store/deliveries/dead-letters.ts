import type { Attempt } from '../../domain/attempt.ts';
import {
  type DeadLetterId,
  type DeliveryId,
  type EventId,
  newId,
  type TenantId,
  timeOfId,
  toId,
  toUuid,
} from '../../domain/id.ts';
import type { Trigger } from '../../domain/trigger.ts';
import type { DeadLetter, DeadLetterFilter, DeadLetterStore, Discard } from '../../ports/dead-letters.ts';
import type { Reopened } from '../../ports/deliveries.ts';
import type { Clock } from '../../ports/process.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import { recordAct } from '../audit/act.ts';
import { allOf, equals, within } from '../conditions.ts';
import { type RemovalColumns, removalOf } from '../content-removal.ts';
import type { Database, Statements } from '../database.ts';
import { storedEventOf } from '../events/stored-event.ts';
import { Prisma } from '../generated/client.ts';
import { LOWEST_UUID } from '../pages.ts';
import { plannedForValues } from '../plan-for-values.ts';
import { noteBroughtBack } from '../retention/bodies.ts';
import { createTenantRows } from '../tenant-rows.ts';
import { attempted, byCommonColumns, hasStatus } from './delivery-conditions.ts';
import { DUE_COLUMNS, type DueRow, dueDelivery } from './due-row.ts';
import { lockSubscription } from './lock-subscription.ts';
import { narrow } from './narrowed.ts';
import { findOrderedPass, releaseFirst, takeSequence } from './pass-orders.ts';
import { openEnded } from './reopen-delivery.ts';
import { restoreContent } from './restore-content.ts';

const select = Prisma.sql`
  SELECT id, tenant_id, delivery_id, subscription_id, event_id, template_id, derived_from, trigger, pass_id, reason, facts,
    known_device, body, last_attempt, created_at, closed_at, closed_as, closed_by, closed_reason,
    removed_as, removed_at
  FROM dead_letters`;

export function createDeadLetterStore(db: Database, clock: Clock): DeadLetterStore {
  const rows = createTenantRows(db, select, deadLetter);
  return {
    find: (tenantId, id) => rows.find(tenantId, id),
    list: async (tenantId, filter, page) => rows.list(tenantId, await matching(db, tenantId, filter), page),

    replay(tenantId, id, by) {
      return db.$transaction(async (tx) => {
        const subscription = Prisma.sql`
          SELECT subscription_id FROM dead_letters WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid`;
        if (!(await lockSubscription(tx, subscription))) return 'subscription-gone';
        const [letter] = await tx.$queryRaw<{ delivery_id: string; event_id: string }[]>`
          UPDATE dead_letters SET closed_at = now(), closed_as = 'replayed', closed_by = ${by}
          WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid AND closed_at IS NULL
          RETURNING delivery_id, event_id`;
        if (!letter) return 'already-closed';
        const deliveryId = toId('delivery', letter.delivery_id);
        await recordAct(tx, {
          tenantId,
          action: 'dead-letter.replayed',
          kind: 'deadLetter',
          target: id,
          after: { deliveryId },
        });
        await restoreContent(tx, deliveryId);
        const reopened = await openEnded(tx, tenantId, deliveryId, by);
        if (reopened) return reopened;
        const open = await findDue(tx, letter.delivery_id);
        if (open) return { deliveryId: open.deliveryId, due: [open] };
        const eventId = toId('event', letter.event_id);
        await noteBroughtBack(tx, toUuid(tenantId), { eventId });
        return recreateDelivery(tx, id, eventId, newId('delivery', clock()));
      });
    },

    async discard(tenantId, id, { by, reason }) {
      return db.$transaction(async (tx) => {
        const closed = await tx.$executeRaw`
          UPDATE dead_letters SET closed_at = now(), closed_as = 'discarded', closed_by = ${by}, closed_reason = ${reason ?? null}
          WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid AND closed_at IS NULL`;
        const after = { reason: reason ?? null };
        if (closed > 0)
          await recordAct(tx, { tenantId, action: 'dead-letter.discarded', kind: 'deadLetter', target: id, after });
        return closed > 0;
      });
    },

    async upper() {
      const [row] = await db.$queryRaw<{ now: Date }[]>`SELECT now()`;
      return newId('deadLetter', (row?.now ?? new Date(clock())).getTime());
    },

    async countOpen(tenantId, filter, upper) {
      const wanted = await matching(db, tenantId, { ...filter, open: true });
      const found = await plannedForValues(
        db,
        (tx) => tx.$queryRaw<{ subscription_id: string; count: number }[]>`
        SELECT subscription_id, count(*)::int AS count FROM dead_letters
        WHERE tenant_id = ${toUuid(tenantId)}::uuid AND ${wanted} AND id <= ${toUuid(upper)}::uuid
        GROUP BY subscription_id ORDER BY count DESC, subscription_id`,
      );
      return found.map(({ subscription_id, count }) => ({ subscriptionId: toId('subscription', subscription_id), count }));
    },

    discardAll: (tenantId, filter, upper, act) => discardAll(db, tenantId, { ...filter, open: true }, upper, act),
  };
}

/** Locks of one statement are held for as long as it takes. */
const DISCARDED_AT_ONCE = 2_000;

async function discardAll(
  db: Database,
  tenantId: TenantId,
  filter: DeadLetterFilter,
  upper: DeadLetterId,
  { by, reason }: Discard,
): Promise<number> {
  const found = await matching(db, tenantId, filter);
  let discarded = 0;
  let cursor = LOWEST_UUID;
  for (;;) {
    const rows = await plannedForValues(db, async (tx) => {
      const closed = await tx.$queryRaw<{ id: string }[]>`
      UPDATE dead_letters SET closed_at = now(), closed_as = 'discarded', closed_by = ${by}, closed_reason = ${reason ?? null}
      WHERE id IN (
        SELECT id FROM dead_letters
        WHERE tenant_id = ${toUuid(tenantId)}::uuid AND ${found} AND id > ${cursor}::uuid AND id <= ${toUuid(upper)}::uuid
        ORDER BY id LIMIT ${DISCARDED_AT_ONCE} FOR UPDATE
      ) AND closed_at IS NULL
      RETURNING id`;
      const after = { count: closed.length, reason: reason ?? null };
      const act = { tenantId, action: 'dead-letter.discarded', kind: 'tenant', target: tenantId } as const;
      if (closed.length > 0) await recordAct(tx, { ...act, after });
      return closed;
    });
    const last = rows
      .map(({ id }) => id)
      .toSorted()
      .at(-1);
    if (last === undefined) return discarded;
    discarded += rows.length;
    cursor = last;
  }
}

/**
 * Recreates the delivery, with the same bytes and `webhook-id`, and its event from the dead letter when retention has deleted
 * them.
 */
async function recreateDelivery(
  tx: Statements,
  letterId: DeadLetterId,
  eventId: EventId,
  deliveryId: DeliveryId,
): Promise<Reopened> {
  const letter = Prisma.sql`SELECT subscription_id, pass_id FROM dead_letters WHERE id = ${toUuid(letterId)}::uuid`;
  const pass = await findOrderedPass(tx, letter);
  const sequence = pass && (await takeSequence(tx, pass));
  await tx.$executeRaw`
    WITH letter AS (
      SELECT * FROM dead_letters WHERE id = ${toUuid(letterId)}::uuid
    ), event AS (
      INSERT INTO events (id, tenant_id, template_id, type, pass_id, producer_id, derived_from, facts, known_device, accepted_at)
      SELECT event_id, tenant_id, template_id, (facts::json)->>'type', pass_id, (facts::json)->>'id', derived_from, facts,
        known_device, ${new Date(timeOfId(eventId))}::timestamptz
      FROM letter WHERE facts IS NOT NULL
      ON CONFLICT (id) DO NOTHING
    )
    INSERT INTO deliveries (id, tenant_id, event_id, template_id, subscription_id, endpoint_id, trigger, pass_id, state, due_at,
      message_id, replay_of, body, sequence)
    SELECT ${toUuid(deliveryId)}::uuid, tenant_id, event_id, template_id, subscription_id,
      (SELECT s.endpoint_id FROM subscriptions s WHERE s.id = letter.subscription_id), trigger, pass_id,
      ${pass ? 'blocked' : 'pending'}, CASE WHEN ${!pass} THEN now() END, message_id, delivery_id, body, ${sequence ?? null}::int
    FROM letter`;
  if (pass) return { deliveryId, due: await releaseFirst(tx, [pass]) };
  const due = await findDue(tx, toUuid(deliveryId));
  return { deliveryId, due: due ? [due] : [] };
}

async function findDue(tx: Statements, deliveryId: string): Promise<DueDelivery | undefined> {
  const [row] = await tx.$queryRaw<DueRow[]>`
    SELECT ${DUE_COLUMNS} FROM deliveries WHERE id = ${deliveryId}::uuid`;
  return row && dueDelivery(row);
}

async function matching(db: Statements, tenantId: TenantId, filter: DeadLetterFilter): Promise<Prisma.Sql> {
  const { open, status, failure, attemptedAfter } = filter;
  const narrowed = await narrow(db, tenantId, filter);
  return allOf(
    open === undefined ? undefined : open ? Prisma.sql`closed_at IS NULL` : Prisma.sql`closed_at IS NOT NULL`,
    byCommonColumns(narrowed),
    // dead_letters_tenant_id_last_status_id_idx, dead_letters_tenant_id_last_failure_id_idx
    status && hasStatus(status),
    equals('last_failure', failure),
    attempted(Prisma.sql`(last_attempt->>'startedAt')::timestamptz`, filter),
    // it is written after its attempt
    attemptedAfter && within('created_at', { after: attemptedAfter }),
  );
}

interface DeadLetterRow extends RemovalColumns {
  readonly id: string;
  readonly tenant_id: string;
  readonly delivery_id: string;
  readonly subscription_id: string;
  readonly event_id: string;
  readonly template_id: string | null;
  readonly derived_from: string | null;
  readonly trigger: string;
  readonly pass_id: string;
  readonly reason: string;
  readonly facts: string | null;
  readonly known_device: string | null;
  readonly body: string | null;
  readonly last_attempt: unknown;
  readonly created_at: Date;
  readonly closed_at: Date | null;
  readonly closed_as: 'replayed' | 'discarded' | null;
  readonly closed_by: string | null;
  readonly closed_reason: string | null;
}

function deadLetter(row: DeadLetterRow): DeadLetter {
  const { closed_at, closed_as, closed_by, closed_reason } = row;
  return {
    id: toId('deadLetter', row.id),
    tenantId: toId('tenant', row.tenant_id),
    deliveryId: toId('delivery', row.delivery_id),
    subscriptionId: toId('subscription', row.subscription_id),
    eventId: toId('event', row.event_id),
    trigger: row.trigger as Trigger,
    passId: row.pass_id,
    reason: row.reason,
    event: storedEventOf(row),
    body: row.body ?? undefined,
    lastAttempt: lastAttempt(row),
    createdAt: row.created_at,
    removed: removalOf(row),
    closed:
      closed_at && closed_as
        ? { as: closed_as, by: closed_by ?? '', reason: closed_reason ?? undefined, at: closed_at }
        : undefined,
  };
}

/** Stored as JSON in the dead letter, because retention deletes attempts. */
function lastAttempt(row: DeadLetterRow): Attempt {
  const stored = row.last_attempt as Omit<Attempt, 'deliveryId' | 'startedAt'> & { readonly startedAt: string };
  return { ...stored, deliveryId: toId('delivery', row.delivery_id), startedAt: new Date(stored.startedAt) };
}
