import { type SubscriptionId, toId } from '../domain/id.ts';
import type { Announcement } from '../pipeline/ports.ts';
import { writeEvents } from './accept-events.ts';
import type { Statements } from './database.ts';

/** Stores what is to be said of subscriptions that were switched, with the switching. */
export async function say(
  tx: Statements,
  switched: readonly string[],
  announce: (ids: readonly SubscriptionId[]) => Announcement | undefined,
): Promise<void> {
  const said = switched.length > 0 ? announce(switched.map((id) => toId('subscription', id))) : undefined;
  if (said) await writeEvents(tx, [said.event], said.deliveries);
}
