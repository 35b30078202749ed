import { notFound, Unavailable } from '../domain/errors.ts';
import type { EndpointId, TenantId } from '../domain/id.ts';
import type { SubscriptionStore } from '../ports/configuration.ts';
import type { EndpointHealthStore } from '../ports/endpoint-health.ts';
import type { EndpointStore } from '../ports/endpoints.ts';
import type { Announcement } from '../ports/events.ts';
import type { Clock, Log } from '../ports/process.ts';
import type { DeliveryQueue } from '../ports/queue.ts';
import { announceEndpoint } from './operational-events.ts';
import { asDue } from './plan-ingest.ts';
import type { TenantConfigs } from './tenant-configs.ts';

interface SwitchDeps {
  readonly configs: TenantConfigs;
  readonly queue: DeliveryQueue;
  readonly clock: Clock;
  readonly log: Log;
}

export interface DisableDeps extends SwitchDeps {
  readonly subscriptions: SubscriptionStore;
}

/** Disables all subscriptions of an endpoint, holds what waits for it, and says so. @throws Problem not_found, Unavailable */
export async function disableEndpoint(
  { subscriptions, configs, queue, clock, log }: DisableDeps,
  tenantId: TenantId,
  endpointId: EndpointId,
  reason: 'gone' | 'failing',
): Promise<void> {
  const loaded = await configs.fresh(tenantId);
  let said: Announcement | undefined;
  const disabled = await subscriptions.disableAllOf(tenantId, endpointId, reason, (ids) => {
    said = announceEndpoint(loaded, endpointId, { type: 'endpoint.disabled', reason }, clock(), ids);
    return said;
  });
  if (disabled.length > 0) log.warn({ tenantId, endpointId, disabled, reason }, 'an endpoint was disabled');
  if (said) offerAnnounced(queue, said);
}

export interface EnableDeps extends SwitchDeps {
  readonly endpoints: EndpointStore;
  readonly healths: EndpointHealthStore;
}

/**
 * Gives an endpoint a new start: closes its breaker, enables what was disabled because of it and releases what was held, oldest
 * first, and says so.
 *
 * @throws Problem not_found, Unavailable
 */
export async function enableEndpoint(
  { endpoints, healths, configs, queue, clock, log }: EnableDeps,
  tenantId: TenantId,
  endpointId: EndpointId,
): Promise<void> {
  if (!(await endpoints.find(tenantId, endpointId))) throw notFound('endpoint');
  const loaded = await configs.fresh(tenantId);
  try {
    await healths.reset(endpointId);
  } catch (error) {
    // its breaker lets a probe through in some minutes by itself
    if (!(error instanceof Unavailable)) throw error;
    log.warn({ err: error.message, endpointId }, 'the breaker of an enabled endpoint could not be closed');
  }
  let said: Announcement | undefined;
  const released = await endpoints.enable(tenantId, endpointId, (ids) => {
    said = announceEndpoint(loaded, endpointId, { type: 'endpoint.enabled' }, clock(), ids);
    return said;
  });
  queue.offer(released);
  if (said) offerAnnounced(queue, said);
}

export function offerAnnounced(queue: Pick<DeliveryQueue, 'offer'>, { deliveries }: Announcement): void {
  const due = deliveries.filter(({ state }) => state === 'pending').map((delivery) => asDue(delivery));
  if (due.length > 0) queue.offer(due);
}
