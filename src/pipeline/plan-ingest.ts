import { windowOf } from '../dialects/dialect.ts';
import { dialectNamed } from '../dialects/index.ts';
import type { AcceptedEvent } from '../domain/event.ts';
import { newId } from '../domain/id.ts';
import { derivedTriggers } from '../domain/matching.ts';
import type { Subscription } from '../domain/subscription.ts';
import { isWithin } from '../domain/time-window.ts';
import type { PassTrigger } from '../domain/trigger.ts';
import type { NewDelivery } from '../ports/events.ts';
import { newDelivery } from './new-deliveries.ts';
import type { LoadedConfig, LoadedConfigs } from './tenant-configs.ts';

export interface IngestPlan {
  readonly events: readonly AcceptedEvent[];
  readonly deliveries: readonly NewDelivery[];
}

/** Plans the storage of new events: each with the events derived from it, and a delivery for each subscription it matches. */
export function planIngest(events: readonly AcceptedEvent[], configs: LoadedConfigs, nowMs: number): IngestPlan {
  const planned: AcceptedEvent[] = [];
  const deliveries: NewDelivery[] = [];
  for (const event of events) {
    const loaded = configs.get(event.tenantId);
    if (!loaded) throw new Error(`no configuration is loaded for ${event.tenantId}`);
    planned.push(event);
    deliveries.push(...deliveriesOf(event, event.facts.type, loaded));
    for (const trigger of derivedTriggers(event)) {
      const derived = deriveEvent(event, trigger, nowMs);
      const wanted = deliveriesOf(derived, trigger, loaded);
      // the first install of a pass is a fact of its own; a tap only repeats its scan, for the subscriptions that still want it
      if (wanted.length > 0 || trigger === 'pass.first_installed') planned.push(derived);
      deliveries.push(...wanted);
    }
  }
  return { events: planned, deliveries };
}

function deriveEvent(event: AcceptedEvent, trigger: PassTrigger, nowMs: number): AcceptedEvent {
  const { id: _producersOwn, ...facts } = event.facts;
  return { ...event, id: newId('event', nowMs), derivedFrom: event.id, facts: { ...facts, type: trigger } };
}

function deliveriesOf(event: AcceptedEvent, trigger: PassTrigger, loaded: LoadedConfig): NewDelivery[] {
  return loaded.matcher
    .match(trigger, event.templateId)
    .filter((subscription) => isWindowOpen(loaded, subscription))
    .map((subscription) => newDelivery(event, subscription));
}

/** In some dialects a subscription has a time window; outside it, it matches nothing. */
function isWindowOpen({ config, storeTimeMs }: LoadedConfig, { integrationId, options }: Subscription): boolean {
  const integration = config.integrations.get(integrationId);
  return integration !== undefined && isWithin(windowOf(dialectNamed(integration.dialect), options), storeTimeMs());
}
