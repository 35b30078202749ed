import type { Attempt } from '../domain/attempt.ts';
import { type DeadLetterId, type EndpointId, newId, type SubscriptionId } from '../domain/id.ts';
import type { OperationalFacts } from '../domain/operational-event.ts';
import type { TenantConfig } from '../domain/tenant-config.ts';
import { isOperational } from '../domain/trigger.ts';
import type { ClaimedDelivery } from '../ports/claims.ts';
import type { PlannedEvents } from '../ports/events.ts';
import { newDelivery } from './new-deliveries.ts';
import type { LoadedConfig } from './tenant-configs.ts';

type EndpointChange =
  | { readonly type: 'endpoint.failing'; readonly failingSince: string }
  | { readonly type: 'endpoint.recovered' | 'endpoint.enabled' }
  | { readonly type: 'endpoint.disabled'; readonly reason: 'gone' | 'failing' };

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

/** Plans `delivery.dead` for a delivery that died. Undefined when nobody subscribes to it, or it carried an operational event. */
export function planDeliveryDead(
  loaded: LoadedConfig,
  { id: deliveryId, eventId, subscriptionId, endpointId, trigger, passId }: ClaimedDelivery,
  { outcome }: Attempt,
  reason: string,
  deadLetterId: DeadLetterId,
  nowMs: number,
): PlannedEvents | undefined {
  if (isOperational(trigger)) return undefined;
  const lastStatus = outcome.kind === 'response' ? outcome.status : null;
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
