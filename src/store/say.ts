import { type SubscriptionId, toId } from '../domain/id.ts';
import type { Announcement } from '../ports/events.ts';
import type { Statements } from './database.ts';
import { writeEvents } from './events/accept-events.ts';

/** Stores what is to be said of subscriptions that were switched, with the switching. */
export async function say(
  tx: Statements,
  switched: readonly string[],
  announce: (ids: readonly SubscriptionId[]) => Announcement | undefined,
): Promise<void> {
  const said = switched.length > 0 ? announce(switched.map((id) => toId('subscription', id))) : undefined;
  if (said) await writeEvents(tx, [said.event], said.deliveries);
}
