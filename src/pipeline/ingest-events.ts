import { createHash } from 'node:crypto';
import { isUnavailable, notFound } from '../domain/errors.ts';
import type { PostedEvent } from '../domain/event.ts';
import { type EventId, newId, type TenantId } from '../domain/id.ts';
import type { FieldError } from '../domain/json.ts';
import { nearest } from '../domain/nearest.ts';
import type { Limits } from '../domain/pace.ts';
import { templateNamed } from '../domain/tenant-config.ts';
import { apartOnFailure, Batcher } from './batcher.ts';
import { inSequence, neededSequences } from './pass-order.ts';
import { asDue, completeInstallations, type NewEvent, planIngest, touchedPasses } from './plan-ingest.ts';
import type { Clock, DeliveryQueue, EventKey, EventStore, Intake, NewDelivery } from './ports.ts';
import type { LoadedConfig, TenantConfigs } from './tenant-configs.ts';

export interface IngestItem {
  readonly event: PostedEvent;
  /** JSON text of the event as posted: an id that comes again with another text is refused. */
  readonly text: string;
}

export type IngestResult =
  | { readonly kind: 'accepted'; readonly id: EventId; readonly duplicate: boolean }
  | { readonly kind: 'refused'; readonly code: 'unknown-template' | 'id-reused'; readonly error: FieldError };

export interface IngestDeps {
  readonly events: EventStore;
  readonly configs: TenantConfigs;
  readonly queue: DeliveryQueue;
  readonly clock: Clock;
}

interface Request {
  readonly tenantId: TenantId;
  readonly items: readonly IngestItem[];
}

/** One item on its way in, with the id it gets if it is new. */
interface Arrival {
  readonly request: Request;
  readonly item: IngestItem;
  readonly eventId: EventId;
  readonly key: EventKey | undefined;
}

type Configs = Map<TenantId, LoadedConfig>;

const MAX_GROUP_EVENTS = 1000;
const MAX_GROUPS_IN_FLIGHT = 3;
const MAX_CONFIG_RELOADS = 5;

/** Rolls a transaction back that met a configuration newer than the one it planned with. */
class StaleConfig extends Error {}

/** Takes events in. Requests that arrive together share one transaction (group commit). */
export class EventIngest {
  readonly #deps: IngestDeps;
  readonly #groups: Batcher<Request, readonly IngestResult[] | Error>;

  constructor(deps: IngestDeps) {
    this.#deps = deps;
    const commit = (requests: readonly Request[]) => this.#commitWithFreshConfig(requests);
    this.#groups = new Batcher(apartOnFailure(commit, isUnavailable), {
      maxWeight: MAX_GROUP_EVENTS,
      maxInFlight: MAX_GROUPS_IN_FLIGHT,
      weigh: ({ items }) => items.length,
    });
  }

  /**
   * Stores events and their deliveries; answers after the commit, one result per item, and never waits for the queue.
   *
   * @throws Unavailable when Postgres is away (it may have committed: the same ids make a retry safe)
   * @throws Problem not_found when there is no such tenant
   */
  async ingest(tenantId: TenantId, items: readonly IngestItem[]): Promise<readonly IngestResult[]> {
    const result = await this.#groups.add({ tenantId, items });
    if (result instanceof Error) throw result;
    return result;
  }

  async #commitWithFreshConfig(requests: readonly Request[]): Promise<(readonly IngestResult[])[]> {
    const nowMs = this.#deps.clock();
    const arrivals = requests.flatMap((request) => request.items.map((item) => arrivalOf(request, item, nowMs)));
    const configs: Configs = new Map();
    for (const { tenantId, items } of requests) configs.set(tenantId, await this.#configFor(tenantId, items, configs));
    for (let reloads = 0; ; reloads++) {
      try {
        const { results, deliveries } = await this.#deps.events.intake((intake) =>
          this.#write(intake, arrivals, configs, nowMs),
        );
        this.#deps.queue.offer(deliveries.map((delivery) => asDue(delivery, limitsOf(delivery, configs))));
        return regroup(requests, results);
      } catch (error) {
        if (!(error instanceof StaleConfig) || reloads >= MAX_CONFIG_RELOADS) throw error;
        for (const tenantId of configs.keys()) configs.set(tenantId, await this.#deps.configs.fresh(tenantId));
      }
    }
  }

  async #configFor(tenantId: TenantId, items: readonly IngestItem[], configs: Configs): Promise<LoadedConfig> {
    const loaded = configs.get(tenantId) ?? (await this.#deps.configs.any(tenantId));
    // a template that was made a moment ago may be missing here; only the database knows
    const allKnown = items.every(({ event }) => templateNamed(loaded.config, event.templateId));
    return allKnown ? loaded : this.#deps.configs.fresh(tenantId);
  }

  async #write(
    intake: Intake,
    arrivals: readonly Arrival[],
    configs: Configs,
    nowMs: number,
  ): Promise<{ readonly results: readonly IngestResult[]; readonly deliveries: readonly NewDelivery[] }> {
    const { results, fresh } = await judge(intake, arrivals, configs);
    const passes = touchedPasses(fresh);
    const known = passes.length > 0 ? await intake.lockInstallations(passes) : [];
    const { events: completed, changed } = completeInstallations(fresh, known);
    if (changed.length > 0) await intake.saveInstallations(changed);
    const plan = planIngest(completed, nowMs);
    const needed = neededSequences(plan.deliveries);
    const { events } = plan;
    const deliveries =
      needed.length > 0 ? inSequence(plan.deliveries, await intake.takeSequences(needed)) : plan.deliveries;
    if (events.length > 0) await intake.write(events, deliveries);
    return { results, deliveries: deliveries.filter(({ state }) => state === 'pending') };
  }
}

