import pTimeout from 'p-timeout';
import type { WorkerContainer } from '../src/container.ts';
import type { Log } from '../src/ports/process.ts';

export interface DeliveryProcessing {
  /**
   * Takes no more deliveries, finishes the attempts in flight for up to `deadlineMs`, then breaks the rest off and gives their
   * claims back.
   */
  stop(deadlineMs: number): Promise<void>;
}

/** How long the jobs of attempts that were broken off may take to end; Redis may be frozen. */
const JOBS_END_MS = 2000;

/** Starts to take deliveries from the queue and attempt them. */
export function processDeliveries(
  { consume, giveBackInFlight, offerReturned }: WorkerContainer,
  log: Log,
): DeliveryProcessing {
  const consumer = consume();
  return {
    async stop(deadlineMs) {
      const closed = consumer.close();
      if (await endsWithin(closed, deadlineMs)) return;
      log.warn({ deadlineMs }, 'shutdown deadline reached; breaking off attempts in flight and giving their claims back');
      await giveBackInFlight().catch((err: unknown) =>
        log.warn(
          { err },
          'claims could not be given back; the other workers release them when they count this one as dead',
        ),
      );
      if (!(await endsWithin(closed, JOBS_END_MS))) consumer.abort();
      offerReturned();
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
