import { killAWorker } from './processes.ts';
import type { Scenario } from './scenario.ts';
import { restartRedisEmpty } from './servers.ts';

/** Misbehaving receivers, and the order of deliveries during faults. */
export const RECEIVER_FAULTS: readonly Scenario[] = [
  {
    name: 'hostile-receivers',
    what: 'some receivers reset, hang, drip, send 100 MB, answer garbage or fail half the time',
    // ten seconds of nothing but failures instead of five days; the remaining deliveries of such an endpoint are then held
    env: { DISABLE_AFTER_HOURS: String(10 / 3600) },
    ground: { hostile: true },
    // nobody else is held up
    promises: { acceptsThroughout: true, noDuplicates: true, maxDelayMs: 10_000 },
  },
  {
    name: 'ordering',
    what: 'passes keep their order while receivers fail and a worker is killed (-9)',
    // three tries: of a hundred deliveries about one dies
    ground: { ordered: true, failShare: 0.2, retryDelaysMs: [200, 500] },
    promises: { hitsInFlight: true },
    fault: killAWorker,
  },
  {
    name: 'ordering-redis-killed',
    what: 'passes keep their order while receivers fail and Redis is killed and restarted empty',
    ground: { ordered: true, failShare: 0.2, retryDelaysMs: [200, 500] },
    promises: { acceptsThroughout: true, noDuplicates: true },
    fault: restartRedisEmpty,
  },
];
