import { readConfigOrExit } from '../src/config.ts';
import { createWorkerContainer } from '../src/container.ts';
import { processDeliveries } from './deliveries.ts';
import { periodically } from './periodic.ts';

// A worker process: config -> container -> process deliveries -> drain. Any number can run side by side.

const MAINTENANCE_INTERVAL_MS = 60 * 60 * 1000;

const config = readConfigOrExit(process.env);
const container = createWorkerContainer(config);
const { log } = container;

await container.warmUp().catch((err: unknown) => log.warn({ err }, 'Postgres is not available yet'));
const deliveries = processDeliveries(container, log);
const recovery = periodically('recover', config.recoverIntervalMs, log, () => container.recoverer.sweep());
const watch = periodically('endpoints', config.recoverIntervalMs, log, () => container.watch.sweep());
const maintenance = periodically('maintenance', MAINTENANCE_INTERVAL_MS, log, () => container.maintain());
log.info({ concurrency: config.concurrency }, 'worker started');

let draining = false;
async function drain(signal: NodeJS.Signals): Promise<void> {
  if (draining) return;
  draining = true;
  log.info({ signal }, 'draining: taking no new deliveries, finishing attempts in flight');
  await Promise.all([deliveries.stop(config.shutdownTimeoutMs), recovery.stop(), watch.stop(), maintenance.stop()]);
  await container.close();
  process.exit(0);
}
process.on('SIGTERM', drain);
process.on('SIGINT', drain);
