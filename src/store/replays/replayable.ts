import type { TenantId } from '../../domain/id.ts';
import type { ReplayFilter } from '../../ports/replays.ts';
import { allOf } from '../conditions.ts';
import type { Statements } from '../database.ts';
import { matching } from '../deliveries/deliveries.ts';
import { Prisma } from '../generated/client.ts';

/** What a replay may send: no tests, and nothing without an event. */
export async function replayable(db: Statements, tenantId: TenantId, filter: ReplayFilter): Promise<Prisma.Sql> {
  return allOf(await matching(db, tenantId, { ...filter, test: false }), Prisma.sql`unsubscribe_url IS NULL`);
}
