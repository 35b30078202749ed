import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import pTimeout from 'p-timeout';
import { Unavailable } from '../domain/errors.ts';
import type { Log } from '../ports/process.ts';
import type { DueDelivery } from '../ports/queue.ts';
import type { Admitted } from './gate/gate.ts';
import { COMMAND_TIMEOUT_MS, whenReady } from './redis.ts';

export const QUEUE_NAME = 'deliveries';

/** What jobs carry: ids only. `deliver`: make the attempt now. `alarm`: offer it to the gate again. */
export type DeliveryJob = ({ readonly kind: 'deliver' } & Admitted) | ({ readonly kind: 'alarm' } & DueDelivery);

const CALL_TIMEOUT_MS = 2 * COMMAND_TIMEOUT_MS;
const DEAD_JOBS = 1000;
const BROKEN_PAUSE_MS = 50;

/** The BullMQ queue: hands admitted deliveries to workers, and is the alarm clock of retries. */
export class Jobs {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #log: Log;
  #opening: Promise<Queue<DeliveryJob>> | undefined;

  constructor(redis: Redis, prefix: string, log: Log) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#log = log;
  }

  /** Each admission is a job of its own: what an earlier one left behind cannot swallow it. @throws Unavailable */
  async deliver(admitted: readonly Admitted[]): Promise<void> {
    const jobs = admitted.map((one) => ({ name: 'deliver', data: { kind: 'deliver' as const, ...one } }));
    await patiently(() => bounded(this.#queue().then((queue) => queue.addBulk(jobs))));
  }

  /** Sets alarms; one that is set for the same attempt stays as it is. @throws Unavailable */
  async setAlarms(alarms: readonly DueDelivery[]): Promise<void> {
    const jobs = alarms.map((due) => ({
      name: 'alarm',
      data: { kind: 'alarm' as const, ...due },
      opts: { jobId: `${due.deliveryId}-${due.attempt}`, delay: due.delayMs },
    }));
    await patiently(() => bounded(this.#queue().then((queue) => queue.addBulk(jobs))));
  }

  /** Removes what failed in BullMQ's own eyes, which would swallow a new alarm of the same id. @throws Unavailable */
  async sweepDead(): Promise<void> {
    await bounded(this.#queue().then((queue) => queue.clean(0, DEAD_JOBS, 'failed')));
  }

  async close(): Promise<void> {
    const closing = this.#opening?.then((queue) => queue.close());
    if (closing) await bounded(closing).catch((err) => this.#log.warn({ err }, 'redis: the queue did not close cleanly'));
  }

  /** BullMQ never recovers from a queue that was opened while Redis was away, so it is opened when Redis is there. */
  #queue(): Promise<Queue<DeliveryJob>> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #open(): Promise<Queue<DeliveryJob>> {
    await whenReady(this.#redis, COMMAND_TIMEOUT_MS);
    const queue: Queue<DeliveryJob> = new Queue(QUEUE_NAME, {
      connection: this.#redis,
      prefix: this.#prefix,
      skipMetasUpdate: true,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    });
    queue.on('error', (err) => this.#log.warn({ err: err.message }, 'redis: queue trouble'));
    await queue.waitUntilReady();
    return queue;
  }
}

/** BullMQ waits for ever on an unavailable or frozen Redis; our callers do not. @throws Unavailable */
export async function bounded<T>(work: Promise<T>): Promise<T> {
  try {
    return await pTimeout(work, { milliseconds: CALL_TIMEOUT_MS });
  } catch (error) {
    throw new Unavailable('Redis', { cause: error });
  }
}

/** What failed at once, because the connection broke, is tried once more; a Redis that does not answer is not. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const beganAtMs = performance.now();
  try {
    return await work();
  } catch (error) {
    if (performance.now() - beganAtMs >= COMMAND_TIMEOUT_MS) throw error;
    await new Promise((resolve) => setTimeout(resolve, BROKEN_PAUSE_MS)); // until the break has been noticed
    return work();
  }
}
