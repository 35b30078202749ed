import { toUuid, type WorkerId } from '../../domain/id.ts';
import type { ClaimStore } from '../../ports/claims.ts';
import type { Database } from '../database.ts';
import { LOWEST_UUID } from '../pages.ts';
import { claim } from './claim.ts';
import { dueLater } from './due-later.ts';
import { DUE_COLUMNS, type DueRow, dueDelivery } from './due-row.ts';
import { giveBack } from './give-back.ts';
import { releaseBlocked } from './release-blocked.ts';
import { settle } from './settle.ts';

/** @param workerId the worker that makes the claims */
export function createClaimStore(db: Database, workerId: WorkerId): ClaimStore {
  return {
    claim: (wanted) => claim(db, workerId, wanted),
    dueLater: (refused) => dueLater(db, refused),
    settle: (records) => settle(db, records),
    giveBack: (returns) => giveBack(db, returns),
    releaseBlocked: (limit, cursor) => releaseBlocked(db, limit, cursor),

    async overdue(graceMs, limit, cursor) {
      // deliveries_due_at_id_idx
      const rows = await db.$queryRaw<(DueRow & { readonly due_at: Date })[]>`
        SELECT ${DUE_COLUMNS}, due_at FROM deliveries
        WHERE due_at < now() - ${graceMs} * interval '1 ms'
          AND (due_at, id) > (${cursor?.dueAt ?? new Date(0)}::timestamptz, ${cursor ? toUuid(cursor.deliveryId) : LOWEST_UUID}::uuid)
        ORDER BY due_at, id LIMIT ${limit}`;
      return rows.map((row) => ({ ...dueDelivery(row), dueAt: row.due_at }));
    },

    async releaseStranded(limit) {
      // Deliveries of a deleted subscription are released too: the worker that claims one cancels it. deliveries_held_idx
      const rows = await db.$queryRaw<DueRow[]>`
        UPDATE deliveries SET state = 'pending', due_at = now()
        WHERE id IN (
          SELECT d.id FROM subscriptions s JOIN deliveries d ON d.subscription_id = s.id AND d.state = 'held'
          WHERE s.disabled IS NULL OR s.deleted_at IS NOT NULL
          ORDER BY d.id LIMIT ${limit})
        AND state = 'held'
        RETURNING ${DUE_COLUMNS}`;
      return rows.map(dueDelivery);
    },
  };
}
