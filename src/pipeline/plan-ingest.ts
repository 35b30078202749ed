import { dialectNamed } from '../dialects/index.ts';
import type { Limits } from '../domain/endpoint-signal.ts';
import type { AcceptedEvent, EventFacts } from '../domain/event.ts';
import { deliveryId, type EventId, newId, type TemplateId, type TenantId, toId, toUuid } from '../domain/id.ts';
import { applyInstallation, type Installation, touchesInstallations } from '../domain/installations.ts';
import { derivedTriggers } from '../domain/matching.ts';
import { passIdOf, type StoredEvent } from '../domain/operational-event.ts';
import type { Subscription } from '../domain/subscription.ts';
import type { PassTrigger } from '../domain/trigger.ts';
import type { NewDelivery, PassKey } from '../ports/events.ts';
import type { DueDelivery } from '../ports/queue.ts';
import type { LoadedConfig } from './tenant-configs.ts';

/** An event that is new, its template known. */
export interface NewEvent {
  readonly id: EventId;
  readonly tenantId: TenantId;
  readonly templateId: TemplateId;
  readonly loaded: LoadedConfig;
  readonly facts: EventFacts;
}

export interface IngestPlan {
  readonly events: readonly AcceptedEvent[];
  readonly deliveries: readonly NewDelivery[];
}

/** The passes whose installations the events touch, each once, sorted so that intakes lock them in one order. */
export function touchedPasses(events: readonly NewEvent[]): PassKey[] {
  const passes = new Map<string, PassKey>();
  for (const { tenantId, facts } of events) {
    if (touchesInstallations(facts)) passes.set(passKey(tenantId, facts.pass.id), { tenantId, passId: facts.pass.id });
  }
  return [...passes.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pass]) => pass);
}

/** Completes installs and uninstalls from what is known, in the order of the events, and says what is known afterwards. */
export function completeInstallations(
  events: readonly NewEvent[],
  known: readonly Installation[],
): { readonly events: readonly NewEvent[]; readonly changed: readonly Installation[] } {
  const byPass = new Map<string, Map<string, Installation>>();
  const ofPass = (tenantId: TenantId, passId: string): Map<string, Installation> => {
    const key = passKey(tenantId, passId);
    const found = byPass.get(key) ?? new Map<string, Installation>();
    byPass.set(key, found);
    return found;
  };
  for (const installation of known) {
    ofPass(installation.tenantId, installation.passId).set(installation.installId, installation);
  }
  const changed = new Map<string, Installation>();
  const completed = events.map((event) => {
    if (!touchesInstallations(event.facts)) return event;
    const installations = ofPass(event.tenantId, event.facts.pass.id);
    const { facts, installation } = applyInstallation(event.tenantId, event.facts, installations);
    installations.set(installation.installId, installation);
    changed.set(JSON.stringify([event.tenantId, installation.passId, installation.installId]), installation);
    return { ...event, facts };
  });
  return { events: completed, changed: [...changed.values()] };
}

/** Every event to store, derived ones included, and a delivery for each subscription it matches. */
export function planIngest(events: readonly NewEvent[], nowMs: number): IngestPlan {
  const accepted: AcceptedEvent[] = [];
  const deliveries: NewDelivery[] = [];
  for (const { id, tenantId, templateId, loaded, facts } of events) {
    const event: AcceptedEvent = { id, tenantId, templateId, derivedFrom: undefined, facts };
    accepted.push(event);
    deliveries.push(...deliveriesOf(event, event.facts.type, loaded, nowMs));
    for (const trigger of derivedTriggers(event)) {
      const derived = deriveEvent(event, trigger, nowMs);
      const wanted = deliveriesOf(derived, trigger, loaded, nowMs);
      // the first install of a pass is a fact of its own; a tap only repeats its scan, for those who still want it
      if (wanted.length > 0 || trigger === 'pass.first_installed') accepted.push(derived);
      deliveries.push(...wanted);
    }
  }
  return { events: accepted, deliveries };
}

function deriveEvent(event: AcceptedEvent, trigger: PassTrigger, nowMs: number): AcceptedEvent {
  const { id: _producersOwn, ...facts } = event.facts;
  return { ...event, id: newId('event', nowMs), derivedFrom: event.id, facts: { ...facts, type: trigger } };
}

function deliveriesOf(event: AcceptedEvent, trigger: PassTrigger, loaded: LoadedConfig, nowMs: number): NewDelivery[] {
  return loaded.matcher
    .match(trigger, event.templateId)
    .filter((subscription) => isWindowOpen(loaded, subscription, nowMs))
    .map((subscription) => newDelivery(event, subscription));
}

/** Some dialects' subscriptions have a window of time; outside it they match nothing. */
function isWindowOpen({ config }: LoadedConfig, { integrationId, options }: Subscription, atMs: number): boolean {
  const integration = config.integrations.get(integrationId);
  return integration !== undefined && (dialectNamed(integration.dialect).isActive?.(options, atMs) ?? true);
}

/** The first delivery of an event to a subscription; of a disabled one it is held, nothing is skipped in silence. */
export function newDelivery(event: StoredEvent, subscription: Subscription): NewDelivery {
  const id = deliveryId(event.id, subscription.id);
  return {
    id,
    tenantId: event.tenantId,
    eventId: event.id,
    subscriptionId: subscription.id,
    endpointId: subscription.endpointId,
    trigger: subscription.trigger,
    passId: passIdOf(event),
    state: subscription.disabled ? 'held' : 'pending',
    ordered: subscription.ordering === 'pass',
    sequence: undefined,
    messageId: toId('message', toUuid(id)),
    replayOf: undefined,
    test: false,
  };
}

/** The first attempt of a new delivery, due now. */
export function asDue({ id, tenantId, endpointId }: NewDelivery, limits?: Limits): DueDelivery {
  return { deliveryId: id, tenantId, endpointId, attempt: 1, delayMs: 0, limits };
}

function passKey(tenantId: TenantId, passId: string): string {
  return `${tenantId} ${passId}`;
}
