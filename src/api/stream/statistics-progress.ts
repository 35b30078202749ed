import { readStatistics, type StatisticsDeps } from '../../admin/statistics.ts';
import { isUnavailable } from '../../domain/errors.ts';
import type { Log } from '../../ports/process.ts';
import { showAllStatistics } from '../statistics-view.ts';
import type { Subscriber } from './subscriber.ts';

export interface WatchedStatisticsDeps extends StatisticsDeps {
  readonly log: Log;
}

/** Reports the statistics of the last 24 hours: read from time to time, once for all streams of a tenant. */
export class StatisticsProgress {
  readonly #deps: WatchedStatisticsDeps;
  /** The groups that each stream was sent last, as JSON. */
  readonly #sent = new WeakMap<Subscriber, string>();

  constructor(deps: WatchedStatisticsDeps) {
    this.#deps = deps;
  }

  /** Sends what changed since the last report. Never throws: what cannot be read now is read the next time. */
  async report(subscribers: Iterable<Subscriber>): Promise<void> {
    const watching = [...subscribers].filter(({ wanted }) => wanted.topics.stats);
    const byTenant = Map.groupBy(watching, ({ wanted }) => wanted.tenantId);
    try {
      for (const [tenantId, streams] of byTenant) {
        const data = showAllStatistics(await readStatistics(this.#deps, tenantId, { groupBy: 'none' }));
        const text = JSON.stringify(data.groups);
        for (const subscriber of streams) {
          if (this.#sent.get(subscriber) === text) continue;
          this.#sent.set(subscriber, text);
          subscriber.send({ event: 'stats', data });
        }
      }
    } catch (error) {
      if (!isUnavailable(error)) this.#deps.log.error({ err: error }, 'statistics could not be read for those who watch');
    }
  }
}
