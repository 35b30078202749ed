import pTimeout from 'p-timeout';
import { Gauge, type Registry } from 'prom-client';
import { PARTS, type Readiness } from '../../domain/readiness.ts';
import type { Backlog } from '../../ports/backlog.ts';

/** Sources of gauges that concern the whole installation or what this process shares with it. */
export interface InstallationSources {
  /** @throws Unavailable */
  readonly backlog: () => Promise<Backlog>;
  /** Deliveries that wait at the gate. @throws Unavailable */
  readonly parked: () => Promise<number>;
  readonly readiness: () => Readiness;
  readonly connections: () => { readonly busy: number; readonly idle: number; readonly waiting: number };
}

/** Scrapes within this time share one look at the stores. */
const CACHED_MS = 15_000;
const BACKLOG_TIMEOUT_MS = 2000;
/** A scrape must not wait for a Redis that does not answer. */
const PARKED_TIMEOUT_MS = 300;

/** The state of the installation. A value that cannot be read now is absent, so that it is not taken for zero. */
export function addInstallationMetrics(registry: Registry, sources: InstallationSources): void {
  const backlog = cached(sources.backlog, BACKLOG_TIMEOUT_MS);
  const parked = cached(sources.parked, PARKED_TIMEOUT_MS);
  const gauge = (name: string, help: string, labelNames: string[], set: (gauge: Gauge) => void | Promise<void>): void => {
    const collect = function (this: Gauge): void | Promise<void> {
      this.reset();
      return set(this);
    };
    new Gauge({ name, help, labelNames, registers: [registry], collect });
  };
  gauge('passwire_ready', '1 when this process takes work.', [], (ready) => {
    ready.set(sources.readiness().status === 'unavailable' ? 0 : 1);
  });
  gauge('passwire_part_ok', '1 when nothing is wrong with the part.', ['part'], (ok) => {
    const { parts } = sources.readiness();
    for (const part of PARTS) ok.set({ part }, parts[part].ok ? 1 : 0);
  });
  gauge(
    'passwire_database_connections',
    "Connections of this process's pool; `waiting`: statements without one.",
    ['state'],
    (pool) => {
      for (const [state, count] of Object.entries(sources.connections())) pool.set({ state }, count);
    },
  );
  gauge(
    'passwire_oldest_due_seconds',
    'How long the delivery that waits longest has been due.',
    ['endpoints'],
    async (oldest) => {
      const read = await backlog();
      if (!read) return;
      oldest.set({ endpoints: 'all' }, read.oldestDueMs / 1000);
      oldest.set({ endpoints: 'healthy' }, read.oldestHealthyDueMs / 1000);
    },
  );
  gauge(
    'passwire_deliveries_open',
    'Deliveries that have not ended, by state, counted up to 100,000.',
    ['state'],
    async (open) => {
      for (const [state, count] of (await backlog())?.byState ?? []) open.set({ state }, count);
    },
  );
  gauge('passwire_endpoints_failing', 'Endpoints whose breaker opened and has not closed again.', [], async (failing) => {
    const read = await backlog();
    if (read) failing.set(read.failingEndpoints);
  });
  gauge(
    'passwire_deliveries_parked',
    'Deliveries that wait at the gate for a share or for a breaker.',
    [],
    async (waiting) => {
      const count = await parked();
      if (count !== undefined) waiting.set(count);
    },
  );
}

/** Undefined when it could not be read in time. */
function cached<T>(read: () => Promise<T>, milliseconds: number): () => Promise<T | undefined> {
  let last: { readonly atMs: number; readonly value: Promise<T | undefined> } | undefined;
  return () => {
    const nowMs = performance.now();
    if (!last || nowMs - last.atMs >= CACHED_MS) {
      const value = pTimeout(read(), { milliseconds }).catch(() => undefined);
      last = { atMs: nowMs, value };
    }
    return last.value;
  };
}
