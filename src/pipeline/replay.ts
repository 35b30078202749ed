import type { Delivery, DeliveryState } from '../domain/delivery.ts';
import { conflict, notFound } from '../domain/errors.ts';
import { type DeadLetterId, type DeliveryId, newId, type TenantId, toId, toUuid } from '../domain/id.ts';
import type { DeadLetterStore, Discard } from '../ports/dead-letters.ts';
import type { DeliveryStore } from '../ports/deliveries.ts';
import type { EventStore } from '../ports/events.ts';
import type { Clock } from '../ports/process.ts';
import type { DeliveryQueue, DueDelivery } from '../ports/queue.ts';
import { newDelivery } from './new-deliveries.ts';
import type { TenantConfigs } from './tenant-configs.ts';

export interface ReplayDeps {
  readonly deliveries: DeliveryStore;
  readonly deadLetters: DeadLetterStore;
  readonly events: Pick<EventStore, 'find'>;
  readonly configs: TenantConfigs;
  readonly queue: Pick<DeliveryQueue, 'offer'>;
  readonly clock: Clock;
}

/** `same`: the same delivery, bytes and `webhook-id`. `fresh`: a new delivery, rendered with the current configuration. */
export type ReplayMode = 'same' | 'fresh';

/**
 * Opens an ended delivery again, or delivers its event once more as a new delivery.
 *
 * @param by the id of the API key that requests it
 * @returns the id of the delivery that will be attempted
 * @throws Problem not_found; conflict when the delivery is still open (`same`), its subscription was deleted, or its event is no
 *   longer stored (`fresh`)
 */
export async function replayDelivery(
  deps: ReplayDeps,
  tenantId: TenantId,
  id: DeliveryId,
  mode: ReplayMode,
  by: string,
): Promise<DeliveryId> {
  const delivery = await existing(deps, tenantId, id);
  if (delivery.test) throw conflict('not-replayable', 'The delivery is a test: send another test instead.');
  if (mode === 'fresh') return deliverFresh(deps, delivery);
  const reopened = await deps.deliveries.reopen(tenantId, id, by);
  if (reopened === 'subscription-gone') throw subscriptionGone();
  if (reopened === 'not-ended') {
    const detail = `The delivery is ${delivery.state}: only one that ended can be replayed. It can be cancelled first.`;
    throw conflict('still-open', detail);
  }
  offer(deps, reopened.due);
  return id;
}

async function deliverFresh(deps: ReplayDeps, delivery: Delivery): Promise<DeliveryId> {
  const { tenantId, eventId, subscriptionId } = delivery;
  const event = await deps.events.find(tenantId, eventId);
  if (!event) throw conflict('event-gone', 'The event is no longer stored; replay the same bytes instead.');
  const { config } = await deps.configs.fresh(tenantId);
  const subscription = config.subscriptions.get(subscriptionId);
  if (!subscription) throw subscriptionGone();
  const nowMs = deps.clock();
  const id = newId('delivery', nowMs);
  const fresh = newDelivery(event, subscription);
  const messageId = toId('message', toUuid(id));
  const due = await deps.deliveries.add({ ...fresh, id, messageId, replayOf: delivery.id });
  if (!due) throw subscriptionGone();
  offer(deps, due);
  return id;
}

/**
 * Replays a dead letter's delivery and closes the letter.
 *
 * @throws Problem not_found; conflict when it is already closed, or its subscription was deleted (the letter stays open)
 */
export async function replayDeadLetter(
  deps: ReplayDeps,
  tenantId: TenantId,
  id: DeadLetterId,
  by: string,
): Promise<DeliveryId> {
  await openLetter(deps, tenantId, id);
  const reopened = await deps.deadLetters.replay(tenantId, id, by);
  if (reopened === 'already-closed') throw alreadyClosed();
  if (reopened === 'subscription-gone') throw subscriptionGone();
  offer(deps, reopened.due);
  return reopened.deliveryId;
}

/** Closes a dead letter without a replay. @throws Problem not_found, or conflict when it is already closed */
export async function discardDeadLetter(
  deps: ReplayDeps,
  tenantId: TenantId,
  id: DeadLetterId,
  act: Discard,
): Promise<void> {
  await openLetter(deps, tenantId, id);
  if (!(await deps.deadLetters.discard(tenantId, id, act))) throw alreadyClosed();
}

/**
 * Sends a delivery that waits for its retry now. It counts as an attempt; if it fails, the planned attempt still takes place.
 *
 * @throws Problem not_found, or conflict, saying what would work, when it does not wait for a retry
 */
export async function retryDelivery(deps: ReplayDeps, tenantId: TenantId, id: DeliveryId): Promise<void> {
  const due = await deps.deliveries.retryNow(tenantId, id);
  if (due) return deps.queue.offer([due]);
  const { state } = await existing(deps, tenantId, id);
  throw conflict('not-retrying', `The delivery ${WHAT_WOULD_WORK[state]}.`);
}

/** What a delivery that does not wait for a retry is, and what would work. */
const WHAT_WOULD_WORK: Readonly<Record<DeliveryState, string>> = {
  pending: 'is due already: it goes out as soon as its endpoint and a worker have room',
  parked: 'is due already: it goes out as soon as its endpoint has room, or its breaker lets it through',
  delivering: 'is being sent right now',
  retrying: 'was just changed: try again',
  held: 'is held, because its subscription is disabled: enable the subscription or the endpoint',
  blocked: 'waits for an earlier delivery of its pass: retry or cancel that one',
  succeeded: 'was delivered: replay it to send it again',
  dead: 'failed permanently: replay it to send it again',
  cancelled: 'was cancelled: replay it to send it again',
};

/** Cancels an open delivery. @throws Problem not_found, or conflict when it has ended or is being sent */
export async function cancelDelivery(deps: ReplayDeps, tenantId: TenantId, id: DeliveryId, by: string): Promise<void> {
  const released = await deps.deliveries.cancel(tenantId, id, 'cancelled on request', by);
  if (released) return offer(deps, released);
  const delivery = await existing(deps, tenantId, id);
  const detail =
    delivery.state === 'delivering' ? 'is being sent right now; try again in a moment' : `is ${delivery.state} already`;
  throw conflict('not-cancellable', `The delivery ${detail}.`);
}

function offer(deps: ReplayDeps, due: readonly DueDelivery[]): void {
  if (due.length > 0) deps.queue.offer(due);
}

async function existing(deps: ReplayDeps, tenantId: TenantId, id: DeliveryId): Promise<Delivery> {
  const delivery = await deps.deliveries.find(tenantId, id);
  if (!delivery) throw notFound('delivery');
  return delivery;
}

async function openLetter(deps: ReplayDeps, tenantId: TenantId, id: DeadLetterId): Promise<void> {
  const letter = await deps.deadLetters.find(tenantId, id);
  if (!letter) throw notFound('dead letter');
  if (letter.closed) throw alreadyClosed();
}

function subscriptionGone(): Error {
  return conflict('subscription-gone', 'The subscription was deleted; there is nowhere to deliver to.');
}

function alreadyClosed(): Error {
  return conflict('already-closed', 'The dead letter was replayed or discarded before.');
}
