import type { WorkerId } from '../../domain/id.ts';
import type { ClaimStore } from '../../ports/claims.ts';
import type { Database } from '../database.ts';
import { claim } from './claim.ts';
import { dueLater } from './due-later.ts';
import { DUE_COLUMNS, type DueRow, dueDelivery } from './due-row.ts';
import { giveBack } from './give-back.ts';
import { releaseBlocked } from './release-blocked.ts';
import { releaseOwn } from './release-own.ts';
import { settle } from './settle.ts';

/** @param workerId the worker that makes the claims */
export function createClaimStore(db: Database, workerId: WorkerId): ClaimStore {
  return {
    claim: (wanted) => claim(db, workerId, wanted),
    dueLater: (refused) => dueLater(db, refused),
    settle: (records) => settle(db, records),
    releaseOwn: (keys) => releaseOwn(db, workerId, keys),
    giveBack: (returns) => giveBack(db, returns),
    releaseBlocked: (limit, cursor) => releaseBlocked(db, limit, cursor),

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
