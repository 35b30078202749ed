import type { Delivery } from '../domain/delivery.ts';
import {
  ALREADY_CLOSED,
  contentRemoved,
  EVENT_GONE,
  type Refusal,
  refusalOf,
  SUBSCRIPTION_GONE,
} from '../domain/delivery-actions.ts';
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
 * @throws Problem not_found; conflict when the delivery is still open (`same`), its subscription was deleted, or what was to be sent
 *   is no longer stored
 */
export async function replayDelivery(
  deps: ReplayDeps,
  tenantId: TenantId,
  id: DeliveryId,
  mode: ReplayMode,
  by: string,
): Promise<DeliveryId> {
  const delivery = await allowed(deps, tenantId, id, mode === 'same' ? 'replay_same' : 'replay_fresh');
  if (mode === 'fresh') return deliverFresh(deps, delivery, by);
  const reopened = await deps.deliveries.reopen(tenantId, id, by);
  if (reopened === 'subscription-gone') throw refused(SUBSCRIPTION_GONE);
  if (reopened === 'content-removed') throw refused(contentRemoved(delivery.removed));
  if (reopened === 'not-ended') throw await changedMeanwhile(deps, tenantId, id, 'replay_same');
  offer(deps, reopened.due);
  return id;
}

async function deliverFresh(deps: ReplayDeps, delivery: Delivery, by: string): Promise<DeliveryId> {
  const { tenantId, eventId, subscriptionId } = delivery;
  const event = await deps.events.find(tenantId, eventId);
  if (event?.removed) throw refused(contentRemoved(event.removed));
  if (!event) throw refused(EVENT_GONE);
  const { config } = await deps.configs.fresh(tenantId);
  const subscription = config.subscriptions.get(subscriptionId);
  if (!subscription) throw refused(SUBSCRIPTION_GONE);
  const nowMs = deps.clock();
  const id = newId('delivery', nowMs);
  const fresh = newDelivery(event, subscription);
  const messageId = toId('message', toUuid(id));
  const due = await deps.deliveries.add({ ...fresh, id, messageId, replayOf: delivery.id }, undefined, by);
  if (due === 'subscription-gone') throw refused(SUBSCRIPTION_GONE);
  if (due === 'event-gone') throw refused(EVENT_GONE);
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
  if (reopened === 'already-closed') throw refused(ALREADY_CLOSED);
  if (reopened === 'subscription-gone') throw refused(SUBSCRIPTION_GONE);
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
  if (!(await deps.deadLetters.discard(tenantId, id, act))) throw refused(ALREADY_CLOSED);
}

/**
 * Sends a delivery that waits for its retry now. It counts as an attempt; if it fails, the planned attempt still takes place.
 *
 * @param by the id of the API key that requests it
 * @throws Problem not_found, or conflict, saying what would work, when it does not wait for a retry
 */
export async function retryDelivery(deps: ReplayDeps, tenantId: TenantId, id: DeliveryId, by: string): Promise<void> {
  await allowed(deps, tenantId, id, 'retry');
  const due = await deps.deliveries.retryNow(tenantId, id, by);
  if (!due) throw await changedMeanwhile(deps, tenantId, id, 'retry');
  deps.queue.offer([due]);
}

/** Cancels an open delivery. @throws Problem not_found, or conflict when it has ended or is being sent */
export async function cancelDelivery(deps: ReplayDeps, tenantId: TenantId, id: DeliveryId, by: string): Promise<void> {
  await allowed(deps, tenantId, id, 'cancel');
  const released = await deps.deliveries.cancel(tenantId, id, 'cancelled on request', by);
  if (!released) throw await changedMeanwhile(deps, tenantId, id, 'cancel');
  offer(deps, released);
}

type Verb = Parameters<typeof refusalOf>[0];

/** The delivery, if its state allows the action. @throws Problem not_found, or conflict as refusalOf words it */
async function allowed(deps: ReplayDeps, tenantId: TenantId, id: DeliveryId, action: Verb): Promise<Delivery> {
  const [delivery, course] = await Promise.all([deps.deliveries.find(tenantId, id), deps.deliveries.course(tenantId, id)]);
  if (!delivery || !course) throw notFound('delivery');
  const refusal = refusalOf(action, { delivery, course });
  if (refusal) throw refused(refusal);
  return delivery;
}

/** The problem of an action that was allowed when it was looked at, and was not when it was tried. */
async function changedMeanwhile(deps: ReplayDeps, tenantId: TenantId, id: DeliveryId, action: Verb): Promise<Error> {
  await allowed(deps, tenantId, id, action);
  return conflict('still-open', 'The delivery changed at the same moment: try again.');
}

function offer(deps: ReplayDeps, due: readonly DueDelivery[]): void {
  if (due.length > 0) deps.queue.offer(due);
}

async function openLetter(deps: ReplayDeps, tenantId: TenantId, id: DeadLetterId): Promise<void> {
  const letter = await deps.deadLetters.find(tenantId, id);
  if (!letter) throw notFound('dead letter');
  if (letter.closed) throw refused(ALREADY_CLOSED);
}

function refused({ code, detail }: Refusal): Error {
  return conflict(code, detail);
}
