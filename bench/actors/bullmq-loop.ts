import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { serve } from '../../test/support/calls.ts';
import { monotonicMs } from '../rig/clock.ts';

// Baseline: what BullMQ costs for a job that does nothing, taken as the worker would take it.

const QUEUE = 'no-op';
const BULK = 500;

interface Jobs {
  readonly redisUrl: string;
  readonly count: number;
}

/** Adds the jobs; what this costs is not measured. */
async function fill({ redisUrl, count }: Jobs): Promise<void> {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue(QUEUE, { connection });
  for (let from = 0; from < count; from += BULK) {
    const size = Math.min(BULK, count - from);
    await queue.addBulk(
      Array.from({ length: size }, (_, index) => ({
        name: 'deliver',
        data: { deliveryId: `dlv_00000000-0000-7000-8000-${String(from + index).padStart(12, '0')}`, attempt: 1 },
      })),
    );
  }
  await queue.close();
  connection.disconnect();
}

/** Takes all jobs. Returns how long it took, in milliseconds. */
async function drain({ redisUrl, count, concurrency }: Jobs & { readonly concurrency: number }): Promise<number> {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const startedAtMs = monotonicMs();
  let done = 0;
  const all = Promise.withResolvers<void>();
  const worker = new Worker(
    QUEUE,
    async () => {
      done += 1;
      if (done === count) all.resolve();
    },
    { connection, concurrency, removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } },
  );
  await all.promise;
  const elapsedMs = monotonicMs() - startedAtMs;
  await worker.close();
  connection.disconnect();
  return elapsedMs;
}

const commands = { fill, drain };

export type BullmqCommands = typeof commands;
serve(commands);
