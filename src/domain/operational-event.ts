import type { AcceptedEvent } from './event.ts';
import {
  type DeadLetterId,
  type DeliveryId,
  type EndpointId,
  type EventId,
  type IntegrationId,
  type SubscriptionId,
  type TenantId,
  toId,
} from './id.ts';
import type { DisabledReason, Subscription } from './subscription.ts';
import type { OperationalTrigger, PassTrigger } from './trigger.ts';

interface AboutEndpoint {
  readonly endpointId: EndpointId;
  readonly url: string;
  readonly integrationId: IntegrationId;
  /** Those it is about: disabled or enabled now, or affected. */
  readonly subscriptionIds: readonly SubscriptionId[];
}

interface AboutDelivery {
  readonly deliveryId: DeliveryId;
  readonly deadLetterId: DeadLetterId;
  readonly eventId: EventId;
  readonly subscriptionId: SubscriptionId;
  readonly endpointId: EndpointId;
  readonly trigger: PassTrigger;
  readonly passId: string;
  readonly reason: string;
  /** HTTP status of the last attempt; null when there was no answer. */
  readonly lastStatus: number | null;
}

/** The content of an operational event: what happened, and to which endpoint or delivery. */
export type OperationalFacts = { readonly occurredAt: string } & (
  | { readonly type: 'endpoint.failing'; readonly data: AboutEndpoint & { readonly failingSince: string } }
  | { readonly type: 'endpoint.recovered' | 'endpoint.enabled'; readonly data: AboutEndpoint }
  | { readonly type: 'endpoint.disabled'; readonly data: AboutEndpoint & { readonly reason: DisabledReason } }
  | { readonly type: 'delivery.dead'; readonly data: AboutDelivery }
);

/** An event about the dispatch itself, not about a pass. It never causes another one. */
export interface OperationalEvent {
  readonly id: EventId;
  readonly tenantId: TenantId;
  readonly facts: OperationalFacts;
}

/** Whatever can be delivered. */
export type StoredEvent = AcceptedEvent | OperationalEvent;

export function isOperationalEvent(event: StoredEvent): event is OperationalEvent {
  return !('templateId' in event);
}

/** The pass an event is about; empty when it is about none. */
export function passIdOf(event: StoredEvent): string {
  if (!isOperationalEvent(event)) return event.facts.pass.id;
  return event.facts.type === 'delivery.dead' ? event.facts.data.passId : '';
}

/** Plausible facts of any operational trigger, for test sends. */
export function sampleOperationalFacts(
  type: OperationalTrigger,
  to: Pick<Subscription, 'id' | 'endpointId' | 'url' | 'integrationId'>,
  atMs: number,
): OperationalFacts {
  const occurredAt = new Date(atMs).toISOString();
  const { endpointId, url, integrationId, id: subscriptionId } = to;
  const about = { endpointId, url, integrationId, subscriptionIds: [subscriptionId] };
  if (type === 'endpoint.failing') return { type, occurredAt, data: { ...about, failingSince: occurredAt } };
  if (type === 'endpoint.disabled') return { type, occurredAt, data: { ...about, reason: 'failing' } };
  if (type !== 'delivery.dead') return { type, occurredAt, data: about };
  const none = '00000000-0000-7000-8000-000000000000';
  const data: AboutDelivery = {
    deliveryId: toId('delivery', none),
    deadLetterId: toId('deadLetter', none),
    eventId: toId('event', none),
    subscriptionId,
    endpointId,
    trigger: 'pass.created',
    passId: 'sample-pass-id',
    reason: 'the endpoint answered 500 (attempt 10 of 10, none left)',
    lastStatus: 500,
  };
  return { type, occurredAt, data };
}
