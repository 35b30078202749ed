import '../src/memory.ts';
import packageJson from '../package.json' with { type: 'json' };
import { readConfigOrExit, withoutSecrets } from '../src/config.ts';
import { createWorkerContainer } from '../src/container.ts';
import { processDeliveries } from './deliveries.ts';
import { periodically } from './periodic.ts';

// A worker process: config -> container -> wait for usable servers -> process deliveries -> drain. Any number can run side by
// side.

const BEAT_INTERVAL_MS = 1000;
const REPLAY_INTERVAL_MS = 500;
const ERASURE_INTERVAL_MS = 1000;
/** Short, because a run that meets a lock leaves the rest to the next one; most find nothing to do. */
const RETENTION_INTERVAL_MS = 60_000;
const BODIES_INTERVAL_MS = 10 * 60_000;
/** How old statistics are at most. */
const STATISTICS_INTERVAL_MS = 5_000;
const MAINTENANCE_INTERVAL_MS = 60 * 60 * 1000;

const config = readConfigOrExit(process.env);
const container = createWorkerContainer(config);
const { log, quietLog, servers, status } = container;
log.info({ version: packageJson.version, settings: withoutSecrets(config) }, 'worker starting');

const drained = new AbortController(); // aborted when the process is to end
const { host, port } = config.workerListen;
await status.listen(host, port).then(
  (address) => log.info({ address: address.address, port: address.port }, 'health and metrics listening'),
  (err: Error) => log.warn({ reason: err.message, host, port }, 'health and metrics not served: set WORKER_PORT'),
);
const working = servers.start().then(startWork);
process.on('SIGTERM', drain);
process.on('SIGINT', drain);

/** Undefined when the process is to end before it could work. */
async function startWork() {
  await servers.untilUsable(drained.signal).catch(() => {}); // aborted: see below
  if (drained.signal.aborted) return undefined;
  await container.warmUp().catch((err: unknown) => quietLog.warn({ err }, 'the first connection to Postgres failed'));
  if (drained.signal.aborted) return undefined;
  const { workers, recoverer, watch, replays, retention, bodies, erasures } = container;
  // before the first claim, so that every claim belongs to a registered worker
  await workers.beat().catch((err: unknown) => quietLog.warn({ err }, 'the first beat failed'));
  const beats = periodically('beat', BEAT_INTERVAL_MS, quietLog, () => workers.beat());
  const deliveries = processDeliveries(container, quietLog);
  const sweep = (name: string, work: () => Promise<void>) =>
    periodically(name, config.recoverIntervalMs, quietLog, async () => (workers.leads ? work() : undefined));
  const leads = () => workers.leads; // for long sweeps: one that drains stops between its steps
  const loops = [
    sweep('recover', () => recoverer.sweep()),
    sweep('endpoints', () => watch.sweep()),
    periodically('replays', REPLAY_INTERVAL_MS, quietLog, async () => (workers.leads ? replays.sweep(leads) : undefined)),
    periodically('erasures', ERASURE_INTERVAL_MS, quietLog, async () =>
      workers.leads ? erasures.sweep(leads) : undefined,
    ),
    periodically('retention', RETENTION_INTERVAL_MS, quietLog, async () =>
      workers.leads ? retention.sweep(leads) : undefined,
    ),
    periodically('statistics', STATISTICS_INTERVAL_MS, quietLog, async () =>
      workers.leads ? container.keepStatistics() : undefined,
    ),
    periodically('bodies', BODIES_INTERVAL_MS, quietLog, async () => (workers.leads ? bodies.sweep(leads) : undefined)),
    periodically('maintenance', MAINTENANCE_INTERVAL_MS, quietLog, () => container.maintain()),
  ];
  log.info({ concurrency: config.concurrency }, 'worker started');
  return { deliveries, loops, beats };
}

async function drain(signal: NodeJS.Signals): Promise<void> {
  if (drained.signal.aborted) return;
  drained.abort();
  log.info({ signal }, 'draining: taking no new deliveries, finishing attempts in flight');
  const work = await working;
  if (work) {
    container.workers.drain();
    await Promise.all([work.deliveries.stop(config.shutdownTimeoutMs), ...work.loops.map((loop) => loop.stop())]);
    await work.beats.stop();
    await container.workers
      .leave()
      .catch((err: unknown) => quietLog.warn({ err }, 'this worker could not sign off; the others will count it as dead'));
  }
  status.close();
  await container.close();
  process.exit(0);
}
