import { isUnavailable, notFound, Overloaded } from '../domain/errors.ts';
import type { TenantId } from '../domain/id.ts';
import type { Limits } from '../domain/limits.ts';
import type { PostedItem } from '../domain/read-posted-event.ts';
import type { Announcer } from '../ports/changes.ts';
import type { EventStore, NewDelivery, Reserved } from '../ports/events.ts';
import type { Clock } from '../ports/process.ts';
import type { DeliveryQueue } from '../ports/queue.ts';
import type { ApiTelemetry, EventGroupReport } from '../ports/telemetry.ts';
import { created } from './announce-changes.ts';
import { Batcher, isolateFailures } from './batcher.ts';
import { type EventResult, incomingEvent, resultsOf } from './classify-events.ts';
import { type Committed, commitLocked, commitPlanned } from './commit-events.ts';
import { isLarge, isSmall } from './fan-out.ts';
import { IngestProgress, type IngestRequest, nextSlice, type Slice } from './ingest-progress.ts';
import { bytesOf, IngestRoom } from './ingest-room.ts';
import { LargeRequests } from './large-requests.ts';
import { offerNew } from './new-deliveries.ts';
import { deliveriesByEvent } from './plan-ingest.ts';
import type { LoadedConfig, LoadedConfigs, TenantConfigs } from './tenant-configs.ts';

export interface IngestDeps {
  readonly events: Pick<EventStore, 'accept' | 'installations' | 'inTransaction'>;
  readonly configs: TenantConfigs;
  readonly queue: Pick<DeliveryQueue, 'offer'>;
  readonly clock: Clock;
  readonly announcer: Pick<Announcer, 'announce'>;
  readonly telemetry: Pick<ApiTelemetry, 'eventsStored'>;
}

type RequestResult = readonly EventResult[] | Error;

/** A group holds at most 1,000 events, fewer large ones. */
const MAX_GROUP_BYTES = 1000 * 4096;
const LEAST_EVENT_BYTES = 4096;
const MAX_GROUPS_IN_FLIGHT = 3;
/** After so many stale configurations in a row, they are locked while the events are written. */
const MAX_STALE = 2;
/** How long a request waits for its group to start: beyond that its answer would come too late. */
const MAX_WAIT_MS = 3000;

/**
 * Stores posted events. Requests that arrive together share one transaction (group commit). A request with many deliveries takes
 * several transactions, and others do not wait for it.
 */
export class EventIngest {
  readonly #deps: IngestDeps;
  readonly #groups: Batcher<IngestRequest, RequestResult>;
  readonly #large: LargeRequests;
  readonly #commit: (requests: readonly IngestRequest[]) => Promise<readonly RequestResult[]>;
  readonly #groupRoom = new IngestRoom();
  /** Its own: a request with many deliveries stays for seconds. */
  readonly #largeRoom = new IngestRoom();

