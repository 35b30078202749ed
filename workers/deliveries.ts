import type { WorkerContainer } from '../src/container.ts';
import type { Log } from '../src/pipeline/ports.ts';

export interface DeliveryWork {
  /** Takes no more, finishes what is in hand until the deadline, hands the rest back. */
  stop(deadlineMs: number): Promise<void>;
}

/** Takes deliveries from the queue and makes their attempts. */
export function workOnDeliveries({ consume, handBack }: WorkerContainer, log: Log): DeliveryWork {
  const consumer = consume();
  return {
    async stop(deadlineMs) {
      let timer: NodeJS.Timeout | undefined;
      const deadline = new Promise<'late'>((resolve) => {
        timer = setTimeout(() => resolve('late'), deadlineMs);
      });
      const outcome = await Promise.race([consumer.close().then(() => 'finished' as const), deadline]);
      clearTimeout(timer);
      if (outcome === 'finished') return;
      log.warn({ deadlineMs }, 'attempts were still under way at the deadline and are handed back');
      await handBack();
      await consumer.abort();
    },
  };
}
