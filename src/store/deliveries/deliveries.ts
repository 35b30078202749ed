import { type DeliveryId, type EventId, lowestUuidAt, type TenantId, timeOfId, toId, toUuid } from '../../domain/id.ts';
import type { DeliveryFilter, DeliveryStore } from '../../ports/deliveries.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import { recordAct } from '../audit/act.ts';
import { allOf, equals } from '../conditions.ts';
import type { Database, Statements } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { createTenantRows } from '../tenant-rows.ts';
import { addDelivery } from './add-deliveries.ts';
import { attempted, byCommonColumns, hasStatus, isInState, isTest } from './delivery-conditions.ts';
import { countHeldBefore, readCourse } from './delivery-course.ts';
import { type AttemptRow, attempt, delivery } from './delivery-rows.ts';
import { narrow } from './narrowed.ts';
import { type Cancellation, OPEN } from './open-deliveries.ts';
import { endInOrder } from './pass-orders.ts';
import { reopenDelivery } from './reopen-delivery.ts';
import { retryNow } from './retry-now.ts';

const select = Prisma.sql`
  SELECT id, tenant_id, event_id, subscription_id, endpoint_id, trigger, pass_id, state, attempts, due_at, message_id, replay_of,
    test, last_status, last_reason, created_at, ended_at, ended_reason, ended_by, unsubscribe_url,
    removed_as, removed_at
  FROM deliveries`;

export function createDeliveryStore(db: Database): DeliveryStore {
  const rows = createTenantRows(db, select, delivery);
  return {
    find: (tenantId, id) => rows.find(tenantId, id),
    list: async (tenantId, filter, page) => rows.list(tenantId, await matching(db, tenantId, filter), page),

    async attempts(tenantId, id) {
      // attempts_pkey, deliveries_pkey
      const found = await db.$queryRaw<AttemptRow[]>`
        SELECT a.number, a.started_at, a.verdict, a.outcome, a.request
        FROM attempts a JOIN deliveries d ON d.id = a.delivery_id
        WHERE a.delivery_id = ${toUuid(id)}::uuid AND d.id = ${toUuid(id)}::uuid AND d.tenant_id = ${toUuid(tenantId)}::uuid
        ORDER BY a.number`;
      return found.map((row) => attempt(id, row));
    },

    async body(tenantId, id) {
      const [row] = await db.$queryRaw<{ body: string | null }[]>`
        SELECT body FROM deliveries WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid`;
      return row?.body ?? undefined;
    },

    async countBuilt(tenantId, subscriptions) {
      // deliveries_open_idx
      const [row] = await db.$queryRaw<{ count: number }[]>`
        SELECT count(*)::int AS count FROM deliveries
        WHERE subscription_id = ANY(${subscriptions.map(toUuid)}::uuid[]) AND ${OPEN} AND body IS NOT NULL
          AND tenant_id = ${toUuid(tenantId)}::uuid`;
      return row?.count ?? 0;
    },

    retryNow: (tenantId, id, by) =>
      db.$transaction(async (tx) => {
        const due = await retryNow(tx, tenantId, id, by);
        if (due) await recordAct(tx, { tenantId, action: 'delivery.retried', kind: 'delivery', target: id });
        return due;
      }),
    course: (tenantId, id) => readCourse(db, tenantId, id),
    countHeldBefore: (tenantId, id, most) => countHeldBefore(db, tenantId, id, most),
    reopen: (tenantId, id, by) => db.$transaction((tx) => reopenDelivery(tx, tenantId, id, by)),
    add: (added, event, by) => db.$transaction((tx) => addDelivery(tx, added, event, by)),
    cancel: (tenantId, id, reason, by) => cancelDelivery(db, tenantId, id, { reason, by }),
  };
}

async function cancelDelivery(
  db: Database,
  tenantId: TenantId,
  id: DeliveryId,
  { reason, by }: Cancellation,
): Promise<readonly DueDelivery[] | undefined> {
  const [ordered] = await db.$queryRaw<{ subscription_id: string; pass_id: string }[]>`
    SELECT subscription_id, pass_id FROM deliveries
    WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid AND sequence IS NOT NULL`;
  const cancel = async (tx: Statements): Promise<number> => {
    const cancelled = await tx.$executeRaw`
    UPDATE deliveries
    SET state = 'cancelled', due_at = NULL, ended_at = now(), ended_reason = ${reason}, ended_by = ${by}
    WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid
      AND state IN ('pending', 'retrying', 'blocked', 'parked', 'held')`;
    if (cancelled > 0) await recordAct(tx, { tenantId, action: 'delivery.cancelled', kind: 'delivery', target: id });
    return cancelled;
  };
  if (!ordered) return (await db.$transaction(cancel)) > 0 ? [] : undefined;
  const pass = { subscriptionId: toId('subscription', ordered.subscription_id), passId: ordered.pass_id };
  const { result, released } = await endInOrder(db, [pass], cancel);
  return result > 0 ? released : undefined;
}

export async function matching(db: Statements, tenantId: TenantId, filter: DeliveryFilter): Promise<Prisma.Sql> {
  const { ids, status, states, test, failure, eventId } = filter;
  const narrowed = await narrow(db, tenantId, filter);
  return allOf(
    ids && Prisma.sql`id = ANY(${ids.map(toUuid)}::uuid[])`,
    // deliveries_trouble_idx, deliveries_last_status_idx, deliveries_last_failure_idx
    states && isInState(states),
    status && hasStatus(status),
    equals('last_failure', failure),
    test === undefined ? undefined : isTest(test),
    byCommonColumns(narrowed),
    eventId === undefined ? undefined : notBefore(eventId),
    attempted(Prisma.sql`last_attempt_at`, filter),
  );
}

/**
 * A delivery's id begins with the time of its event, so an event's deliveries are adjacent in the primary key. Only re-rendered
 * replays have later ids; they are found by their event's id among the tenant's later deliveries.
 */
function notBefore(eventId: EventId): Prisma.Sql {
  return Prisma.sql`id >= ${lowestUuidAt(timeOfId(eventId))}::uuid`;
}
