import { isUnavailable, notFound } from '../domain/errors.ts';
import type { TenantId } from '../domain/id.ts';
import { touchesInstallations } from '../domain/installations.ts';
import type { Limits } from '../domain/limits.ts';
import type { PostedItem } from '../domain/read-posted-event.ts';
import type { EventStore, IngestTransaction, NewDelivery, Reservation, Reserved } from '../ports/events.ts';
import type { Clock } from '../ports/process.ts';
import type { DeliveryQueue } from '../ports/queue.ts';
import { assignSequences, neededSequences } from './assign-sequences.ts';
import { Batcher, isolateFailures } from './batcher.ts';
import {
  type ClassifiedEvents,
  classify,
  type EventResult,
  incomingEvent,
  newEvents,
  resultsOf,
} from './classify-events.ts';
import { completeInstallations, touchedPasses } from './complete-installations.ts';
import { offerNew } from './new-deliveries.ts';
import { type IngestPlan, planIngest } from './plan-ingest.ts';
import type { LoadedConfig, LoadedConfigs, TenantConfigs } from './tenant-configs.ts';

export interface IngestDeps {
  readonly events: Pick<EventStore, 'accept' | 'inTransaction'>;
  readonly configs: TenantConfigs;
  readonly queue: Pick<DeliveryQueue, 'offer'>;
  readonly clock: Clock;
}

interface Request {
  readonly tenantId: TenantId;
  readonly items: readonly PostedItem[];
}

interface Committed {
  readonly reserved: Reserved;
  readonly deliveries: readonly NewDelivery[];
}

const MAX_GROUP_EVENTS = 1000;
const MAX_GROUPS_IN_FLIGHT = 3;
const MAX_CONFIG_RELOADS = 5;

/** A configuration is newer than the one the plan was made with: nothing of the group was written. */
class StaleConfig extends Error {}

/** Stores posted events. Requests that arrive together share one transaction (group commit). */
export class EventIngest {
  readonly #deps: IngestDeps;
  readonly #groups: Batcher<Request, readonly EventResult[] | Error>;

  constructor(deps: IngestDeps) {
    this.#deps = deps;
    const commit = (requests: readonly Request[]) => this.#commitWithFreshConfig(requests);
    this.#groups = new Batcher(isolateFailures(commit, isUnavailable), {
      maxWeight: MAX_GROUP_EVENTS,
      maxInFlight: MAX_GROUPS_IN_FLIGHT,
      weigh: ({ items }) => items.length,
    });
  }

  /**
   * Stores events and their deliveries; answers after the commit, one result per item with pointers into that item, and never
   * waits for the queue.
   *
   * @throws Unavailable when Postgres is unavailable (it may have committed: the same ids make a retry safe)
   * @throws Problem not_found when the tenant does not exist
   */
  async ingest(tenantId: TenantId, items: readonly PostedItem[]): Promise<readonly EventResult[]> {
    const results = await this.#groups.add({ tenantId, items });
    if (results instanceof Error) throw results;
    return results;
  }

  async #commitWithFreshConfig(requests: readonly Request[]): Promise<(readonly EventResult[])[]> {
    const nowMs = this.#deps.clock();
    const incoming = requests.flatMap(({ tenantId, items }) => items.map((item) => incomingEvent(tenantId, item, nowMs)));
    const configs = new Map<TenantId, LoadedConfig>();
    // the cached configuration may be stale; the insert checks its version
    for (const { tenantId } of requests) configs.set(tenantId, await this.#deps.configs.any(tenantId));
    for (let reloads = 0; ; reloads++) {
      const classified = classify(incoming, configs);
      try {
        const { reserved, deliveries } = await this.#commit(classified, configs, nowMs);
        offerNew(this.#deps.queue, deliveries, (delivery) => limitsOf(delivery, configs));
        return regroup(requests, resultsOf(classified, reserved, configs));
      } catch (error) {
        if (!(error instanceof StaleConfig) || reloads >= MAX_CONFIG_RELOADS) throw error;
        for (const tenantId of configs.keys()) configs.set(tenantId, await this.#deps.configs.fresh(tenantId));
      }
    }
  }

  /** Most groups are planned beforehand and written by one statement; installs and ordered deliveries need a transaction. */
  async #commit(classified: ClassifiedEvents, configs: LoadedConfigs, nowMs: number): Promise<Committed> {
    const { events } = this.#deps;
    const reservation = reservationOf(classified, configs);
    if (!classified.candidates.some(({ event }) => touchesInstallations(event.facts))) {
      const plan = planIngest(
        classified.candidates.map(({ event }) => event),
        configs,
        nowMs,
      );
      if (!plan.deliveries.some(({ ordered }) => ordered)) {
        const reserved = requireFresh(await events.accept(reservation, plan), configs);
        return { reserved, deliveries: writtenDeliveries(plan, reserved) };
      }
    }
    return events.inTransaction(async (transaction) => {
      const reserved = requireFresh(await transaction.reserve(reservation), configs);
      return { reserved, deliveries: await writeInOrder(transaction, classified, reserved, configs, nowMs) };
    });
  }
}

