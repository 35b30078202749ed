import { conflict, notFound, Unavailable } from '../domain/errors.ts';
import type { EndpointId, TenantId } from '../domain/id.ts';
import type { SubscriptionStore } from '../ports/configuration.ts';
import type { EndpointHealthStore } from '../ports/endpoint-health.ts';
import type { EndpointStore } from '../ports/endpoints.ts';
import type { PlannedEvents } from '../ports/events.ts';
import type { Clock, Log } from '../ports/process.ts';
import type { DeliveryQueue } from '../ports/queue.ts';
import type { DeliveryTelemetry } from '../ports/telemetry.ts';
import { offerNew } from './new-deliveries.ts';
import { planEndpointEvent } from './operational-events.ts';
import type { TenantConfigs } from './tenant-configs.ts';

interface SwitchDeps {
  readonly configs: TenantConfigs;
  readonly queue: Pick<DeliveryQueue, 'offer'>;
  readonly clock: Clock;
}

export interface DisableDeps extends SwitchDeps {
  readonly telemetry: Pick<DeliveryTelemetry, 'endpointDisabled'>;
  readonly subscriptions: Pick<SubscriptionStore, 'disableAllOf'>;
}

/**
 * Disables all subscriptions of an endpoint, holds their waiting deliveries and emits `endpoint.disabled`.
 *
 * @throws Problem not_found, Unavailable
 */
export async function disableEndpoint(
  { subscriptions, configs, queue, clock, telemetry }: DisableDeps,
  tenantId: TenantId,
  endpointId: EndpointId,
  reason: 'gone' | 'failing',
): Promise<void> {
  const loaded = await configs.fresh(tenantId);
  let planned: PlannedEvents | undefined;
  const disabled = await subscriptions.disableAllOf(tenantId, endpointId, reason, (ids) => {
    planned = planEndpointEvent(loaded, endpointId, { type: 'endpoint.disabled', reason }, clock(), ids);
    return planned;
  });
  if (disabled.length > 0) telemetry.endpointDisabled({ tenantId, endpointId, reason, subscriptions: disabled });
  if (planned) offerNew(queue, planned.deliveries);
}

export interface PauseDeps extends SwitchDeps {
  readonly endpoints: Pick<EndpointStore, 'find' | 'pause'>;
}

/**
 * Disables the enabled subscriptions of an endpoint until it is enabled, holds their waiting deliveries and emits
 * `endpoint.disabled`.
 *
 * @throws Problem not_found; conflict when none is enabled
 */
export async function pauseEndpoint(
  { endpoints, configs, queue, clock }: PauseDeps,
  tenantId: TenantId,
  endpointId: EndpointId,
  pause: { readonly by: string; readonly reason: string },
): Promise<void> {
  if (!(await endpoints.find(tenantId, endpointId))) throw notFound('endpoint');
  const loaded = await configs.fresh(tenantId);
  let planned: PlannedEvents | undefined;
  const disabled = await endpoints.pause(tenantId, endpointId, pause, (ids) => {
    planned = planEndpointEvent(loaded, endpointId, { type: 'endpoint.disabled', reason: 'paused' }, clock(), ids);
    return planned;
  });
  if (disabled.length === 0) throw conflict('already-disabled', 'None of its subscriptions is enabled.');
  if (planned) offerNew(queue, planned.deliveries);
}

export interface EnableDeps extends SwitchDeps {
  readonly log: Log;
  readonly endpoints: Pick<EndpointStore, 'find' | 'enable'>;
  readonly endpointHealth: Pick<EndpointHealthStore, 'reset'>;
}

/**
 * Gives an endpoint a new start: closes its breaker, enables the subscriptions that were disabled because of it, releases their
 * held deliveries, oldest first, and emits `endpoint.enabled`.
 *
 * @throws Problem not_found, Unavailable
 */
export async function enableEndpoint(
  { endpoints, endpointHealth, configs, queue, clock, log }: EnableDeps,
  tenantId: TenantId,
  endpointId: EndpointId,
): Promise<void> {
  if (!(await endpoints.find(tenantId, endpointId))) throw notFound('endpoint');
  const loaded = await configs.fresh(tenantId);
  try {
    await endpointHealth.reset(endpointId);
  } catch (error) {
    // the breaker lets a probe through by itself within minutes
    if (!(error instanceof Unavailable)) throw error;
    log.warn({ err: error.message, endpointId }, 'could not close the breaker of an enabled endpoint');
  }
  let planned: PlannedEvents | undefined;
  const released = await endpoints.enable(tenantId, endpointId, (ids) => {
    planned = planEndpointEvent(loaded, endpointId, { type: 'endpoint.enabled' }, clock(), ids);
    return planned;
  });
  queue.offer(released);
  if (planned) offerNew(queue, planned.deliveries);
}
