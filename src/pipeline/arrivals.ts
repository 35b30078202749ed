import { createHash } from 'node:crypto';
import type { PostedEvent } from '../domain/event.ts';
import { type EventId, newId, type TenantId } from '../domain/id.ts';
import type { FieldError } from '../domain/json.ts';
import { suggest } from '../domain/suggest.ts';
import { templateNamed } from '../domain/tenant-config.ts';
import type { EventKey, EventKeyOwner, Reserved } from '../ports/events.ts';
import type { NewEvent } from './plan-ingest.ts';
import type { LoadedConfig } from './tenant-configs.ts';

export interface IngestItem {
  readonly event: PostedEvent;
  /** JSON text of the event as posted: an id that comes again with another text is refused. */
  readonly text: string;
}

export type IngestResult =
  | { readonly kind: 'accepted'; readonly id: EventId; readonly duplicate: boolean }
  | { readonly kind: 'refused'; readonly code: 'unknown-template' | 'id-reused'; readonly error: FieldError };

/** One item on its way in, with the id it gets if it is new. */
export interface Arrival {
  readonly tenantId: TenantId;
  readonly item: IngestItem;
  readonly eventId: EventId;
  readonly key: EventKey | undefined;
}

/** An arrival that nothing speaks against, unless its key turns out to be taken; it becomes an event. */
export type Candidate = Arrival & { readonly event: NewEvent };

/** What a group brought, before the database is asked. */
export interface Sorted {
  readonly arrivals: readonly Arrival[];
  readonly candidates: readonly Candidate[];
  /** Of the candidates, sorted: intakes that take keys in one order cannot deadlock. */
  readonly keys: readonly EventKey[];
}

export type Configs = ReadonlyMap<TenantId, LoadedConfig>;

export function arrivalOf(tenantId: TenantId, item: IngestItem, nowMs: number): Arrival {
  const eventId = newId('event', nowMs);
  const producerId = item.event.id;
  if (producerId === undefined) return { tenantId, item, eventId, key: undefined };
  const bodyHash = createHash('sha256').update(item.text).digest();
  return { tenantId, item, eventId, key: { tenantId, producerId, eventId, bodyHash } };
}

/** Parts those that may become events from those with an unknown template and those whose id the group has twice. */
export function sortOut(arrivals: readonly Arrival[], configs: Configs): Sorted {
  const candidates: Candidate[] = [];
  const keys = new Map<string, EventKey>();
  for (const arrival of arrivals) {
    const { tenantId, eventId, item, key } = arrival;
    const known = templateOf(arrival, configs);
    const name = key && keyName(key);
    if (!known || (name !== undefined && keys.has(name))) continue;
    if (key && name !== undefined) keys.set(name, key);
    candidates.push({ ...arrival, event: { id: eventId, tenantId, ...known, facts: item.event } });
  }
  const inOrder = [...keys].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
  return { arrivals, candidates, keys: inOrder };
}

/** The candidates whose keys were not taken before. */
export function eventsIn({ candidates }: Sorted, { taken }: Reserved): NewEvent[] {
  return candidates.filter(({ key }) => !(key && taken.has(key))).map(({ event }) => event);
}

/** What each arrival is answered, in their order. */
export function resultsOf({ arrivals, keys }: Sorted, { taken }: Reserved, configs: Configs): IngestResult[] {
  const owners = new Map<string, EventKeyOwner>(keys.map((key) => [keyName(key), taken.get(key) ?? key]));
  return arrivals.map((arrival): IngestResult => {
    const { eventId, key } = arrival;
    if (!templateOf(arrival, configs)) return unknownTemplate(arrival, configs);
    const owner = key && owners.get(keyName(key));
    if (key && owner && owner !== key) return duplicateOf(owner, key);
    return { kind: 'accepted', id: eventId, duplicate: false };
  });
}

function templateOf({ tenantId, item }: Arrival, configs: Configs): Pick<NewEvent, 'templateId' | 'loaded'> | undefined {
  const loaded = configs.get(tenantId);
  const template = loaded && templateNamed(loaded.config, item.event.templateId);
  return template && { templateId: template.id, loaded };
}

function duplicateOf(earlier: EventKeyOwner, key: EventKey): IngestResult {
  if (Buffer.compare(earlier.bodyHash, key.bodyHash) === 0)
    return { kind: 'accepted', id: earlier.eventId, duplicate: true };
  const detail = 'was used before for an event with another content; a new event needs a new id';
  return { kind: 'refused', code: 'id-reused', error: { pointer: '/id', detail } };
}

function unknownTemplate({ tenantId, item }: Arrival, configs: Configs): IngestResult {
  const config = configs.get(tenantId)?.config;
  const near = suggest(item.event.templateId, [...(config?.templatesByExternalId.keys() ?? [])]);
  const detail = `names no template of this tenant, neither by id nor by externalId${near ? `; did you mean ${near}?` : ''}`;
  return { kind: 'refused', code: 'unknown-template', error: { pointer: '/templateId', detail } };
}

function keyName({ tenantId, producerId }: EventKey): string {
  return `${tenantId} ${producerId}`;
}
