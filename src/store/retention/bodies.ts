import { type DeliveryId, type EventId, lowestUuidAt, type TenantId, timeOfId, toId, toUuid } from '../../domain/id.ts';
import type { BodyRetentionStore, ContentKind } from '../../ports/body-retention.ts';
import { BARE_CHANGES, bareReason, markRemoved, STRIP_ATTEMPT, STRIP_LAST_ATTEMPT } from '../content-removal.ts';
import type { Database, Statements } from '../database.ts';
import { OPEN } from '../deliveries/open-deliveries.ts';
import { Prisma } from '../generated/client.ts';
import { LOWEST_UUID } from '../pages.ts';
import { storeNowMs } from './now.ts';

// Content is removed in chunks through the indexes on (tenant_id, id), each in one transaction with how far it is. A statement never
// waits for what a worker does with an open delivery, because it changes ended ones only.

/** The table of each kind, and what removes the content of those of its rows that are no longer needed. */
const KINDS: Readonly<
  Record<ContentKind, { readonly table: string; remove(tx: Statements, uuids: readonly string[]): Promise<void> }>
> = {
  delivery: { table: 'deliveries', remove: removeFromDeliveries },
  event: { table: 'events', remove: removeFromEvents },
  dead_letter: { table: 'dead_letters', remove: removeFromDeadLetters },
};

export function createBodyRetentionStore(db: Database): BodyRetentionStore {
  return {
    nowMs: () => storeNowMs(db),

    async tenants(fallbackDays, after, most) {
      const rows = await db.$queryRaw<{ id: string; days: number }[]>`
        SELECT id, days FROM (
          SELECT id, coalesce((retention->>'bodyDays')::int, ${fallbackDays ?? null}::int) AS days FROM tenants
          WHERE id > ${after ? toUuid(after) : LOWEST_UUID}::uuid
        ) t WHERE days IS NOT NULL ORDER BY id LIMIT ${most}`;
      return rows.map(({ id, days }) => ({ tenantId: toId('tenant', id), bodyDays: days }));
    },

    remove: (tenantId, kind, beforeMs, most) =>
      db.$transaction(async (tx) => {
        const uuids = await nextRows(tx, tenantId, kind, beforeMs, most);
        const last = uuids.at(-1);
        if (last === undefined) return 0;
        await KINDS[kind].remove(tx, uuids);
        await tx.$executeRaw`
          INSERT INTO body_leftovers (tenant_id, kind, id)
          SELECT ${toUuid(tenantId)}::uuid, ${kind}, id FROM ${Prisma.raw(KINDS[kind].table)}
          WHERE id = ANY(${uuids}::uuid[]) AND removed_as IS NULL
          ON CONFLICT DO NOTHING`;
        await tx.$executeRaw`
          INSERT INTO body_removals (tenant_id, kind, reached) VALUES (${toUuid(tenantId)}::uuid, ${kind}, ${last}::uuid)
          ON CONFLICT (tenant_id, kind) DO UPDATE SET reached = greatest(body_removals.reached, excluded.reached)`;
        return uuids.length;
      }),

    removeLeftOver: (tenantId, kind, after, most) =>
      db.$transaction(async (tx) => {
        const rows = await tx.$queryRaw<{ id: string }[]>`
          SELECT id FROM body_leftovers
          WHERE tenant_id = ${toUuid(tenantId)}::uuid AND kind = ${kind} AND id > ${after ?? LOWEST_UUID}::uuid
          ORDER BY id LIMIT ${most}`;
        if (rows.length === 0) return undefined;
        const uuids = rows.map(({ id }) => id);
        await KINDS[kind].remove(tx, uuids);
        await tx.$executeRaw`
          DELETE FROM body_leftovers l
          WHERE tenant_id = ${toUuid(tenantId)}::uuid AND kind = ${kind} AND id = ANY(${uuids}::uuid[])
            AND NOT EXISTS (SELECT FROM ${Prisma.raw(KINDS[kind].table)} r WHERE r.id = l.id AND r.removed_as IS NULL)`;
        return rows.length === most ? uuids.at(-1) : undefined;
      }),
  };
}

