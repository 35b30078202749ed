import pTimeout from 'p-timeout';
import type { WorkerContainer } from '../src/container.ts';
import type { Log } from '../src/ports/process.ts';

export interface DeliveryWork {
  /** Takes no more, finishes what is in hand until the deadline, hands the rest back. */
  stop(deadlineMs: number): Promise<void>;
}

/** How long the jobs of what was handed back may take to end, in a Redis that may be frozen. */
const JOBS_END_MS = 2000;

/** Takes deliveries from the queue and makes their attempts. */
export function workOnDeliveries({ consume, handBack, offer }: WorkerContainer, log: Log): DeliveryWork {
  const consumer = consume();
  return {
    async stop(deadlineMs) {
      const closed = consumer.close();
      if (await endsWithin(closed, deadlineMs)) return;
      log.warn({ deadlineMs }, 'attempts were still under way at the deadline and are handed back');
      const handedBack = await handBack().catch((err: unknown) => {
        log.warn({ err }, 'they could not be handed back; their leases run out');
        return [];
      });
      if (!(await endsWithin(closed, JOBS_END_MS))) consumer.abort();
      offer(handedBack);
    },
  };
}

/** False when `work` is still under way after `milliseconds`. */
function endsWithin(work: Promise<void>, milliseconds: number): Promise<boolean> {
  return pTimeout(
    work.then(() => true),
    { milliseconds, fallback: () => false },
  );
}
