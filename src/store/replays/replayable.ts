import type { ReplayFilter } from '../../ports/replays.ts';
import { allOf } from '../conditions.ts';
import { matches } from '../deliveries/deliveries.ts';
import { Prisma } from '../generated/client.ts';

/** What a replay may send: no tests, and nothing without an event. */
export function replayable(filter: ReplayFilter): Prisma.Sql {
  return allOf(matches({ ...filter, test: false }), Prisma.sql`unsubscribe_url IS NULL`);
}
