import type { TenantId } from '../domain/id.ts';
import { touchesInstallations } from '../domain/installations.ts';
import type { EventStore, IngestTransaction, Reservation, Reserved } from '../ports/events.ts';
import { assignSequences, neededSequences } from './assign-sequences.ts';
import { type ClassifiedEvents, classify, type IncomingEvent, newEvents } from './classify-events.ts';
import { completeInstallations, concernedPasses } from './complete-installations.ts';
import { MAX_SLICE_DELIVERIES } from './fan-out.ts';
import { type IngestPlan, planIngest } from './plan-ingest.ts';
import { type LoadedConfigs, loadedConfig } from './tenant-configs.ts';

export interface Committed {
  readonly kind: 'committed';
  readonly classified: ClassifiedEvents;
  /** The configurations that the events were stored with. A tenant without one does not exist. */
  readonly configs: LoadedConfigs;
  readonly reserved: Reserved;
  /** What was written. */
  readonly written: IngestPlan;
}

/** Nothing was written: a configuration has another version than the plan was made with. No version: the tenant was deleted. */
interface Stale {
  readonly kind: 'stale';
  readonly versions: Reserved['configVersions'];
}

/**
 * Stores events as planned with cached configurations. Most groups are one statement; installs and ordered deliveries depend on
 * others of their pass and need a transaction.
 *
 * @throws Unavailable
 */
export async function commitPlanned(
  events: Pick<EventStore, 'accept' | 'installations' | 'inTransaction'>,
  incoming: readonly IncomingEvent[],
  configs: LoadedConfigs,
  nowMs: number,
): Promise<Committed | Stale> {
  const classified = classify(incoming, configs);
  const reservation = reservationOf(classified, configs);
  const plan = await planWithoutOrder(events, classified, configs, nowMs);
  if (plan) {
    const reserved = await events.accept(reservation, plan);
    if (isStale(reserved, configs)) return { kind: 'stale', versions: reserved.configVersions };
    return { kind: 'committed', classified, configs, reserved, written: withoutTaken(plan, reserved) };
  }
  return events.inTransaction(async (transaction) => {
    const reserved = await transaction.reserve(reservation);
    if (isStale(reserved, configs)) return { kind: 'stale', versions: reserved.configVersions };
    const written = await writeInOrder(transaction, classified, reserved, configs, nowMs);
    return { kind: 'committed', classified, configs, reserved, written };
  });
}

/**
 * Stores events as planned with configurations that are locked meanwhile, for tenants that change theirs faster than it can be
 * read and used.
 *
 * @throws Unavailable
 */
export function commitLocked(
  events: Pick<EventStore, 'inTransaction'>,
  incoming: readonly IncomingEvent[],
  tenants: readonly TenantId[],
  nowMs: number,
): Promise<Committed> {
  return events.inTransaction(async (transaction) => {
    const locked = await transaction.lockConfigs(tenants);
    const configs = new Map(locked.map((config) => [config.tenantId, loadedConfig(config)]));
    const classified = classify(incoming, configs);
    const reserved = await transaction.reserve(reservationOf(classified, configs));
    const written = await writeInOrder(transaction, classified, reserved, configs, nowMs);
    return { kind: 'committed', classified, configs, reserved, written };
  });
}

/** Completes installs from the known installations, and assigns ordered deliveries their sequences, under the locks of both. */
async function writeInOrder(
  transaction: IngestTransaction,
  classified: ClassifiedEvents,
  reserved: Reserved,
  configs: LoadedConfigs,
  nowMs: number,
): Promise<IngestPlan> {
  const events = newEvents(classified, reserved);
  const passes = concernedPasses(events);
  const known = passes.length > 0 ? await transaction.lockInstallations(passes) : [];
  const { events: completed, changed } = completeInstallations(events, known);
  if (changed.length > 0) await transaction.saveInstallations(changed);
  const plan = planIngest(completed, configs, nowMs);
  const needed = neededSequences(plan.deliveries);
  const deliveries =
    needed.length > 0 ? assignSequences(plan.deliveries, await transaction.takeSequences(needed)) : plan.deliveries;
  const written = { ...plan, deliveries };
  if (plan.events.length > 0) await transaction.write(written);
  return written;
}

function isStale(reserved: Reserved, configs: LoadedConfigs): boolean {
  return [...configs].some(([tenantId, { config }]) => reserved.configVersions.get(tenantId) !== config.version);
}

function reservationOf({ keys }: ClassifiedEvents, configs: LoadedConfigs): Reservation {
  const tenants = [...configs].sort(([a], [b]) => (a < b ? -1 : 1));
  return { configVersions: new Map(tenants.map(([id, { config }]) => [id, config.version])), keys };
}

/**
 * The plan of a group that is written in one statement: its events depend on no other event of their pass, and no event has more
 * deliveries than a statement takes. Undefined for other groups.
 */
async function planWithoutOrder(
  store: Pick<EventStore, 'installations'>,
  { candidates }: ClassifiedEvents,
  configs: LoadedConfigs,
  nowMs: number,
): Promise<IngestPlan | undefined> {
  if (candidates.some(({ event }) => touchesInstallations(event.facts))) return undefined;
  const events = candidates.map(({ event }) => event);
  const passes = concernedPasses(events);
  // no lock: a scan shows what is known, whatever is being accepted beside it
  const known = passes.length > 0 ? await store.installations(passes) : [];
  const plan = planIngest(completeInstallations(events, known).events, configs, nowMs);
  const isTooLong = plan.deliveries.length > MAX_SLICE_DELIVERIES;
  return isTooLong || plan.deliveries.some(({ ordered }) => ordered) ? undefined : plan;
}

/** A plan without the events whose key was already taken. */
function withoutTaken(plan: IngestPlan, { taken }: Reserved): IngestPlan {
  if (taken.size === 0) return plan;
  const refused = new Set([...taken.keys()].map(({ eventId }) => eventId));
  const events = plan.events.filter(({ id, derivedFrom }) => !refused.has(derivedFrom ?? id));
  const stored = new Set(events.map(({ id }) => id));
  return {
    events,
    deliveries: plan.deliveries.filter(({ eventId }) => stored.has(eventId)),
    filteredOut: plan.filteredOut.filter((id) => !refused.has(id)),
  };
}
