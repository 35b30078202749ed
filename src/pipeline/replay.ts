import type { Delivery } from '../domain/delivery.ts';
import { conflict, notFound } from '../domain/errors.ts';
import {
  type DeadLetterId,
  type DeliveryId,
  newId,
  type SubscriptionId,
  type TenantId,
  toId,
  toUuid,
} from '../domain/id.ts';
import { type StoredEvent, sampleOperationalFacts } from '../domain/operational-event.ts';
import { sampleEvent } from '../domain/sample-event.ts';
import type { Subscription } from '../domain/subscription.ts';
import type { TenantConfig } from '../domain/tenant-config.ts';
import { isOperational } from '../domain/trigger.ts';
import type { DeadLetterStore, DeliveryStore } from '../ports/deliveries.ts';
import type { EventStore } from '../ports/events.ts';
import type { Clock } from '../ports/process.ts';
import type { DeliveryQueue, DueDelivery } from '../ports/queue.ts';
import { newDelivery } from './plan-ingest.ts';
import type { TenantConfigs } from './tenant-configs.ts';

export interface ReplayDeps {
  readonly deliveries: DeliveryStore;
  readonly deadLetters: DeadLetterStore;
  readonly events: EventStore;
  readonly configs: TenantConfigs;
  readonly queue: DeliveryQueue;
  readonly clock: Clock;
}

/** `same`: the bytes and the `webhook-id` of before. `fresh`: rendered anew with today's configuration, a new delivery. */
export type ReplayMode = 'same' | 'fresh';

/**
 * Opens an ended delivery again, or delivers its event anew beside it.
 *
 * @param by who asked: an API key's id
 * @returns the delivery to look at: the same one, or the new one
 * @throws Problem not_found, or conflict when the delivery is still open (`same`) or its subscription or event is gone (`fresh`)
 */
export async function replayDelivery(
  deps: ReplayDeps,
  tenantId: TenantId,
  id: DeliveryId,
  mode: ReplayMode,
  by: string,
): Promise<DeliveryId> {
  const delivery = await existing(deps, tenantId, id);
  if (mode === 'fresh') return deliverFresh(deps, delivery);
  const reopened = await deps.deliveries.reopen(tenantId, id, by);
  if (!reopened)
    throw conflict(
      'still-open',
      `The delivery is ${delivery.state}: only one that ended can be replayed. It can be cancelled first.`,
    );
  wake(deps, reopened.due);
  return id;
}

async function deliverFresh(deps: ReplayDeps, delivery: Delivery): Promise<DeliveryId> {
  const { tenantId, eventId, subscriptionId } = delivery;
  const event = await deps.events.find(tenantId, eventId);
  if (!event) throw conflict('event-gone', 'The event is no longer stored; replay the same bytes instead.');
  const { config } = await deps.configs.fresh(tenantId);
  const subscription = config.subscriptions.get(subscriptionId);
  if (!subscription) throw conflict('subscription-gone', 'The subscription was deleted; there is nowhere to deliver to.');
  const nowMs = deps.clock();
  const id = newId('delivery', nowMs);
  const fresh = newDelivery(event, subscription);
  const messageId = toId('message', toUuid(id));
  wake(deps, await deps.deliveries.add({ ...fresh, id, messageId, replayOf: delivery.id }));
  return id;
}

/** Replays a dead letter's delivery and closes the letter. @throws Problem not_found, or conflict when it is closed already */
export async function replayDeadLetter(
  deps: ReplayDeps,
  tenantId: TenantId,
  id: DeadLetterId,
  by: string,
): Promise<DeliveryId> {
  await openLetter(deps, tenantId, id);
  const reopened = await deps.deadLetters.replay(tenantId, id, by);
  if (!reopened) throw alreadyClosed();
  wake(deps, reopened.due);
  return reopened.deliveryId;
}

/** Closes a dead letter for good. @throws Problem not_found, or conflict when it is closed already */
export async function discardDeadLetter(deps: ReplayDeps, tenantId: TenantId, id: DeadLetterId, by: string): Promise<void> {
  await openLetter(deps, tenantId, id);
  if (!(await deps.deadLetters.discard(tenantId, id, by))) throw alreadyClosed();
}

/** Cancels an open delivery. @throws Problem not_found, or conflict when it is ended or being sent right now */
export async function cancelDelivery(deps: ReplayDeps, tenantId: TenantId, id: DeliveryId, by: string): Promise<void> {
  const released = await deps.deliveries.cancel(tenantId, id, 'cancelled on request', by);
  if (released) return wake(deps, released);
  const delivery = await existing(deps, tenantId, id);
  const detail =
    delivery.state === 'delivering' ? 'is being sent right now; try again in a moment' : `is ${delivery.state} already`;
  throw conflict('not-cancellable', `The delivery ${detail}.`);
}

/** Sends a sample event to one subscription for real, marked as a test. @throws Problem not_found, or conflict when disabled */
export async function sendTest(deps: ReplayDeps, tenantId: TenantId, subscriptionId: SubscriptionId): Promise<DeliveryId> {
  const { config } = await deps.configs.fresh(tenantId);
  const subscription = config.subscriptions.get(subscriptionId);
  if (!subscription) throw notFound('subscription');
  if (subscription.disabled) throw conflict('disabled', 'The subscription is disabled; enable it to send a test.');
  const event = sampleFor(config, subscription, deps.clock());
  const delivery = newDelivery(event, subscription);
  // a test tells how things are now: it waits for no pass
  wake(deps, await deps.deliveries.add({ ...delivery, ordered: false, test: true }, event));
  return delivery.id;
}

function sampleFor({ tenantId, templates }: TenantConfig, subscription: Subscription, nowMs: number): StoredEvent {
  const { trigger, templateId } = subscription;
  if (isOperational(trigger)) {
    return { id: newId('event', nowMs), tenantId, notice: sampleOperationalFacts(trigger, subscription, nowMs) };
  }
  const template = templateId ? templates.get(templateId) : [...templates.values()][0];
  if (!template) throw conflict('no-template', 'The tenant has no template to make a sample event from.');
  return sampleEvent(template, trigger, nowMs);
}

function wake(deps: ReplayDeps, due: readonly DueDelivery[]): void {
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

function alreadyClosed(): Error {
  return conflict('already-closed', 'The dead letter was replayed or discarded before.');
}
