import { Worker } from 'bullmq';
import { isUnavailable } from '../domain/errors.ts';
import type { DeliveryId } from '../domain/id.ts';
import type { Log } from '../pipeline/ports.ts';
import { type DeliveryJob, QUEUE_NAME } from './delivery-queue.ts';
import { connectPatiently, type RedisOptions } from './redis.ts';

export interface ConsumerOptions extends RedisOptions {
  /** Jobs in hand at once. */
  readonly concurrency: number;
}

export interface DeliveryConsumer {
  /** Takes no more jobs and waits for those in hand. */
  close(): Promise<void>;
  /** Breaks the connection off, so that a `close` that waits for a Redis that does not answer comes to its end. */
  abort(): void;
}

/**
 * How often jobs of workers that died are looked for. With BullMQ's lock of 30 s such a job is back after 40 s at the
 * latest, which is when the lease of its delivery runs out.
 */
const STALLED_INTERVAL_MS = 10_000;

/**
 * Takes attempts from the queue and hands them to `handle`. A handler that throws leaves the delivery to `recover`: the job
 * is only an alarm, its own retries are off.
 */
export function consumeDeliveries(
  options: ConsumerOptions,
  log: Log,
  handle: (deliveryId: DeliveryId, attempt: number) => Promise<void>,
): DeliveryConsumer {
  const redis = connectPatiently(options.url);
  redis.on('error', (err) => log.warn({ err: err.message }, 'redis: connection trouble'));
  const worker = new Worker<DeliveryJob>(
    QUEUE_NAME,
    async ({ data }) => handle(data.deliveryId as DeliveryId, data.attempt),
    {
      connection: redis,
      prefix: options.prefix,
      concurrency: options.concurrency,
      stalledInterval: STALLED_INTERVAL_MS,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    },
  );
  worker.on('error', (err) => log.warn({ err: err.message }, 'queue: worker trouble'));
  worker.on('failed', (job, err) => {
    const deliveryId = job?.data.deliveryId;
    if (isUnavailable(err)) log.warn({ err: err.message, deliveryId }, 'an attempt is put off; recover will bring it');
    else log.error({ err, deliveryId }, 'an attempt could not be made; recover will bring it');
  });
  return {
    async close() {
      await worker.close();
      redis.disconnect();
    },
    abort: () => redis.disconnect(),
  };
}
