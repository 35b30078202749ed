import { toId, toUuid } from '../../domain/id.ts';
import type { OverdueDelivery, OverdueStore } from '../../ports/overdue.ts';
import type { Database } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { LOWEST_UUID } from '../pages.ts';
import { DUE_COLUMNS, type DueRow, dueDelivery } from './due-row.ts';

type OverdueRow = DueRow & { readonly due_at: Date };

/** Reads through deliveries_endpoint_id_due_at_id_idx: no statement reads more rows than it returns. */
export function createOverdueStore(db: Database): OverdueStore {
  return {
    async heads(graceMs, { endpoints, limit }, after) {
      // the endpoints one by one (a loose index scan), so that the backlog of one is skipped, not read
      const rows = await db.query<Partial<OverdueRow> & { readonly head_id: string }>(Prisma.sql`
        WITH RECURSIVE heads AS (
          SELECT ${nextEndpoint(Prisma.sql`${after ? toUuid(after) : LOWEST_UUID}::uuid`)} AS id, 1 AS number
          UNION ALL
          SELECT ${nextEndpoint(Prisma.sql`h.id`)}, number + 1 FROM heads h WHERE h.id IS NOT NULL AND number < ${endpoints}::int
        )
        SELECT h.id AS head_id, o.* FROM heads h
        LEFT JOIN LATERAL (
          SELECT ${DUE_COLUMNS}, due_at FROM deliveries d
          WHERE d.endpoint_id = h.id AND d.due_at < now() - ${graceMs}::float8 * interval '1 ms'
          ORDER BY d.due_at, d.id LIMIT ${limit}::int
        ) o ON true
        WHERE h.id IS NOT NULL ORDER BY h.number, o.due_at, o.id`);
      return [...Map.groupBy(rows, ({ head_id }) => head_id)].map(([id, ofEndpoint]) => ({
        endpointId: toId('endpoint', id),
        overdue: ofEndpoint.filter(isOverdue).map((row) => overdueDelivery(row)),
      }));
    },

    async of(endpointId, graceMs, limit, cursor) {
      const rows = await db.query<OverdueRow>(Prisma.sql`
        SELECT ${DUE_COLUMNS}, due_at FROM deliveries d
        WHERE d.endpoint_id = ${toUuid(endpointId)}::uuid AND d.due_at < now() - ${graceMs}::float8 * interval '1 ms'
          AND (d.due_at, d.id) > (${cursor?.dueAt ?? new Date(0)}::timestamptz, ${cursor ? toUuid(cursor.deliveryId) : LOWEST_UUID}::uuid)
        ORDER BY d.due_at, d.id LIMIT ${limit}::int`);
      return rows.map(overdueDelivery);
    },
  };
}

/** The endpoint after this one that has scheduled deliveries; null after the last. */
function nextEndpoint(after: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(SELECT d.endpoint_id FROM deliveries d WHERE d.due_at IS NOT NULL AND d.endpoint_id > ${after}
    ORDER BY d.endpoint_id LIMIT 1)`;
}

/** An endpoint of which nothing is overdue has one row, without a delivery. */
function isOverdue<Row extends Partial<OverdueRow>>(row: Row): row is Row & OverdueRow {
  return row.id !== null;
}

function overdueDelivery(row: OverdueRow): OverdueDelivery {
  return { ...dueDelivery(row), dueAt: row.due_at };
}
