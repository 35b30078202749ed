import { windowOf } from '../dialects/dialect.ts';
import { dialectNamed } from '../dialects/index.ts';
import { type CompiledFilter, compileFilter, filteredEvent } from '../domain/evaluate-filter.ts';
import type { AcceptedEvent } from '../domain/event.ts';
import type { Filter } from '../domain/filter.ts';
import { type EventId, newId, type TemplateId } from '../domain/id.ts';
import { derivedTriggers } from '../domain/matching.ts';
import type { Subscription } from '../domain/subscription.ts';
import { isWithin } from '../domain/time-window.ts';
import type { PassTrigger } from '../domain/trigger.ts';
import type { UndeliveredReason } from '../domain/undelivered.ts';
import type { NewDelivery } from '../ports/events.ts';
import { newDelivery } from './new-deliveries.ts';
import type { LoadedConfig, LoadedConfigs } from './tenant-configs.ts';

export interface IngestPlan {
  readonly events: readonly AcceptedEvent[];
  readonly deliveries: readonly NewDelivery[];
  /** The posted events that a filter keeps out, once for each subscription. */
  readonly filteredOut: readonly EventId[];
}

/** Plans the storage of new events: each with the events derived from it, and a delivery for each subscription it matches. */
export function planIngest(events: readonly AcceptedEvent[], configs: LoadedConfigs, nowMs: number): IngestPlan {
  const planned: AcceptedEvent[] = [];
  const deliveries: NewDelivery[] = [];
  const filteredOut: EventId[] = [];
  const plan = (event: AcceptedEvent, trigger: PassTrigger, isStoredAnyway: boolean): void => {
    const loaded = configs.get(event.tenantId);
    if (!loaded) throw new Error(`no configuration is loaded for ${event.tenantId}`);
    const matching = wantedBy(loaded, trigger, event.templateId);
    const wanted = passing(matching, event);
    for (let left = matching.length - wanted.length; left > 0; left--) filteredOut.push(event.derivedFrom ?? event.id);
    for (const subscription of wanted) deliveries.push(newDelivery(event, subscription));
    if (wanted.length > 0) planned.push(event);
    else if (isStoredAnyway)
      planned.push({
        ...event,
        undelivered: matching.length > 0 ? 'filtered' : whyUndelivered(loaded, trigger, event.templateId),
      });
  };
  for (const event of events) {
    plan(event, event.facts.type, true);
    for (const trigger of derivedTriggers(event)) {
      // the first install of a pass is a fact of its own; a tap only repeats its scan, for the subscriptions that still want it
      plan(deriveEvent(event, trigger, nowMs), trigger, trigger === 'pass.first_installed');
    }
  }
  return { events: planned, deliveries, filteredOut };
}

function deriveEvent(event: AcceptedEvent, trigger: PassTrigger, nowMs: number): AcceptedEvent {
  const { id: _producersOwn, ...facts } = event.facts;
  return { ...event, id: newId('event', nowMs), derivedFrom: event.id, facts: { ...facts, type: trigger } };
}

/** The subscriptions that match an event of this trigger now; their filters may keep it out. */
export function wantedBy(loaded: LoadedConfig, trigger: PassTrigger, templateId: TemplateId): readonly Subscription[] {
  return loaded.matcher.match(trigger, templateId).filter((subscription) => isWindowOpen(loaded, subscription));
}

/** Whether a subscription would get this event if it were accepted now. */
export function isWanted(loaded: LoadedConfig, { id }: Pick<Subscription, 'id'>, event: AcceptedEvent): boolean {
  const matching = wantedBy(loaded, event.facts.type, event.templateId).filter((subscription) => subscription.id === id);
  return passing(matching, event).length > 0;
}

/** Those of the subscriptions whose filters an event passes. */
function passing(matching: readonly Subscription[], event: AcceptedEvent): readonly Subscription[] {
  if (matching.every(({ filter }) => filter === null)) return matching;
  const seen = filteredEvent(event.facts);
  return matching.filter(({ filter }) => filter === null || compiled(filter)(seen));
}

const compiledFilters = new WeakMap<Filter, CompiledFilter>();

/** A new version of a subscription is a new object, and so is its filter. */
function compiled(filter: Filter): CompiledFilter {
  const known = compiledFilters.get(filter) ?? compileFilter(filter);
  compiledFilters.set(filter, known);
  return known;
}

/** In some dialects a subscription has a time window; outside it, it matches nothing. */
function isWindowOpen({ config, storeTimeMs }: LoadedConfig, { integrationId, options }: Subscription): boolean {
  const integration = config.integrations.get(integrationId);
  return integration !== undefined && isWithin(windowOf(dialectNamed(integration.dialect), options), storeTimeMs());
}

function whyUndelivered({ matcher }: LoadedConfig, trigger: PassTrigger, templateId: TemplateId): UndeliveredReason {
  if (!matcher.has(trigger)) return 'no-subscription';
  return matcher.match(trigger, templateId).length > 0 ? 'outside-window' : 'filtered';
}

/** How many deliveries each posted event makes, with those of the events derived from it. */
export function deliveriesByEvent({ events, deliveries }: IngestPlan): ReadonlyMap<EventId, number> {
  const posted = new Map(events.flatMap(({ id, derivedFrom }) => (derivedFrom ? [[id, derivedFrom] as const] : [])));
  const counts = new Map<EventId, number>();
  for (const { eventId } of deliveries) {
    const id = posted.get(eventId) ?? eventId;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}
