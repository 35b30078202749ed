import type { Attempt, SentRequest } from '../../domain/attempt.ts';
import type { Delivery, DeliveryState } from '../../domain/delivery.ts';
import { type DeliveryId, lowestUuidAt, type TenantId, timeOfId, toId, toUuid } from '../../domain/id.ts';
import type { StoredEvent } from '../../domain/operational-event.ts';
import type { Trigger } from '../../domain/trigger.ts';
import type { DeliveryFilter, DeliveryStore, Reopened } from '../../ports/deliveries.ts';
import type { NewDelivery } from '../../ports/events.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import type { Database, Statements } from '../database.ts';
import { writeEvents } from '../events/accept-events.ts';
import { Prisma } from '../generated/client.ts';
import { idsBefore, toPage } from '../pages.ts';
import { DUE_COLUMNS, type DueRow, dueDelivery } from './due-row.ts';
import { endInOrder, lastSequence, orderOf, releaseFirst } from './pass-orders.ts';

/** Deliveries as people look at them and act on them. */
export function createDeliveryStore(db: Database): DeliveryStore {
  const select = Prisma.sql`
    SELECT id, tenant_id, event_id, subscription_id, endpoint_id, trigger, pass_id, state, attempts, due_at, message_id, replay_of,
      test, last_status, last_reason, created_at, ended_at, ended_reason, ended_by
    FROM deliveries`;

  return {
    async find(tenantId, id) {
      const [row] = await db.$queryRaw<DeliveryRow[]>`
        ${select} WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid`;
      return row && delivery(row);
    },

    async list(tenantId, filter, page) {
      const rows = await db.$queryRaw<DeliveryRow[]>`
        ${select} WHERE tenant_id = ${toUuid(tenantId)}::uuid AND ${conditions(filter)} AND ${idsBefore(page)}
        ORDER BY id DESC LIMIT ${page.limit + 1}`;
      return toPage(rows, page, delivery);
    },

    async attempts(tenantId, id) {
      const rows = await db.$queryRaw<AttemptRow[]>`
        SELECT a.number, a.started_at, a.verdict, a.outcome, a.request
        FROM attempts a JOIN deliveries d ON d.id = a.delivery_id
        WHERE a.delivery_id = ${toUuid(id)}::uuid AND d.id = ${toUuid(id)}::uuid AND d.tenant_id = ${toUuid(tenantId)}::uuid
        ORDER BY a.number`;
      return rows.map((row) => attempt(id, row));
    },

    async body(tenantId, id) {
      const [row] = await db.$queryRaw<{ body: string | null }[]>`
        SELECT body FROM deliveries WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid`;
      return row?.body ?? undefined;
    },

    reopen(tenantId, id, by) {
      return db.$transaction((tx) => reopenDelivery(tx, tenantId, id, by));
    },

    add(delivery, event) {
      return db.$transaction((tx) => addDelivery(tx, delivery, event));
    },

    async cancel(tenantId, id, reason, by) {
      const [row] = await db.$queryRaw<{ subscription_id: string; pass_id: string }[]>`
        SELECT subscription_id, pass_id FROM deliveries
        WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid AND sequence IS NOT NULL`;
      const cancel = (tx: Statements): Promise<number> => tx.$executeRaw`
        UPDATE deliveries
        SET state = 'cancelled', due_at = NULL, ended_at = now(), ended_reason = ${reason}, ended_by = ${by}
        WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid
          AND state IN ('pending', 'retrying', 'blocked', 'parked', 'held')`;
      if (!row) return (await cancel(db)) > 0 ? [] : undefined;
      const pass = { subscriptionId: toId('subscription', row.subscription_id), passId: row.pass_id };
      const { result, released } = await endInOrder(db, [pass], cancel);
      return result > 0 ? released : undefined;
    },
  };
}

/** Of two people who replay at once one finds it open already. Within a transaction: a sequence may be taken in vain. */
export async function reopenDelivery(
  tx: Statements,
  tenantId: TenantId,
  id: DeliveryId,
  by: string,
): Promise<Reopened | undefined> {
  const pass = await orderOf(
    tx,
    Prisma.sql`SELECT subscription_id, pass_id FROM deliveries
      WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid AND NOT test`,
  );
  const sequence = pass && (await lastSequence(tx, pass));
  const [row] = await tx.$queryRaw<DueRow[]>`
    WITH opened AS (
      UPDATE deliveries
      SET state = ${pass ? 'blocked' : 'pending'}, sequence = ${sequence ?? null}, due_at = CASE WHEN ${!pass} THEN now() END,
        attempts_before = attempts, ended_at = NULL, ended_reason = NULL, ended_by = NULL
      WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid AND state IN ('succeeded', 'dead', 'cancelled')
      RETURNING id, tenant_id, endpoint_id, attempts
    ), closed AS (
      UPDATE dead_letters l SET closed_at = now(), closed_as = 'replayed', closed_by = ${by}
      FROM opened WHERE l.delivery_id = opened.id AND l.closed_at IS NULL
    )
    SELECT ${DUE_COLUMNS} FROM opened`;
  const released = pass ? await releaseFirst(tx, [pass]) : undefined;
  return row && { deliveryId: id, due: released ?? [dueDelivery(row)] };
}

