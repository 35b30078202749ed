import type { DeliveryQueue } from '../ports/queue.ts';
import type { StatisticsStore } from '../ports/statistics.ts';

export interface KeepStatisticsDeps {
  readonly statistics: Pick<StatisticsStore, 'fold' | 'sampleBacklog'>;
  readonly queue: Pick<DeliveryQueue, 'waiting'>;
}

/** Counts what has ended since the last call, and what waits now; run by the leading worker every few seconds. @throws Unavailable */
export async function keepStatistics({ statistics, queue }: KeepStatisticsDeps): Promise<void> {
  await statistics.fold();
  const parked = await queue.waiting().catch(() => undefined); // then the sample says that it is unknown
  await statistics.sampleBacklog(parked);
}
