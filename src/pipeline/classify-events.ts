import { createHash } from 'node:crypto';
import type { AcceptedEvent, PostedEvent } from '../domain/event.ts';
import { type EventId, newId, type TemplateId, type TenantId } from '../domain/id.ts';
import type { FieldError } from '../domain/json.ts';
import type { PostedItem } from '../domain/read-posted-event.ts';
import { limitedSuggest, type Suggest } from '../domain/suggest.ts';
import { templateNamed } from '../domain/tenant-config.ts';
import type { EventKey, EventKeyOwner, Reserved } from '../ports/events.ts';
import type { LoadedConfigs } from './tenant-configs.ts';

export const REFUSAL_CODES = [
  'invalid-input',
  'too-large',
  'tenant-required',
  'not-found',
  'unknown-template',
  'id-reused',
  'too-many-deliveries',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

export interface AcceptedResult {
  readonly kind: 'accepted';
  readonly id: EventId;
  readonly duplicate: boolean;
  /** How many it leads to, with those of the events derived from it; undefined for a duplicate. */
  readonly deliveries: number | undefined;
}

export interface RefusedResult {
  readonly kind: 'refused';
  readonly code: RefusalCode;
  readonly errors: readonly FieldError[];
}

/** The result for one posted event. */
export type EventResult = AcceptedResult | RefusedResult;

/** A posted event before it is stored, with the id it gets if it is new. */
export interface IncomingEvent {
  readonly tenantId: TenantId;
  readonly posted: PostedEvent;
  readonly eventId: EventId;
  /** Undefined when the producer gave it no id. */
  readonly key: EventKey | undefined;
}

/** A valid event, to be stored unless its key turns out to be taken. */
export interface Candidate {
  readonly event: AcceptedEvent;
  readonly key: EventKey | undefined;
}

export interface ClassifiedEvents {
  readonly incoming: readonly IncomingEvent[];
  readonly candidates: readonly Candidate[];
  /** The keys of the candidates, sorted: transactions that take keys in one order cannot deadlock. */
  readonly keys: readonly EventKey[];
}

export function incomingEvent(tenantId: TenantId, { event: posted, text }: PostedItem, nowMs: number): IncomingEvent {
  const eventId = newId('event', nowMs);
  const producerId = posted.id;
  if (producerId === undefined) return { tenantId, posted, eventId, key: undefined };
  const bodyHash = createHash('sha256').update(text).digest();
  return { tenantId, posted, eventId, key: { tenantId, producerId, eventId, bodyHash } };
}

/**
 * Separates the events that can be stored from those with an unknown template and repeats of an id within the group. Events of
 * tenants without a configuration are left out.
 */
export function classify(all: readonly IncomingEvent[], configs: LoadedConfigs): ClassifiedEvents {
  const incoming = all.filter(({ tenantId }) => configs.has(tenantId));
  const candidates: Candidate[] = [];
  const keys = new Map<string, EventKey>();
  for (const { tenantId, eventId, posted, key } of incoming) {
    const templateId = templateOf(tenantId, posted, configs);
    const name = key && keyName(key);
    if (!templateId || (name !== undefined && keys.has(name))) continue;
    if (key && name !== undefined) keys.set(name, key);
    candidates.push({ event: { id: eventId, tenantId, templateId, derivedFrom: undefined, facts: posted }, key });
  }
  const sorted = [...keys].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
  return { incoming, candidates, keys: sorted };
}

/** The candidates whose keys were free. */
export function newEvents({ candidates }: ClassifiedEvents, { taken }: Reserved): AcceptedEvent[] {
  return candidates.filter(({ key }) => !(key && taken.has(key))).map(({ event }) => event);
}

/**
 * The results of all incoming events, in their order.
 *
 * @param deliveries how many each new event makes; absent: none
 */
export function resultsOf(
  { incoming, keys }: ClassifiedEvents,
  { taken }: Reserved,
  configs: LoadedConfigs,
  deliveries: ReadonlyMap<EventId, number>,
): EventResult[] {
  const near = limitedSuggest();
  const owners = new Map<string, EventKeyOwner>(keys.map((key) => [keyName(key), taken.get(key) ?? key]));
  return incoming.map(({ tenantId, posted, eventId, key }): EventResult => {
    if (!templateOf(tenantId, posted, configs)) return unknownTemplate(tenantId, posted, configs, near);
    const owner = key && owners.get(keyName(key));
    if (key && owner && owner !== key) return repeated(owner, key);
    return { kind: 'accepted', id: eventId, duplicate: false, deliveries: deliveries.get(eventId) ?? 0 };
  });
}

function templateOf(tenantId: TenantId, posted: PostedEvent, configs: LoadedConfigs): TemplateId | undefined {
  const loaded = configs.get(tenantId);
  return loaded && templateNamed(loaded.config, posted.templateId)?.id;
}

function repeated(earlier: EventKeyOwner, key: EventKey): EventResult {
  if (Buffer.compare(earlier.bodyHash, key.bodyHash) === 0)
    return { kind: 'accepted', id: earlier.eventId, duplicate: true, deliveries: undefined };
  const detail = 'was used before for an event with another content; a new event needs a new id';
  return { kind: 'refused', code: 'id-reused', errors: [{ pointer: '/id', detail }] };
}

function unknownTemplate(
  tenantId: TenantId,
  { templateId }: PostedEvent,
  configs: LoadedConfigs,
  near: Suggest,
): EventResult {
  const config = configs.get(tenantId)?.config;
  const nearest = near(templateId, () => [...(config?.templatesByExternalId.keys() ?? [])]);
  const detail = `names no template of this tenant, neither by id nor by externalId${nearest ? `; did you mean ${nearest}?` : ''}`;
  return { kind: 'refused', code: 'unknown-template', errors: [{ pointer: '/templateId', detail }] };
}

function keyName({ tenantId, producerId }: EventKey): string {
  return `${tenantId} ${producerId}`;
}