/** Says of each arrival whether it is refused, a duplicate or new, and takes the keys of the new ones. */
async function judge(
  intake: Intake,
  arrivals: readonly Arrival[],
  configs: Configs,
): Promise<{ readonly results: readonly IngestResult[]; readonly fresh: readonly NewEvent[] }> {
  const owners = new Map<string, Arrival>();
  for (const arrival of arrivals) {
    const name = keyName(arrival);
    if (name !== undefined && templateOf(arrival, configs) && !owners.has(name)) owners.set(name, arrival);
  }
  const keys = [...owners.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, { key }]) => key ?? []);
  const { configVersions, taken } = await intake.reserve([...configs.keys()].sort(), keys);
  for (const [tenantId, { config }] of configs) {
    const version = configVersions.get(tenantId);
    if (version === undefined) throw notFound('tenant');
    if (version !== config.version) throw new StaleConfig();
  }
  const fresh: NewEvent[] = [];
  const results = arrivals.map((arrival): IngestResult => {
    const known = templateOf(arrival, configs);
    if (!known) return unknownTemplate(arrival, configs);
    const owner = owners.get(keyName(arrival) ?? '');
    const earlier = (owner?.key && taken.get(owner.key)) ?? (owner && owner !== arrival ? owner.key : undefined);
    if (earlier && arrival.key) return duplicateOf(earlier, arrival.key);
    const { request, eventId, item } = arrival;
    fresh.push({ id: eventId, tenantId: request.tenantId, ...known, facts: item.event });
    return { kind: 'accepted', id: eventId, duplicate: false };
  });
  return { results, fresh };
}

function arrivalOf(request: Request, item: IngestItem, nowMs: number): Arrival {
  const eventId = newId('event', nowMs);
  const producerId = item.event.id;
  if (producerId === undefined) return { request, item, eventId, key: undefined };
  const bodyHash = createHash('sha256').update(item.text).digest();
  return { request, item, eventId, key: { tenantId: request.tenantId, producerId, eventId, bodyHash } };
}

function keyName({ key }: Arrival): string | undefined {
  return key && `${key.tenantId} ${key.producerId}`;
}

function templateOf({ request, item }: Arrival, configs: Configs): Pick<NewEvent, 'templateId' | 'loaded'> | undefined {
  const loaded = configs.get(request.tenantId);
  const template = loaded && templateNamed(loaded.config, item.event.templateId);
  return template && { templateId: template.id, loaded };
}

function duplicateOf(earlier: Pick<EventKey, 'eventId' | 'bodyHash'>, key: EventKey): IngestResult {
  if (Buffer.compare(earlier.bodyHash, key.bodyHash) === 0)
    return { kind: 'accepted', id: earlier.eventId, duplicate: true };
  const detail = 'was used before for an event with another content; a new event needs a new id';
  return { kind: 'refused', code: 'id-reused', error: { pointer: '/id', detail } };
}

function unknownTemplate({ request, item }: Arrival, configs: Configs): IngestResult {
  const config = configs.get(request.tenantId)?.config;
  const near = nearest(item.event.templateId, [...(config?.templatesByExternalId.keys() ?? [])]);
  const detail = `names no template of this tenant, neither by id nor by externalId${near ? `; did you mean ${near}?` : ''}`;
  return { kind: 'refused', code: 'unknown-template', error: { pointer: '/templateId', detail } };
}

function limitsOf({ tenantId, endpointId }: NewDelivery, configs: Configs): Limits | undefined {
  const config = configs.get(tenantId)?.config;
  const endpoint = config?.endpoints.get(endpointId);
  return endpoint && config?.integrations.get(endpoint.integrationId)?.limits;
}

function regroup(requests: readonly Request[], results: readonly IngestResult[]): (readonly IngestResult[])[] {
  let start = 0;
  return requests.map(({ items }) => {
    start += items.length;
    return results.slice(start - items.length, start);
  });
}