async function addDelivery(
  tx: Statements,
  delivery: NewDelivery,
  event: StoredEvent | undefined,
): Promise<readonly DueDelivery[]> {
  const { id, tenantId, endpointId, ordered, state } = delivery;
  const events = event ? [event] : [];
  if (ordered) {
    const sequence = await lastSequence(tx, delivery);
    await writeEvents(tx, { events, deliveries: [{ ...delivery, state: 'blocked', sequence }] });
    return releaseFirst(tx, [delivery]);
  }
  await writeEvents(tx, { events, deliveries: [delivery] });
  return state === 'pending' ? [{ deliveryId: id, tenantId, endpointId, attempt: 1, delayMs: 0 }] : [];
}

function conditions(filter: DeliveryFilter): Prisma.Sql {
  const { states, subscriptionId, endpointId, eventId, passId, trigger, after, before } = filter;
  const all = [Prisma.sql`true`];
  if (states) all.push(Prisma.sql`state = ANY(${states})`);
  if (subscriptionId) all.push(Prisma.sql`subscription_id = ${toUuid(subscriptionId)}::uuid`);
  if (endpointId) all.push(Prisma.sql`endpoint_id = ${toUuid(endpointId)}::uuid`);
  if (passId !== undefined) all.push(Prisma.sql`pass_id = ${passId}`);
  if (trigger) all.push(Prisma.sql`trigger = ${trigger}`);
  if (after) all.push(Prisma.sql`id >= ${lowestUuidAt(after.getTime())}::uuid`);
  if (before) all.push(Prisma.sql`id < ${lowestUuidAt(before.getTime())}::uuid`);
  if (eventId) {
    // A delivery's id begins with its event's time, so the event's deliveries lie in one millisecond of the primary key;
    // only replays rendered anew come later, and they are found by the event's id among the tenant's.
    const from = lowestUuidAt(timeOfId(eventId));
    all.push(Prisma.sql`event_id = ${toUuid(eventId)}::uuid AND id >= ${from}::uuid`);
  }
  return Prisma.join(all, ' AND ');
}

interface DeliveryRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly event_id: string;
  readonly subscription_id: string;
  readonly endpoint_id: string;
  readonly trigger: string;
  readonly pass_id: string;
  readonly state: string;
  readonly attempts: number;
  readonly due_at: Date | null;
  readonly message_id: string;
  readonly replay_of: string | null;
  readonly test: boolean;
  readonly last_status: number | null;
  readonly last_reason: string | null;
  readonly created_at: Date;
  readonly ended_at: Date | null;
  readonly ended_reason: string | null;
  readonly ended_by: string | null;
}

function delivery(row: DeliveryRow): Delivery {
  return {
    id: toId('delivery', row.id),
    tenantId: toId('tenant', row.tenant_id),
    eventId: toId('event', row.event_id),
    subscriptionId: toId('subscription', row.subscription_id),
    endpointId: toId('endpoint', row.endpoint_id),
    trigger: row.trigger as Trigger,
    passId: row.pass_id,
    state: row.state as DeliveryState,
    attempts: row.attempts,
    dueAt: row.due_at ?? undefined,
    messageId: toId('message', row.message_id),
    replayOf: row.replay_of === null ? undefined : toId('delivery', row.replay_of),
    test: row.test,
    lastStatus: row.last_status ?? undefined,
    lastReason: row.last_reason ?? undefined,
    createdAt: row.created_at,
    endedAt: row.ended_at ?? undefined,
    endedReason: row.ended_reason ?? undefined,
    endedBy: row.ended_by ?? undefined,
  };
}

interface AttemptRow {
  readonly number: number;
  readonly started_at: Date;
  readonly verdict: string;
  readonly outcome: unknown;
  readonly request: unknown;
}

function attempt(deliveryId: DeliveryId, row: AttemptRow): Attempt {
  return {
    deliveryId,
    number: row.number,
    startedAt: row.started_at,
    outcome: row.outcome as Attempt['outcome'],
    verdict: row.verdict as Attempt['verdict'],
    request: (row.request ?? undefined) as SentRequest | undefined,
  };
}
