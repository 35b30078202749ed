import { type Composer, createComposer } from '../dialects/compose-request.ts';
import { Unbuildable } from '../dialects/dialect.ts';
import type { OutgoingRequest } from '../domain/attempt.ts';
import type { Delivery } from '../domain/delivery.ts';
import { contentRemoved } from '../domain/delivery-actions.ts';
import { conflict, notFound, Problem } from '../domain/errors.ts';
import type { DeliveryId, TenantId } from '../domain/id.ts';
import { MappingCollision } from '../domain/mapping.ts';
import { isOperationalEvent } from '../domain/operational-event.ts';
import type { SecretBox } from '../domain/secret-box.ts';
import type { DeliveryStore } from '../ports/deliveries.ts';
import type { EventStore } from '../ports/events.ts';
import type { Clock } from '../ports/process.ts';
import type { LoadedConfig, TenantConfigs } from './tenant-configs.ts';

export interface ComposeDeliveryDeps {
  readonly deliveries: Pick<DeliveryStore, 'find' | 'body'>;
  readonly events: Pick<EventStore, 'find'>;
  readonly configs: Pick<TenantConfigs, 'fresh'>;
  readonly box: SecretBox;
  readonly clock: Clock;
}

export interface ComposedDelivery {
  /** Values of extra headers are blanked: they may be credentials. */
  readonly request: OutgoingRequest;
  /** The names of the headers whose values are blanked. */
  readonly blanked: readonly string[];
}

/**
 * Composes the request of a delivery as an attempt would send it now: the bytes that were sent before, or that the first attempt
 * would build, under its `webhook-id`, with timestamp and signatures of now. Sends and changes nothing, whatever its state.
 *
 * @throws Problem not_found; conflict when its subscription, event, template or content is gone, or a secret cannot be opened; invalid when
 *   the body cannot be built
 */
export async function composeDelivery(
  deps: ComposeDeliveryDeps,
  tenantId: TenantId,
  id: DeliveryId,
): Promise<ComposedDelivery> {
  const delivery = await deps.deliveries.find(tenantId, id);
  if (!delivery) throw notFound('delivery');
  if (delivery.removed) throw conflict('content-removed', contentRemoved(delivery.removed).detail);
  const loaded = await deps.configs.fresh(tenantId);
  const composer = composerOf(deps, loaded, delivery);
  const body = (await deps.deliveries.body(tenantId, id)) ?? (await buildBody(deps, loaded, composer, delivery));
  const whole = composer.request(body, delivery.messageId, deps.clock(), delivery.test);
  const headers = composer.redacted(whole.headers, false);
  const blanked = Object.keys(headers).filter((name) => headers[name] !== whole.headers[name]);
  return { request: { ...whole, headers }, blanked };
}

function composerOf({ box }: ComposeDeliveryDeps, { config, storeTimeMs }: LoadedConfig, delivery: Delivery): Composer {
  const subscription = config.subscriptions.get(delivery.subscriptionId);
  const integration = subscription && config.integrations.get(subscription.integrationId);
  if (!integration) throw conflict('subscription-gone', 'The subscription was deleted, and with it what signs.');
  const secrets = config.secrets.get(integration.id) ?? [];
  const composer = createComposer({ integration, secrets, subscription, box, storeTimeMs });
  if (composer.unreadable === undefined) return composer;
  throw conflict('secret-unreadable', `Nothing can be signed: ${composer.unreadable}.`);
}

async function buildBody(
  { events }: ComposeDeliveryDeps,
  { config }: LoadedConfig,
  composer: Composer,
  { tenantId, eventId }: Delivery,
): Promise<string> {
  const event = await events.find(tenantId, eventId);
  if (!event) throw conflict('event-gone', 'The event is no longer stored, and no attempt has built the body.');
  try {
    if (isOperationalEvent(event)) return composer.buildOperationalBody(event);
    const template = config.templates.get(event.templateId);
    if (!template) throw conflict('no-template', 'The template of the event was deleted.');
    return composer.buildBody(event, template);
  } catch (error) {
    if (!(error instanceof Unbuildable || error instanceof MappingCollision)) throw error;
    throw new Problem('invalid', 'unbuildable', `The body cannot be built: ${error.message}`);
  }
}
