import type { Attempt } from '../domain/delivery.ts';
import { type DeadLetterId, type EndpointId, newId, type SubscriptionId } from '../domain/id.ts';
import type { OperationalFacts } from '../domain/operational-event.ts';
import type { TenantConfig } from '../domain/tenant-config.ts';
import { isOperational } from '../domain/trigger.ts';
import type { ClaimedDelivery } from '../ports/claims.ts';
import type { Announcement } from '../ports/events.ts';
import { newDelivery } from './plan-ingest.ts';
import type { LoadedConfig } from './tenant-configs.ts';

/** The operational event that says `notice`, with a delivery for each of its subscriptions; undefined when it has none. */
function announce({ config, matcher }: LoadedConfig, notice: OperationalFacts, nowMs: number): Announcement | undefined {
  const subscriptions = matcher.match(notice.type, null);
  if (subscriptions.length === 0) return undefined;
  const event = { id: newId('event', nowMs), tenantId: config.tenantId, notice };
  return { event, deliveries: subscriptions.map((subscription) => newDelivery(event, subscription)) };
}

type EndpointSaid =
  | { readonly type: 'endpoint.failing'; readonly failingSince: string }
  | { readonly type: 'endpoint.recovered' | 'endpoint.enabled' }
  | { readonly type: 'endpoint.disabled'; readonly reason: 'gone' | 'failing' };

/**
 * What is said of an endpoint. Nothing of one that gets only operational events: they would never cause others.
 *
 * @param subscriptionIds those it is about; all of the endpoint's when it is about none of them in particular
 */
export function announceEndpoint(
  loaded: LoadedConfig,
  endpointId: EndpointId,
  { type, ...more }: EndpointSaid,
  nowMs: number,
  subscriptionIds?: readonly SubscriptionId[],
): Announcement | undefined {
  const endpoint = loaded.config.endpoints.get(endpointId);
  const own = subscriptionsOf(loaded.config, endpointId);
  if (!endpoint || own.every(({ trigger }) => isOperational(trigger))) return undefined;
  const { url, integrationId } = endpoint;
  const data = { endpointId, url, integrationId, subscriptionIds: subscriptionIds ?? own.map(({ id }) => id), ...more };
  return announce(loaded, { type, occurredAt: new Date(nowMs).toISOString(), data } as OperationalFacts, nowMs);
}

/** That a delivery died; nothing of one that carried an operational event. */
export function announceDeath(
  loaded: LoadedConfig,
  { id: deliveryId, eventId, subscriptionId, endpointId, trigger, passId }: ClaimedDelivery,
  { outcome }: Attempt,
  reason: string,
  deadLetterId: DeadLetterId,
  nowMs: number,
): Announcement | undefined {
  if (isOperational(trigger)) return undefined;
  const lastStatus = outcome.kind === 'response' ? outcome.status : null;
  const about = { deliveryId, deadLetterId, eventId, subscriptionId, endpointId, trigger, passId, reason, lastStatus };
  return announce(loaded, { type: 'delivery.dead', occurredAt: new Date(nowMs).toISOString(), data: about }, nowMs);
}

function subscriptionsOf({ subscriptions }: TenantConfig, endpoint: EndpointId) {
  return [...subscriptions.values()].filter(({ endpointId }) => endpointId === endpoint);
}
