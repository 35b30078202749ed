import type { DeliveryState } from '../../domain/delivery.ts';
import type { CourseChange, DeliveryCourse, LetterOfDelivery } from '../../domain/delivery-course.ts';
import { type DeliveryId, type TenantId, toId, toUuid } from '../../domain/id.ts';
import type { DisabledReason } from '../../domain/subscription.ts';
import type { Database, Statements } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { changesWith } from './note-change.ts';
import { firstOpenDelivery } from './pass-orders.ts';

const MOST_LETTERS = 20;

/** One statement: deliveries_pkey, deliveries_order_idx, dead_letters_delivery_id_idx, events_pkey. */
export async function readCourse(db: Database, tenantId: TenantId, id: DeliveryId): Promise<DeliveryCourse | undefined> {
  const [row] = await db.$queryRaw<CourseRow[]>`
    SELECT now() AS now, o.attempts_before, o.planned_at, o.changes,
      (extract(epoch FROM o.due_at - now()) * 1000)::float8 AS due_in_ms,
      s.deleted_at IS NOT NULL AS subscription_gone,
      EXISTS (SELECT FROM events e WHERE e.id = o.event_id AND e.facts IS NOT NULL) AS event_stored,
      CASE WHEN o.state = 'blocked' THEN (SELECT json_build_object('id', f.id, 'state', f.state) FROM (${firstOpenDelivery}) f) END
        AS blocked_by,
      (SELECT json_agg(l ORDER BY l.id) FROM (
        SELECT id, created_at, closed_at, closed_as, closed_by, closed_reason FROM dead_letters
        WHERE delivery_id = o.id ORDER BY id DESC LIMIT ${MOST_LETTERS}) l) AS letters
    FROM deliveries o JOIN subscriptions s ON s.id = o.subscription_id
    WHERE o.id = ${toUuid(id)}::uuid AND o.tenant_id = ${toUuid(tenantId)}::uuid`;
  return row && courseOf(row);
}

/** deliveries_open_idx */
export async function countHeldBefore(db: Database, tenantId: TenantId, id: DeliveryId, most: number): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    WITH own AS (
      SELECT s.id, s.endpoint_id, s.disabled FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id
      WHERE d.id = ${toUuid(id)}::uuid AND d.tenant_id = ${toUuid(tenantId)}::uuid
    ), released AS (
      SELECT s.id FROM subscriptions s, own
      WHERE s.id = own.id OR (own.disabled <> 'requested' AND s.endpoint_id = own.endpoint_id AND s.deleted_at IS NULL
        AND s.disabled IN ('gone', 'failing'))
    )
    SELECT count(*)::int AS count FROM (
      SELECT FROM deliveries d JOIN released r ON d.subscription_id = r.id
      WHERE d.state = 'held' AND d.id < ${toUuid(id)}::uuid LIMIT ${most + 1}
    ) held`;
  return row?.count ?? 0;
}

/** Notes at a delivery that its event is delivered once more, as `as`. */
export async function noteRenderedAnew(
  tx: Statements,
  id: DeliveryId,
  as: DeliveryId,
  by: string | undefined,
): Promise<void> {
  const members = Prisma.sql`jsonb_build_object('by', ${by ?? null}::text, 'as', ${toUuid(as)}::text)`;
  await tx.$executeRaw`
    UPDATE deliveries SET changes = ${changesWith('rendered_anew', members)} WHERE id = ${toUuid(id)}::uuid`;
}

interface CourseRow {
  readonly now: Date;
  readonly attempts_before: number;
  readonly planned_at: Date | null;
  readonly changes: readonly ChangeRow[] | null;
  readonly due_in_ms: number | null;
  readonly subscription_gone: boolean;
  readonly event_stored: boolean;
  readonly blocked_by: { readonly id: string; readonly state: DeliveryState } | null;
  readonly letters: readonly LetterRow[] | null;
}

/** As note-change.ts writes it. */
interface ChangeRow {
  readonly kind: CourseChange['kind'];
  readonly at: string;
  readonly attempts: number;
  readonly by?: string;
  readonly reason?: DisabledReason;
  readonly as?: string;
  readonly was?: { readonly state: DeliveryState; readonly at?: string; readonly reason?: string; readonly by?: string };
}

interface LetterRow {
  readonly id: string;
  readonly created_at: string;
  readonly closed_at: string | null;
  readonly closed_as: 'replayed' | 'discarded' | null;
  readonly closed_by: string | null;
  readonly closed_reason: string | null;
}

function courseOf(row: CourseRow): DeliveryCourse {
  const { blocked_by } = row;
  return {
    now: row.now,
    attemptsBefore: row.attempts_before,
    dueInMs: row.due_in_ms ?? undefined,
    plannedAt: row.planned_at ?? undefined,
    changes: (row.changes ?? []).map(changeOf),
    blockedBy: blocked_by ? { id: toId('delivery', blocked_by.id), state: blocked_by.state } : undefined,
    letters: (row.letters ?? []).map(letterOf),
    isSubscriptionGone: row.subscription_gone,
    isEventStored: row.event_stored,
  };
}

function changeOf({ kind, at, attempts, by, reason, as, was }: ChangeRow): CourseChange {
  return {
    kind,
    at: new Date(at),
    attempts,
    by,
    reason,
    as: as === undefined ? undefined : toId('delivery', as),
    was: was && {
      state: was.state,
      at: was.at === undefined ? undefined : new Date(was.at),
      reason: was.reason,
      by: was.by,
    },
  };
}

function letterOf({ id, created_at, closed_at, closed_as, closed_by, closed_reason }: LetterRow): LetterOfDelivery {
  const closed =
    closed_at !== null && closed_as !== null
      ? { as: closed_as, by: closed_by ?? '', reason: closed_reason ?? undefined, at: new Date(closed_at) }
      : undefined;
  return { id: toId('deadLetter', id), createdAt: new Date(created_at), closed };
}