  constructor(deps: IngestDeps) {
    this.#deps = deps;
    this.#commit = isolateFailures<IngestRequest, RequestResult>((slice) => this.#commitSlice(slice), isUnavailable);
    this.#groups = new Batcher((requests) => this.#storeGroup(requests), {
      maxWeight: MAX_GROUP_BYTES,
      maxInFlight: MAX_GROUPS_IN_FLIGHT,
      weigh: ({ items }) => Math.max(items.length * LEAST_EVENT_BYTES, bytesOf(items)),
      expiry: { afterMs: MAX_WAIT_MS, reason: () => new Overloaded('Events come in faster than they can be stored') },
    });
    this.#large = new LargeRequests((slice) => this.#storeSlice(slice));
  }

  /**
   * Stores events and their deliveries; answers after the commit, one result per item with pointers into that item, and never
   * waits for the queue. Each event is stored in one transaction with its deliveries.
   *
   * @throws Unavailable when Postgres is unavailable or slow (it may have committed: the same ids make a retry safe)
   * @throws Problem not_found when the tenant does not exist
   */
  async ingest(tenantId: TenantId, items: readonly PostedItem[]): Promise<readonly EventResult[]> {
    const loaded = await this.#load(tenantId, items);
    const [room, groups] = isLarge(items, loaded) ? [this.#largeRoom, this.#large] : [this.#groupRoom, this.#groups];
    const results = await room.within(tenantId, items, () => groups.add({ tenantId, items, loaded }));
    if (results instanceof Error) throw results;
    return results;
  }

  /** The tenant's configuration, which may be stale. The items take room while it is read. */
  async #load(tenantId: TenantId, items: readonly PostedItem[]): Promise<LoadedConfig> {
    const { configs } = this.#deps;
    const loaded = configs.cached(tenantId) ?? (await this.#groupRoom.within(tenantId, items, () => configs.any(tenantId)));
    if (!loaded) throw notFound('tenant');
    return loaded;
  }

  /** Stores a group of requests: at once where their deliveries are few, else slice by slice. */
  async #storeGroup(requests: readonly IngestRequest[]): Promise<readonly RequestResult[]> {
    const configs = new Map(requests.map(({ tenantId, loaded }) => [tenantId, loaded]));
    const events = requests.reduce((sum, { items }) => sum + items.length, 0);
    if ([...configs.values()].every((loaded) => isSmall(events, loaded))) return this.#commit(requests);
    const progress = requests.map((request) => new IngestProgress(request));
    for (let slice = nextSlice(progress); slice.length > 0; slice = nextSlice(progress)) await this.#storeSlice(slice);
    return progress.map(({ result }) => result);
  }

  async #storeSlice(slice: readonly Slice[]): Promise<void> {
    const results = await this.#commit(slice.map(({ progress: { request }, items }) => ({ ...request, items })));
    for (const [index, { progress }] of slice.entries())
      progress.note(results[index] ?? new Error('a slice has no result'));
  }

  /** Commits some requests at once. Those of a tenant that was deleted get an error; the others are not affected by it. */
  async #commitSlice(requests: readonly IngestRequest[]): Promise<RequestResult[]> {
    const { configs: cache, events, queue, clock, announcer } = this.#deps;
    const nowMs = clock();
    const startedAtMs = performance.now();
    // these may be stale: the insert checks their versions
    const configs = new Map(requests.map(({ tenantId, loaded }) => [tenantId, cache.cached(tenantId) ?? loaded]));
    const incoming = requests.flatMap(({ tenantId, items }) => items.map((item) => incomingEvent(tenantId, item, nowMs)));
    for (let stale = 0; configs.size > 0; stale++) {
      const commit =
        stale < MAX_STALE
          ? await commitPlanned(events, incoming, configs, nowMs)
          : await commitLocked(events, incoming, [...configs.keys()], nowMs);
      if (commit.kind === 'committed') {
        offerNew(queue, commit.written.deliveries, (delivery) => limitsOf(delivery, commit.configs));
        announcer.announce(() => commit.written.deliveries.map(created));
        const results = resultsByRequest(requests, commit);
        this.#deps.telemetry.eventsStored(describeGroup(results, commit, performance.now() - startedAtMs));
        return results;
      }
      await this.#reload(configs, commit.versions);
    }
    return requests.map(() => notFound('tenant'));
  }

  /** Replaces the configurations that are stale, and drops those of deleted tenants. */
  async #reload(configs: Map<TenantId, LoadedConfig>, versions: Reserved['configVersions']): Promise<void> {
    for (const [tenantId, { config }] of [...configs]) {
      const version = versions.get(tenantId);
      if (version === config.version) continue;
      const loaded = version === undefined ? undefined : await this.#deps.configs.atLeast(tenantId, version);
      if (loaded) configs.set(tenantId, loaded);
      else configs.delete(tenantId);
    }
  }
}

function limitsOf({ tenantId, endpointId }: NewDelivery, configs: LoadedConfigs): Limits | undefined {
  const config = configs.get(tenantId)?.config;
  const endpoint = config?.endpoints.get(endpointId);
  return endpoint && config?.integrations.get(endpoint.integrationId)?.limits;
}

function resultsByRequest(
  requests: readonly IngestRequest[],
  { classified, reserved, configs, written }: Committed,
): RequestResult[] {
  const results = resultsOf(classified, reserved, configs, deliveriesByEvent(written));
  let start = 0;
  return requests.map(({ tenantId, items }) => {
    if (!configs.has(tenantId)) return notFound('tenant');
    start += items.length;
    return results.slice(start - items.length, start);
  });
}

const REPORTED_IDS = 10;

function describeGroup(results: readonly RequestResult[], commit: Committed, durationMs: number): EventGroupReport {
  const events = results.flatMap((result) => (result instanceof Error ? [] : result));
  const accepted = events.filter((event) => event.kind === 'accepted');
  const duplicates = accepted.filter(({ duplicate }) => duplicate).length;
  return {
    requests: results.length,
    accepted: accepted.length - duplicates,
    duplicates,
    refused: events.length - accepted.length,
    deliveries: commit.written.deliveries.length,
    filteredOut: commit.written.filteredOut.length,
    tenants: [...commit.configs.keys()],
    eventIds: accepted.slice(0, REPORTED_IDS).map(({ id }) => id),
    durationMs,
  };
}
