import { toId, toUuid } from '../../domain/id.ts';
import type { ReplayCandidate, Resending } from '../../ports/replays.ts';
import type { Statements } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { planForValues } from '../plan-for-values.ts';
import type { Turn } from './replay-turns.ts';
import { replayable } from './replayable.ts';

export interface Candidate extends ReplayCandidate {
  readonly state: string;
}

/** The next deliveries of a replay, in the order of their ids. */
export async function nextCandidates(tx: Statements, { tenantId, filter }: Resending, turn: Turn): Promise<Candidate[]> {
  const after = turn.cursor === null ? Prisma.sql`true` : Prisma.sql`id > ${turn.cursor}::uuid`;
  const wanted = await replayable(tx, tenantId, filter);
  await planForValues(tx);
  const rows = await tx.$queryRaw<{ id: string; event_id: string; subscription_id: string; state: string }[]>`
    SELECT id, event_id, subscription_id, state FROM deliveries
    WHERE tenant_id = ${toUuid(tenantId)}::uuid AND ${wanted} AND ${after} AND id <= ${turn.upper}::uuid
    ORDER BY id LIMIT ${turn.allowed}`;
  return rows.map((row) => ({
    deliveryId: toId('delivery', row.id),
    eventId: toId('event', row.event_id),
    subscriptionId: toId('subscription', row.subscription_id),
    state: row.state,
  }));
}

/** The UUID of the last one; undefined when there is none. */
export function lastOf(candidates: readonly ReplayCandidate[]): string | undefined {
  const last = candidates.at(-1);
  return last && toUuid(last.deliveryId);
}