/** Writes events that depend on others of their pass: completes installs and assigns ordered deliveries their sequences. */
async function writeInOrder(
  transaction: IngestTransaction,
  classified: ClassifiedEvents,
  reserved: Reserved,
  configs: LoadedConfigs,
  nowMs: number,
): Promise<readonly NewDelivery[]> {
  const events = newEvents(classified, reserved);
  const passes = touchedPasses(events);
  const known = passes.length > 0 ? await transaction.lockInstallations(passes) : [];
  const { events: completed, changed } = completeInstallations(events, known);
  if (changed.length > 0) await transaction.saveInstallations(changed);
  const plan = planIngest(completed, configs, nowMs);
  const needed = neededSequences(plan.deliveries);
  const deliveries =
    needed.length > 0 ? assignSequences(plan.deliveries, await transaction.takeSequences(needed)) : plan.deliveries;
  if (plan.events.length > 0) await transaction.write({ events: plan.events, deliveries });
  return deliveries;
}

/** @throws Problem not_found, StaleConfig */
function requireFresh(reserved: Reserved, configs: LoadedConfigs): Reserved {
  for (const [tenantId, { config }] of configs) {
    const version = reserved.configVersions.get(tenantId);
    if (version === undefined) throw notFound('tenant');
    if (version !== config.version) throw new StaleConfig();
  }
  return reserved;
}

/** The deliveries of a plan without those of events whose key was already taken. */
function writtenDeliveries({ events, deliveries }: IngestPlan, { taken }: Reserved): readonly NewDelivery[] {
  if (taken.size === 0) return deliveries;
  const refused = new Set([...taken.keys()].map(({ eventId }) => eventId));
  const stored = new Set(events.filter(({ id, derivedFrom }) => !refused.has(derivedFrom ?? id)).map(({ id }) => id));
  return deliveries.filter(({ eventId }) => stored.has(eventId));
}

function reservationOf({ keys }: ClassifiedEvents, configs: LoadedConfigs): Reservation {
  const tenants = [...configs].sort(([a], [b]) => (a < b ? -1 : 1));
  return { configVersions: new Map(tenants.map(([id, { config }]) => [id, config.version])), keys };
}

function limitsOf({ tenantId, endpointId }: NewDelivery, configs: LoadedConfigs): Limits | undefined {
  const config = configs.get(tenantId)?.config;
  const endpoint = config?.endpoints.get(endpointId);
  return endpoint && config?.integrations.get(endpoint.integrationId)?.limits;
}

function regroup(requests: readonly Request[], results: readonly EventResult[]): (readonly EventResult[])[] {
  let start = 0;
  return requests.map(({ items }) => {
    start += items.length;
    return results.slice(start - items.length, start);
  });
}
