import pTimeout from 'p-timeout';
import type { WorkerContainer } from '../src/container.ts';
import type { Log } from '../src/ports/process.ts';

export interface DeliveryProcessing {
  /**
   * Takes no more deliveries, waits up to `deadlineMs` for the attempts in flight, then aborts the rest and returns their
   * claims.
   */
  stop(deadlineMs: number): Promise<void>;
}

/** How long the jobs of aborted attempts may take to end; Redis may be frozen. */
const JOBS_END_MS = 2000;

/** Starts to take deliveries from the queue and attempt them. */
export function processDeliveries({ consume, handBack, offer }: WorkerContainer, log: Log): DeliveryProcessing {
  const consumer = consume();
  return {
    async stop(deadlineMs) {
      const closed = consumer.close();
      if (await endsWithin(closed, deadlineMs)) return;
      log.warn({ deadlineMs }, 'shutdown deadline reached; aborting attempts in flight and returning their claims');
      const handedBack = await handBack().catch((err: unknown) => {
        log.warn({ err }, 'claims could not be returned; their leases will expire');
        return [];
      });
      if (!(await endsWithin(closed, JOBS_END_MS))) consumer.abort();
      offer(handedBack);
    },
  };
}

/** False when `work` has not ended after `milliseconds`. */
function endsWithin(work: Promise<void>, milliseconds: number): Promise<boolean> {
  return pTimeout(
    work.then(() => true),
    { milliseconds, fallback: () => false },
  );
}
