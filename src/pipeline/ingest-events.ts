import type { Limits } from '../domain/endpoint-signal.ts';
import { isUnavailable, notFound } from '../domain/errors.ts';
import type { TenantId } from '../domain/id.ts';
import { touchesInstallations } from '../domain/installations.ts';
import type { EventStore, IngestTransaction, NewDelivery, Reservation, Reserved } from '../ports/events.ts';
import type { Clock } from '../ports/process.ts';
import type { DeliveryQueue } from '../ports/queue.ts';
import {
  arrivalOf,
  type Candidate,
  type Configs,
  eventsIn,
  type IngestItem,
  type IngestResult,
  resultsOf,
  type Sorted,
  sortOut,
} from './arrivals.ts';
import { inSequence, neededSequences } from './assign-sequences.ts';
import { Batcher, isolatingFailures } from './batcher.ts';
import { asDue, completeInstallations, type IngestPlan, planIngest, touchedPasses } from './plan-ingest.ts';
import type { LoadedConfig, TenantConfigs } from './tenant-configs.ts';

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

/** What became of a group. */
interface Outcome {
  readonly reserved: Reserved;
  readonly deliveries: readonly NewDelivery[];
}

const MAX_GROUP_EVENTS = 1000;
const MAX_GROUPS_IN_FLIGHT = 3;
const MAX_CONFIG_RELOADS = 5;

/** A configuration is newer than the one that was planned with: nothing of the group was written. */
class StaleConfig extends Error {}

/** Takes events in. Requests that arrive together share one transaction (group commit). */
export class EventIngest {
  readonly #deps: IngestDeps;
  readonly #groups: Batcher<Request, readonly IngestResult[] | Error>;

  constructor(deps: IngestDeps) {
    this.#deps = deps;
    const commit = (requests: readonly Request[]) => this.#commitWithFreshConfig(requests);
    this.#groups = new Batcher(isolatingFailures(commit, isUnavailable), {
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
    const arrivals = requests.flatMap(({ tenantId, items }) => items.map((item) => arrivalOf(tenantId, item, nowMs)));
    const configs = new Map<TenantId, LoadedConfig>();
    // what is kept may be of yesterday; the database says so where it matters
    for (const { tenantId } of requests) configs.set(tenantId, await this.#deps.configs.any(tenantId));
    for (let reloads = 0; ; reloads++) {
      const sorted = sortOut(arrivals, configs);
      try {
        const { reserved, deliveries } = await this.#commit(sorted, configs, nowMs);
        const due = deliveries.filter(({ state }) => state === 'pending');
        this.#deps.queue.offer(due.map((delivery) => asDue(delivery, limitsOf(delivery, configs))));
        return regroup(requests, resultsOf(sorted, reserved, configs));
      } catch (error) {
        if (!(error instanceof StaleConfig) || reloads >= MAX_CONFIG_RELOADS) throw error;
        for (const tenantId of configs.keys()) configs.set(tenantId, await this.#deps.configs.fresh(tenantId));
      }
    }
  }

  /** Most groups are planned beforehand and are one statement; what depends on others of its pass needs a transaction. */
  async #commit(sorted: Sorted, configs: Configs, nowMs: number): Promise<Outcome> {
    const { events } = this.#deps;
    const reservation = reservationOf(sorted, configs);
    if (!sorted.candidates.some(changesInstallations)) {
      const plan = planIngest(
        sorted.candidates.map(({ event }) => event),
        nowMs,
      );
      if (!plan.deliveries.some(({ ordered }) => ordered)) {
        const reserved = fresh(await events.accept(reservation, plan), configs);
        return { reserved, deliveries: written(plan, reserved) };
      }
    }
    return events.intake(async (intake) => {
      const reserved = fresh(await intake.reserve(reservation), configs);
      return { reserved, deliveries: await writeInOrder(intake, sorted, reserved, nowMs) };
    });
  }
}

/** Writes what depends on what is known of its pass: completes installs, gives places in the order of deliveries. */
async function writeInOrder(
  intake: IngestTransaction,
  sorted: Sorted,
  reserved: Reserved,
  nowMs: number,
): Promise<readonly NewDelivery[]> {
  const events = eventsIn(sorted, reserved);
  const passes = touchedPasses(events);
  const known = passes.length > 0 ? await intake.lockInstallations(passes) : [];
  const { events: completed, changed } = completeInstallations(events, known);
  if (changed.length > 0) await intake.saveInstallations(changed);
  const plan = planIngest(completed, nowMs);
  const needed = neededSequences(plan.deliveries);
  const deliveries = needed.length > 0 ? inSequence(plan.deliveries, await intake.takeSequences(needed)) : plan.deliveries;
  if (plan.events.length > 0) await intake.write(plan.events, deliveries);
  return deliveries;
}

/** @throws Problem not_found, StaleConfig */
function fresh(reserved: Reserved, configs: Configs): Reserved {
  for (const [tenantId, { config }] of configs) {
    const version = reserved.configVersions.get(tenantId);
    if (version === undefined) throw notFound('tenant');
    if (version !== config.version) throw new StaleConfig();
  }
  return reserved;
}

/** The deliveries of a plan less those of events whose key was taken before. */
function written({ events, deliveries }: IngestPlan, { taken }: Reserved): readonly NewDelivery[] {
  if (taken.size === 0) return deliveries;
  const refused = new Set([...taken.keys()].map(({ eventId }) => eventId));
  const stored = new Set(events.filter(({ id, derivedFrom }) => !refused.has(derivedFrom ?? id)).map(({ id }) => id));
  return deliveries.filter(({ eventId }) => stored.has(eventId));
}

function changesInstallations({ event }: Candidate): boolean {
  return touchesInstallations(event.facts);
}

function reservationOf({ keys }: Sorted, configs: Configs): Reservation {
  const tenants = [...configs].sort(([a], [b]) => (a < b ? -1 : 1));
  return { configVersions: new Map(tenants.map(([id, { config }]) => [id, config.version])), keys };
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
