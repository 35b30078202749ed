import { readConfigOrExit } from '../src/config.ts';
import { createWorkerContainer } from '../src/container.ts';
import { workOnDeliveries } from './deliveries.ts';
import { periodically } from './periodic.ts';

// A worker process: config -> container -> work -> drain. Run as many as there is work for.

const MAINTENANCE_INTERVAL_MS = 60 * 60 * 1000;

const config = readConfigOrExit(process.env);
const container = createWorkerContainer(config);
const { log } = container;

await container.warmUp().catch((err: unknown) => log.warn({ err }, 'Postgres is not there yet'));
const deliveries = workOnDeliveries(container, log);
const recovery = periodically('recover', config.recoverIntervalMs, log, () => container.recoverer.sweep());
const watch = periodically('endpoints', config.recoverIntervalMs, log, () => container.watch.sweep());
const maintenance = periodically('maintenance', MAINTENANCE_INTERVAL_MS, log, () => container.maintain());
log.info({ concurrency: config.concurrency }, 'the worker works');

let draining = false;
async function drain(signal: NodeJS.Signals): Promise<void> {
  if (draining) return;
  draining = true;
  log.info({ signal }, 'draining: no new deliveries, attempts under way are finished');
  await Promise.all([deliveries.stop(config.shutdownTimeoutMs), recovery.stop(), watch.stop(), maintenance.stop()]);
  await container.close();
  process.exit(0);
}
process.on('SIGTERM', drain);
process.on('SIGINT', drain);
