import { type SubscriptionId, toId } from '../../domain/id.ts';
import type { PlannedEvents } from '../../ports/events.ts';
import type { Statements } from '../database.ts';
import { writeEvents } from './accept-events.ts';

/**
 * Stores the operational event for changed subscriptions, in the transaction that changes them.
 *
 * @param changed UUIDs of the changed subscriptions; `plan` is not called when there are none
 * @param plan returns the event and its deliveries; undefined when the tenant does not subscribe to it
 */
export async function storeOperationalEvents(
  tx: Statements,
  changed: readonly string[],
  plan: (ids: readonly SubscriptionId[]) => PlannedEvents | undefined,
): Promise<void> {
  const planned = changed.length > 0 ? plan(changed.map((id) => toId('subscription', id))) : undefined;
  if (planned) await writeEvents(tx, planned);
}
