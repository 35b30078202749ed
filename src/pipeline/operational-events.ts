import {
  type DeadLetterId,
  type DeliveryId,
  type EndpointId,
  type EventId,
  newId,
  type SubscriptionId,
} from '../domain/id.ts';
import type { OperationalFacts } from '../domain/operational-event.ts';
import type { TenantConfig } from '../domain/tenant-config.ts';
import { isOperational, type Trigger } from '../domain/trigger.ts';
import type { PlannedEvents } from '../ports/events.ts';
import { newDelivery } from './new-deliveries.ts';
import type { LoadedConfig } from './tenant-configs.ts';

type EndpointChange =
  | { readonly type: 'endpoint.failing'; readonly failingSince: string }
  | { readonly type: 'endpoint.recovered' | 'endpoint.enabled' }
  | { readonly type: 'endpoint.disabled'; readonly reason: 'gone' | 'failing' | 'paused' };

/**
 * Plans the operational event for a change of an endpoint. Undefined when nobody subscribes to it, and for an endpoint that
 * receives only operational events: they never cause others.
 *
 * @param subscriptionIds the affected subscriptions; default: all of the endpoint's
 */
export function planEndpointEvent(
  loaded: LoadedConfig,
  endpointId: EndpointId,
  { type, ...details }: EndpointChange,
  nowMs: number,
  subscriptionIds?: readonly SubscriptionId[],
): PlannedEvents | undefined {
  const endpoint = loaded.config.endpoints.get(endpointId);
  const own = subscriptionsOf(loaded.config, endpointId);
  if (!endpoint || own.every(({ trigger }) => isOperational(trigger))) return undefined;
  const { url, integrationId } = endpoint;
  const data = { endpointId, url, integrationId, subscriptionIds: subscriptionIds ?? own.map(({ id }) => id), ...details };
  return plan(loaded, { type, occurredAt: new Date(nowMs).toISOString(), data } as OperationalFacts, nowMs);
}

/** A delivery that died, as its operational event names it. */
interface DeadDelivery {
  readonly id: DeliveryId;
  readonly eventId: EventId;
  readonly subscriptionId: SubscriptionId;
  readonly endpointId: EndpointId;
  readonly trigger: Trigger;
  readonly passId: string;
  readonly deadLetterId: DeadLetterId;
  readonly reason: string;
  /** HTTP status of the last attempt; null when there was no answer. */
  readonly lastStatus: number | null;
}

/** Plans `delivery.dead` for a delivery that died. Undefined when nobody subscribes to it, or it carried an operational event. */
export function planDeliveryDead(loaded: LoadedConfig, dead: DeadDelivery, nowMs: number): PlannedEvents | undefined {
  const { id: deliveryId, deadLetterId, eventId, subscriptionId, endpointId, trigger, passId, reason, lastStatus } = dead;
  if (isOperational(trigger)) return undefined;
  const data = { deliveryId, deadLetterId, eventId, subscriptionId, endpointId, trigger, passId, reason, lastStatus };
  return plan(loaded, { type: 'delivery.dead', occurredAt: new Date(nowMs).toISOString(), data }, nowMs);
}

function plan({ config, matcher }: LoadedConfig, facts: OperationalFacts, nowMs: number): PlannedEvents | undefined {
  const subscriptions = matcher.match(facts.type, null);
  if (subscriptions.length === 0) return undefined;
  const event = { id: newId('event', nowMs), tenantId: config.tenantId, facts };
  return { events: [event], deliveries: subscriptions.map((subscription) => newDelivery(event, subscription)) };
}

function subscriptionsOf({ subscriptions }: TenantConfig, endpoint: EndpointId) {
  return [...subscriptions.values()].filter(({ endpointId }) => endpointId === endpoint);
}
