import { setTimeout as sleep } from 'node:timers/promises';
import { conflict, notFound } from '../domain/errors.ts';
import type { AcceptedEvent } from '../domain/event.ts';
import { type DeliveryId, type EventId, newId, type SubscriptionId, type TenantId } from '../domain/id.ts';
import { type StoredEvent, sampleOperationalFacts } from '../domain/operational-event.ts';
import { sampleEvent } from '../domain/sample-event.ts';
import type { Subscription } from '../domain/subscription.ts';
import type { TenantConfig } from '../domain/tenant-config.ts';
import { isOperational } from '../domain/trigger.ts';
import type { DeliveryStore } from '../ports/deliveries.ts';
import type { Clock } from '../ports/process.ts';
import type { DeliveryQueue } from '../ports/queue.ts';
import { newDelivery } from './new-deliveries.ts';
import type { TenantConfigs } from './tenant-configs.ts';

export interface SendTestDeps {
  readonly deliveries: Pick<DeliveryStore, 'add'>;
  readonly configs: TenantConfigs;
  readonly queue: Pick<DeliveryQueue, 'offer'>;
  readonly clock: Clock;
}

/**
 * Delivers an event, or a sample, to one subscription, enabled or not, as a test: one attempt, past the gate, the
 * breaker and the limits of its endpoint, without effect on health, disabling, dead letters or operational events.
 *
 * @param chosen a new event that the subscription would receive; default: a sample
 * @throws Problem not_found; conflict when there is no template for the sample
 */
export async function sendTest(
  { deliveries, configs, queue, clock }: SendTestDeps,
  tenantId: TenantId,
  subscriptionId: SubscriptionId,
  chosen?: AcceptedEvent,
): Promise<{ readonly deliveryId: DeliveryId; readonly eventId: EventId }> {
  const { config } = await configs.fresh(tenantId);
  const subscription = config.subscriptions.get(subscriptionId);
  if (!subscription) throw notFound('subscription');
  const event = chosen ?? sampleFor(config, subscription, clock());
  const delivery = newDelivery(event, subscription);
  // a test shows the current state, so it waits neither for other deliveries of its pass nor for its subscription
  const due = await deliveries.add(
    { ...delivery, state: 'pending', cancelled: undefined, ordered: false, test: true },
    event,
  );
  if (typeof due === 'string') throw notFound('subscription'); // deleted meanwhile
  if (due.length > 0) queue.offer(due);
  return { deliveryId: delivery.id, eventId: event.id };
}

const WAIT_MS = 30_000;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

/** Waits until a test has ended, for up to 30 s. False when it has not. */
export async function testEnds(
  { deliveries }: { readonly deliveries: Pick<DeliveryStore, 'find'> },
  tenantId: TenantId,
  id: DeliveryId,
  waitMs = WAIT_MS,
): Promise<boolean> {
  const untilMs = performance.now() + waitMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(1.5 * pauseMs, LONGEST_PAUSE_MS)) {
    const delivery = await deliveries.find(tenantId, id);
    if (!delivery || delivery.endedAt) return true;
    const leftMs = untilMs - performance.now();
    if (leftMs <= 0) return false;
    await sleep(Math.min(pauseMs, leftMs));
  }
}

function sampleFor({ tenantId, templates }: TenantConfig, subscription: Subscription, nowMs: number): StoredEvent {
  const { trigger, templateId } = subscription;
  if (isOperational(trigger)) {
    return { id: newId('event', nowMs), tenantId, facts: sampleOperationalFacts(trigger, subscription, nowMs) };
  }
  const template = templateId ? templates.get(templateId) : [...templates.values()][0];
  if (!template) throw conflict('no-template', 'The tenant has no template to make a sample event from.');
  return sampleEvent(template, trigger, nowMs);
}
