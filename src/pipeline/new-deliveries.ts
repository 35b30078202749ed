import { deliveryId, toId, toUuid } from '../domain/id.ts';
import type { Limits } from '../domain/limits.ts';
import { isOperationalEvent, passIdOf, type StoredEvent } from '../domain/operational-event.ts';
import { type Subscription, stateWhileDisabled } from '../domain/subscription.ts';
import type { NewDelivery } from '../ports/events.ts';
import type { DeliveryQueue } from '../ports/queue.ts';

/** The first delivery of an event to a subscription. That of a disabled one is held or cancelled: nothing is skipped in silence. */
export function newDelivery(event: StoredEvent, subscription: Subscription): NewDelivery {
  const id = deliveryId(event.id, subscription.id);
  const next = subscription.disabled ? stateWhileDisabled(subscription) : ({ state: 'pending' } as const);
  const isCancelled = next.state === 'cancelled';
  return {
    id,
    tenantId: event.tenantId,
    eventId: event.id,
    templateId: isOperationalEvent(event) ? undefined : event.templateId,
    subscriptionId: subscription.id,
    endpointId: subscription.endpointId,
    trigger: subscription.trigger,
    passId: passIdOf(event),
    state: next.state,
    cancelled: isCancelled ? { reason: next.reason, by: next.by } : undefined,
    ordered: subscription.ordering === 'pass' && !isCancelled,
    sequence: undefined,
    messageId: toId('message', toUuid(id)),
    replayOf: undefined,
    test: false,
  };
}

/**
 * Offers the pending ones among new deliveries to the queue.
 *
 * @param limitsOf the limits of a delivery's endpoint; default: those the queue knows
 */
export function offerNew(
  queue: Pick<DeliveryQueue, 'offer'>,
  deliveries: readonly NewDelivery[],
  limitsOf: (delivery: NewDelivery) => Limits | undefined = () => undefined,
): void {
  const pending = deliveries.filter(({ state }) => state === 'pending');
  if (pending.length === 0) return;
  queue.offer(
    pending.map((delivery) => {
      const { id, tenantId, endpointId } = delivery;
      return { deliveryId: id, tenantId, endpointId, attempt: 1, delayMs: 0, limits: limitsOf(delivery) };
    }),
  );
}
