import type { DeliveryChange } from '../../domain/change.ts';
import type { Delivery } from '../../domain/delivery.ts';
import type { IntegrationId } from '../../domain/id.ts';
import type { WatchedFilter } from '../../ports/deliveries.ts';

/** What of a delivery a change can make match, or no longer match. */
type Changing = Pick<DeliveryChange, 'state' | 'lastStatus'>;

/**
 * Whether a change is about a delivery that the filter may find, by what of it never changes.
 *
 * @param integrationId of the delivery's endpoint; undefined while that is unknown: then any may match
 */
export function concerns(filter: WatchedFilter, change: DeliveryChange, integrationId: IntegrationId | undefined): boolean {
  const { states: _changing, status: _too, after: _byRow, before: _asWell, ids, integrationId: wanted, ...equal } = filter;
  const { subscriptionId, endpointId, eventId, passId, trigger, test, ...rest } = equal;
  rest satisfies Record<string, never>; // a new filter is to be decided on here
  return (
    (ids === undefined || ids.includes(change.deliveryId)) &&
    (wanted === undefined || integrationId === undefined || wanted === integrationId) &&
    (subscriptionId === undefined || subscriptionId === change.subscriptionId) &&
    (endpointId === undefined || endpointId === change.endpointId) &&
    (eventId === undefined || eventId === change.eventId) &&
    (passId === undefined || passId === change.passId) &&
    (trigger === undefined || trigger === change.trigger) &&
    (test === undefined || test === change.test)
  );
}

/** Whether the delivery matches now, by what of it changes. */
export function matches({ states, status }: WatchedFilter, { state, lastStatus }: Changing): boolean {
  const hasState = states === undefined || states.includes(state);
  const hasStatus =
    status === undefined || (lastStatus !== undefined && lastStatus >= status.from && lastStatus <= status.to);
  return hasState && hasStatus;
}

/** Whether the filter finds a delivery of this age. */
export function isInTime({ after, before }: WatchedFilter, { createdAt }: Pick<Delivery, 'createdAt'>): boolean {
  return (after === undefined || createdAt >= after) && (before === undefined || createdAt < before);
}