async function nextRows(
  tx: Statements,
  tenantId: TenantId,
  kind: ContentKind,
  beforeMs: number,
  most: number,
): Promise<string[]> {
  const tenant = toUuid(tenantId);
  const [row] = await tx.$queryRaw<{ reached: string }[]>`
    SELECT reached FROM body_removals WHERE tenant_id = ${tenant}::uuid AND kind = ${kind}`;
  // its own statement, so that the bounds are parameters and leave out partitions
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM ${Prisma.raw(KINDS[kind].table)}
    WHERE tenant_id = ${tenant}::uuid AND id > ${row?.reached ?? LOWEST_UUID}::uuid AND id < ${lowestUuidAt(beforeMs)}::uuid
    ORDER BY id LIMIT ${most}`;
  return rows.map(({ id }) => id);
}

async function removeFromDeliveries(tx: Statements, uuids: readonly string[]): Promise<void> {
  const removed = await tx.$queryRaw<{ id: string }[]>`
    UPDATE deliveries
    SET body = NULL, ${markRemoved('retention')}, last_reason = ${bareReason('last_reason')},
      ended_reason = ${bareReason('ended_reason')}, changes = ${BARE_CHANGES}
    WHERE id = ANY(${uuids}::uuid[]) AND NOT (${OPEN}) AND removed_as IS NULL
    RETURNING id`;
  const ids = removed.map(({ id }) => id);
  await tx.$executeRaw`UPDATE attempts SET ${STRIP_ATTEMPT} WHERE delivery_id = ANY(${ids}::uuid[])`;
}

/** An event is needed while a delivery of it is open that has no body yet. Its deliveries have ids of the same millisecond. */
async function removeFromEvents(tx: Statements, uuids: readonly string[]): Promise<void> {
  const spans = uuids.map((uuid) => timeOfId(toId('event', uuid)));
  await tx.$executeRaw`
    UPDATE events e SET facts = NULL, known_device = NULL, user_provided_id = NULL, tracking_id = NULL, ${markRemoved('retention')}
    FROM unnest(${uuids}::uuid[], ${spans.map(lowestUuidAt)}::uuid[], ${spans.map((ms) => lowestUuidAt(ms + 1))}::uuid[])
      AS s (id, first, behind)
    WHERE e.id = s.id AND e.id = ANY(${uuids}::uuid[]) AND e.removed_as IS NULL
      AND NOT EXISTS (
        SELECT FROM deliveries d
        WHERE d.id >= s.first AND d.id < s.behind AND d.event_id = s.id AND d.body IS NULL AND ${OPEN})`;
}

/** An open one waits for a person, who needs what is in it. */
async function removeFromDeadLetters(tx: Statements, uuids: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE dead_letters
    SET facts = NULL, known_device = NULL, body = NULL, reason = ${bareReason('reason')}, ${STRIP_LAST_ATTEMPT}, ${markRemoved('retention')}
    WHERE id = ANY(${uuids}::uuid[]) AND closed_at IS NOT NULL AND removed_as IS NULL`;
}

/** For content that a dead letter has brought back to an old row: it is removed again as soon as it is no longer needed. */
export async function noteBroughtBack(
  tx: Statements,
  tenantUuid: string,
  rows: { readonly deliveryId?: DeliveryId; readonly eventId: EventId },
): Promise<void> {
  const left = [{ kind: 'event', id: toUuid(rows.eventId) }];
  if (rows.deliveryId) left.push({ kind: 'delivery', id: toUuid(rows.deliveryId) });
  await tx.$executeRaw`
    INSERT INTO body_leftovers (tenant_id, kind, id)
    SELECT ${tenantUuid}::uuid, kind, id FROM json_to_recordset(${JSON.stringify(left)}::json) AS l (kind text, id uuid)
    ON CONFLICT DO NOTHING`;
}
