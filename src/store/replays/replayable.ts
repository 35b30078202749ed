import type { TenantId } from '../../domain/id.ts';
import type { ReplayFilter } from '../../ports/replays.ts';
import { allOf } from '../conditions.ts';
import { matches } from '../deliveries/deliveries.ts';
import { Prisma } from '../generated/client.ts';

/** What a replay may send: no tests, and nothing without an event. */
export function replayable(tenantId: TenantId, filter: ReplayFilter): Prisma.Sql {
  return allOf(matches(tenantId, { ...filter, test: false }), Prisma.sql`unsubscribe_url IS NULL`);
}
