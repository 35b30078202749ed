import { z } from 'zod';
import { removalText } from '../domain/content-removal.ts';
import { invalid } from '../domain/errors.ts';
import type { AcceptedEvent, EventFacts } from '../domain/event.ts';
import { newId, parseId, type TenantId } from '../domain/id.ts';
import { applyInstallation, lacksDevice, lastKnownDevice, touchesInstallations } from '../domain/installations.ts';
import { derivedTriggers } from '../domain/matching.ts';
import { isOperationalEvent } from '../domain/operational-event.ts';
import { readPostedEvent } from '../domain/read-posted-event.ts';
import { sampleEvent, sampleTemplate } from '../domain/sample-event.ts';
import type { Template } from '../domain/template.ts';
import { type TenantConfig, templateNamed } from '../domain/tenant-config.ts';
import type { PassTrigger } from '../domain/trigger.ts';
import type { ConfigSource } from '../ports/configuration.ts';
import type { EventStore } from '../ports/events.ts';
import type { Clock } from '../ports/process.ts';

export interface ChosenEventDeps {
  readonly events: Pick<EventStore, 'find' | 'installations'>;
  readonly configSource: ConfigSource;
  readonly clock: Clock;
}

/** Which event a request names: one of its own, or a past one. */
export const eventChoiceShape = {
  event: z
    .unknown()
    .optional()
    .meta({
      override: { $ref: '#/components/schemas/PostedEvent' },
      description: 'An event, as it is posted. Default: a sample.',
    }),
  eventId: z.string().optional().meta({ description: 'A past event. Default: a sample.' }),
};

export interface EventChoice {
  readonly trigger: PassTrigger;
  readonly event?: unknown;
  readonly eventId?: string | undefined;
}

/** An event as a subscription to the trigger receives it. */
export interface ChosenEvent {
  readonly event: AcceptedEvent;
  readonly template: Template;
}

/**
 * The event that a request names, or a sample. A given event is completed from the installations of its pass as if it were posted now.
 *
 * @param template the subscription's; undefined for all templates
 * @throws Problem invalid
 */
export async function chooseEvent(
  deps: ChosenEventDeps,
  tenantId: TenantId,
  input: EventChoice,
  template: Template | undefined,
): Promise<ChosenEvent> {
  if (input.event !== undefined && input.eventId !== undefined) {
    throw invalid([{ pointer: '/eventId', detail: 'must be left out when there is an event' }]);
  }
  const config = await deps.configSource.load(tenantId);
  if (input.event !== undefined) return givenEvent(deps, tenantId, input, template, config);
  if (input.eventId !== undefined) return pastEvent(deps, tenantId, input.eventId, input.trigger, template, config);
  const sampled = template ?? config?.templates.values().next().value ?? sampleTemplate(tenantId);
  return { event: sampleEvent(sampled, input.trigger, deps.clock()), template: sampled };
}

async function givenEvent(
  { clock, events }: ChosenEventDeps,
  tenantId: TenantId,
  input: EventChoice,
  template: Template | undefined,
  config: TenantConfig | undefined,
): Promise<ChosenEvent> {
  const read = readPostedEvent(input.event, '/event');
  if (read.kind === 'too-large') throw invalid([read.error]);
  if (read.kind === 'invalid') throw invalid(read.errors);
  const shown = template ?? (config && templateNamed(config, read.event.templateId));
  if (!shown) throw invalid([{ pointer: '/event/templateId', detail: 'names no template of this tenant' }]);
  // what an install is derived as when it is the first: a preview of that trigger assumes it is
  const facts: EventFacts = input.trigger === 'pass.first_installed' ? { first: true, ...read.event } : read.event;
  const id = newId('event', clock());
  const event: AcceptedEvent = { id, tenantId, templateId: shown.id, derivedFrom: undefined, facts };
  const completed = await completedEvent(events, event);
  return { event: seenAs(completed, input.trigger, '/event/type'), template: shown };
}

/** The event as it would be stored now: completed from the installations of its pass. */
async function completedEvent(events: Pick<EventStore, 'installations'>, event: AcceptedEvent): Promise<AcceptedEvent> {
  const { tenantId, facts } = event;
  if (!touchesInstallations(facts) && !lacksDevice(facts)) return event;
  const known = await events.installations([{ tenantId, passId: facts.pass.id }]);
  if (lacksDevice(facts)) return { ...event, knownDevice: lastKnownDevice(known) };
  const byInstallId = new Map(known.map((installation) => [installation.installId, installation]));
  return { ...event, facts: applyInstallation(tenantId, facts, byInstallId).facts };
}

async function pastEvent(
  { events }: ChosenEventDeps,
  tenantId: TenantId,
  name: string,
  trigger: PassTrigger,
  template: Template | undefined,
  config: TenantConfig | undefined,
): Promise<ChosenEvent> {
  const id = parseId('event', name);
  const event = id && (await events.find(tenantId, id));
  if (!event || isOperationalEvent(event))
    throw invalid([{ pointer: '/eventId', detail: 'names no pass event of this tenant' }]);
  if (event.removed)
    throw invalid([{ pointer: '/eventId', detail: `names an event whose content ${removalText(event.removed)}` }]);
  const shown = template ?? config?.templates.get(event.templateId) ?? sampleTemplate(tenantId);
  return { event: seenAs(event, trigger, '/eventId'), template: shown };
}

/** The event as a subscription to `trigger` receives it. @throws Problem invalid when it would not receive it */
function seenAs(event: AcceptedEvent, trigger: PassTrigger, pointer: string): AcceptedEvent {
  const { type } = event.facts;
  if (type === trigger) return event;
  if (derivedTriggers(event).includes(trigger)) return { ...event, facts: { ...event.facts, type: trigger } };
  throw invalid([{ pointer, detail: `is ${type}, which a subscription to ${trigger} does not receive` }]);
}
