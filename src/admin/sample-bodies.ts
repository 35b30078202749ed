import { createComposer } from '../dialects/compose-request.ts';
import { Unbuildable } from '../dialects/dialect.ts';
import { dialectNamed } from '../dialects/index.ts';
import { invalid } from '../domain/errors.ts';
import type { AcceptedEvent } from '../domain/event.ts';
import { newId } from '../domain/id.ts';
import type { DialectName, Integration } from '../domain/integration.ts';
import { derivedTriggers } from '../domain/matching.ts';
import { isOperationalEvent } from '../domain/operational-event.ts';
import { sampleEvent, sampleTemplate } from '../domain/sample-event.ts';
import type { SecretBox } from '../domain/secret-box.ts';
import type { Template } from '../domain/template.ts';
import type { TenantConfig } from '../domain/tenant-config.ts';
import type { PassTrigger } from '../domain/trigger.ts';
import type { EventStore } from '../ports/events.ts';
import type { Clock } from '../ports/process.ts';
import { allFields } from './subscription-rules.ts';

export interface SampleDeps {
  readonly events: Pick<EventStore, 'list'>;
  readonly box: SecretBox;
  readonly clock: Clock;
}

export interface SampledBody {
  readonly trigger: PassTrigger;
  /** Undefined: all templates. */
  readonly template: Template | undefined;
  readonly dialect: DialectName;
  /** As the dialect's schema gave them. Undefined: its samples. */
  readonly options: object | undefined;
}

/** An install is stored once, and is a first one by its facts. */
const POSTED_AS: Readonly<Partial<Record<PassTrigger, PassTrigger>>> = { 'pass.first_installed': 'pass.installed' };
const LOOKED_AT = 20;

/**
 * The bodies of a tenant's recent events as a subscription without a mapping receives them, newest first; without any, that of a
 * sample event. For those who need a body before there is a subscription.
 *
 * @throws Problem invalid when the dialect lacks the trigger, or cannot express the sample
 */
export async function sampleBodies(
  deps: SampleDeps,
  config: TenantConfig,
  wanted: SampledBody,
  most: number,
): Promise<string[]> {
  const { trigger, template } = wanted;
  const dialect = dialectNamed(wanted.dialect);
  if (dialect.eventNames[trigger] === undefined) {
    const triggers = Object.keys(dialect.eventNames).join(', ');
    throw invalid([{ pointer: '/trigger', detail: `is not a trigger of ${wanted.dialect}; it has ${triggers}` }]);
  }
  const filter = {
    type: POSTED_AS[trigger] ?? trigger,
    template: template && { id: template.id },
    withFacts: true,
  } as const;
  const { data } = await deps.events.list(config.tenantId, filter, { limit: LOOKED_AT, cursor: undefined });
  const recent = data.flatMap((event) => {
    const seen = isOperationalEvent(event) ? undefined : seenAs(event, trigger);
    const shown = seen && config.templates.get(seen.templateId);
    return seen && shown ? (build(deps, config, wanted, seen, shown) ?? []) : [];
  });
  if (recent.length > 0) return recent.slice(0, most);
  const sampled = template ?? config.templates.values().next().value ?? sampleTemplate(config.tenantId);
  const sample = build(deps, config, wanted, sampleEvent(sampled, trigger, deps.clock()), sampled);
  if (sample === undefined)
    throw invalid([{ pointer: '/trigger', detail: 'has no sample in this dialect' }], 'unbuildable');
  return [sample];
}

function seenAs(event: AcceptedEvent, trigger: PassTrigger): AcceptedEvent | undefined {
  if (event.facts.type === trigger) return event;
  return derivedTriggers(event).includes(trigger) ? { ...event, facts: { ...event.facts, type: trigger } } : undefined;
}

/** Undefined when the dialect cannot express the event. */
function build(
  { box }: SampleDeps,
  { tenantId }: TenantConfig,
  { dialect: name, options, trigger }: SampledBody,
  event: AcceptedEvent,
  template: Template,
): string | undefined {
  const dialect = dialectNamed(name);
  const at = new Date(0);
  const integration: Integration = {
    id: newId('integration', 0),
    tenantId,
    name: dialect.label,
    dialect: name,
    options: options ?? dialect.options.parse(dialect.sampleOptions ?? {}),
    headers: undefined,
    policy: {},
    limits: {},
    signature: null,
    version: 1,
    createdAt: at,
    updatedAt: at,
  };
  const subscription = {
    trigger,
    url: '',
    mapping: { rename: {}, remove: [] },
    options: dialect.subscriptionOptions.parse({}),
    knownFields: allFields(template),
  };
  try {
    return createComposer({ integration, secrets: [], subscription, box }).buildBody(event, template);
  } catch (error) {
    if (error instanceof Unbuildable) return undefined;
    throw error;
  }
}
