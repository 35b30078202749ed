import { z } from 'zod';
import { previewRequest } from '../dialects/compose-request.ts';
import { Unbuildable } from '../dialects/dialect.ts';
import { subscriptionOptionsSchema } from '../dialects/options.ts';
import type { OutgoingRequest } from '../domain/attempt.ts';
import { invalid } from '../domain/errors.ts';
import { explainFilter, filteredEvent } from '../domain/evaluate-filter.ts';
import type { AcceptedEvent, EventFacts } from '../domain/event.ts';
import { newId, parseId, type TenantId } from '../domain/id.ts';
import { applyInstallation, lacksDevice, lastKnownDevice, touchesInstallations } from '../domain/installations.ts';
import type { FieldError } from '../domain/json.ts';
import { type Mapping, MappingCollision } from '../domain/mapping.ts';
import { derivedTriggers } from '../domain/matching.ts';
import { isOperationalEvent } from '../domain/operational-event.ts';
import { readPostedEvent } from '../domain/read-posted-event.ts';
import { sampleEvent, sampleTemplate } from '../domain/sample-event.ts';
import type { SecretBox } from '../domain/secret-box.ts';
import { subscriptionInputSchema } from '../domain/subscription.ts';
import type { Template } from '../domain/template.ts';
import { type TenantConfig, templateNamed } from '../domain/tenant-config.ts';
import { PASS_TRIGGERS, type PassTrigger } from '../domain/trigger.ts';
import type { ConfigSource, IntegrationStore } from '../ports/configuration.ts';
import type { EventStore } from '../ports/events.ts';
import type { Clock } from '../ports/process.ts';
import type { UrlChecker } from '../ports/sending.ts';
import {
  allFields,
  checkDraft,
  checkKnownFields,
  checkUrl,
  checkUrlLength,
  findParts,
  type PartDeps,
} from './subscription-rules.ts';

export interface PreviewDeps extends PartDeps {
  readonly integrations: Pick<IntegrationStore, 'find' | 'secrets'>;
  readonly events: Pick<EventStore, 'find' | 'installations'>;
  readonly configSource: ConfigSource;
  readonly urls: UrlChecker;
  readonly box: SecretBox;
  readonly clock: Clock;
}

const NO_MAPPING: Mapping = { rename: {}, remove: [] };
const EXAMPLE_URL = 'https://example.com/';

export const previewInputSchema = subscriptionInputSchema
  .omit({ ordering: true, enabled: true, whileDisabled: true, onGone: true })
  .extend({
    options: subscriptionOptionsSchema.default({}),
    trigger: z.enum(PASS_TRIGGERS).meta({ description: 'The trigger. The dialect of the integration must have it.' }),
    url: subscriptionInputSchema.shape.url
      .default(EXAMPLE_URL)
      .meta({ description: 'The endpoint; nothing is sent to it.' }),
    knownFields: z
      .array(z.string())
      .max(500)
      .optional()
      .meta({ description: "Keys of the template fields that are sent. Default: all of the template's." }),
    event: z
      .unknown()
      .optional()
      .meta({
        override: { $ref: '#/components/schemas/PostedEvent' },
        description: 'An event to render. Default: a sample.',
      }),
    eventId: z.string().optional().meta({ description: 'A past event to render. Default: a sample.' }),
  });
export type PreviewInput = z.infer<typeof previewInputSchema>;

export interface Preview extends OutgoingRequest {
  /** The body without the mapping. */
  readonly unmappedBody: string;
  readonly warnings: readonly FieldError[];
  /** Why the filter keeps the event out; undefined when it is sent. */
  readonly filteredOut: string | undefined;
}

/**
 * Renders a sample, a given or a past event as a subscription would send it; stores and sends nothing. A given event is completed
 * from the installations of its pass as if it were posted now.
 *
 * @throws Problem invalid, also when the dialect cannot express the event
 */
export async function preview(deps: PreviewDeps, tenantId: TenantId, input: PreviewInput, signed = true): Promise<Preview> {
  const { trigger, url, mapping } = input;
  const { integration, template } = await findParts(deps, tenantId, input);
  if (input.knownFields) checkKnownFields(template, input.knownFields);
  const knownFields = input.knownFields ?? allFields(template);
  const { options, warnings } = checkDraft({
    integration,
    template,
    trigger,
    mapping,
    options: input.options,
    knownFields,
    filter: input.filter,
  });
  checkUrlLength(integration, url);
  const urlWarnings = url === EXAMPLE_URL ? [] : await checkUrl(deps.urls, url);
  const rendered = await eventToRender(deps, tenantId, input, template);
  const secrets = await deps.integrations.secrets(tenantId, integration.id);
  const nowMs = deps.clock();
  try {
    const messageId = newId('message', nowMs);
    const withMapping = (applied: Mapping) =>
      previewRequest({
        integration,
        secrets,
        box: deps.box,
        ...rendered,
        subscription: { trigger, url, mapping: applied, options, knownFields },
        messageId,
        nowMs,
        signed,
      });
    const request = withMapping(mapping);
    const { body: unmappedBody } = withMapping(NO_MAPPING);
    const filteredOut = input.filter ? explainFilter(input.filter, filteredEvent(rendered.event.facts)) : undefined;
    return { ...request, unmappedBody, warnings: [...urlWarnings, ...warnings], filteredOut };
  } catch (error) {
    if (!(error instanceof Unbuildable || error instanceof MappingCollision)) throw error;
    const pointer = input.eventId === undefined ? '/event' : '/eventId';
    throw invalid([{ pointer, detail: `cannot be rendered: ${error.message}` }], 'unbuildable');
  }
}

interface Rendered {
  readonly event: AcceptedEvent;
  readonly template: Template;
}

async function eventToRender(
  deps: PreviewDeps,
  tenantId: TenantId,
  input: PreviewInput,
  template: Template | undefined,
): Promise<Rendered> {
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
  { clock, events }: PreviewDeps,
  tenantId: TenantId,
  input: PreviewInput,
  template: Template | undefined,
  config: TenantConfig | undefined,
): Promise<Rendered> {
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
  { events }: PreviewDeps,
  tenantId: TenantId,
  name: string,
  trigger: PassTrigger,
  template: Template | undefined,
  config: TenantConfig | undefined,
): Promise<Rendered> {
  const id = parseId('event', name);
  const event = id && (await events.find(tenantId, id));
  if (!event || isOperationalEvent(event))
    throw invalid([{ pointer: '/eventId', detail: 'names no pass event of this tenant' }]);
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
