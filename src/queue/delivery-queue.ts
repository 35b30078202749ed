import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { Unavailable } from '../domain/errors.ts';
import type { DeliveryQueue, DueDelivery, Log } from '../pipeline/ports.ts';
import { COMMAND_TIMEOUT_MS, connectFailingFast, type RedisOptions, whenReady } from './redis.ts';

export const QUEUE_NAME = 'deliveries';

/** What a job carries: ids only. Everything else stands in Postgres. */
export interface DeliveryJob {
  readonly deliveryId: string;
  readonly attempt: number;
}

type DeliveryJobs = Queue<DeliveryJob>;

interface Offer {
  readonly due: DueDelivery;
  readonly replace: boolean;
}

/** What is due later than this is not kept in Redis; `recover` finds it when it is due. */
const HORIZON_MS = 10 * 60 * 1000;
const BULK = 500;
/** Offers held in memory while Redis is slow or away; what comes on top is left to `recover`. */
const MAX_PENDING = 20_000;
const BROKEN_PAUSE_MS = 50;
const CALL_TIMEOUT_MS = 2 * COMMAND_TIMEOUT_MS;

/** The alarm clock, on BullMQ. Job ids are `<delivery>-<attempt>`; they only save work, the claim is what prevents doubles. */
export class BullDeliveryQueue implements DeliveryQueue {
  readonly #options: RedisOptions;
  readonly #redis: Redis;
  readonly #log: Log;
  #opening: Promise<DeliveryJobs> | undefined;
  #pending: Offer[] = [];
  #flushing: Promise<void> | undefined;
  #closing = false;

  constructor(options: RedisOptions, log: Log) {
    this.#options = options;
    this.#log = log;
    this.#redis = connectFailingFast(options.url);
    this.#redis.on('error', (err) => log.warn({ err: err.message }, 'redis: connection trouble'));
  }

  offer(deliveries: readonly DueDelivery[], { replace = false }: { readonly replace?: boolean } = {}): void {
    for (const due of deliveries) {
      if (due.delayMs > HORIZON_MS) continue;
      if (this.#pending.length < MAX_PENDING) this.#pending.push({ due, replace });
    }
    this.#startFlush();
  }

  async offerAndWait(deliveries: readonly DueDelivery[]): Promise<void> {
    for (let start = 0; start < deliveries.length; start += BULK) await this.#add(deliveries.slice(start, start + BULK));
  }

  async waiting(): Promise<number> {
    return bounded(this.#jobs().then((jobs) => jobs.getWaitingCount()));
  }

  async sweepDeadJobs(): Promise<void> {
    await bounded(this.#jobs().then((jobs) => jobs.clean(0, 1000, 'failed')));
  }

  /** @throws Unavailable when Redis does not answer in time */
  async ping(): Promise<void> {
    await bounded(this.#redis.ping());
  }

  /** Hands over what is pending, as far as Redis answers, and closes the connection. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#flushing;
    const closing = this.#opening?.then((jobs) => jobs.close());
    if (closing) await bounded(closing).catch((err) => this.#log.warn({ err }, 'redis: the queue did not close cleanly'));
    this.#redis.disconnect();
  }

  #startFlush(): void {
    if (this.#pending.length === 0) return;
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = undefined;
      this.#startFlush(); // for what was offered between the last look at `#pending` and now
    });
  }

  async #flush(): Promise<void> {
    // the end of this turn of the event loop: what is offered together is added together
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#pending.length > 0) {
      const batch = this.#pending.splice(0, BULK);
      try {
        await this.#handOverPatiently(batch);
      } catch (error) {
        const left = this.#closing ? this.#pending.splice(0).length : 0;
        const count = batch.length + left;
        this.#log.warn({ err: error, count }, 'redis: deliveries were not queued; recover will bring them');
      }
    }
  }

  /** What failed at once, because the connection broke, is tried once more; a Redis that does not answer is not. */
  async #handOverPatiently(batch: readonly Offer[]): Promise<void> {
    const beganAtMs = performance.now();
    try {
      await this.#handOver(batch);
    } catch (error) {
      if (this.#closing || performance.now() - beganAtMs >= COMMAND_TIMEOUT_MS) throw error;
      await new Promise((resolve) => setTimeout(resolve, BROKEN_PAUSE_MS)); // until the break has been noticed
      await this.#handOver(batch);
    }
  }

  async #handOver(batch: readonly Offer[]): Promise<void> {
    const replaced = batch.filter(({ replace }) => replace);
    if (replaced.length > 0) await this.#remove(replaced.map(({ due }) => jobId(due)));
    await this.#add(batch.map(({ due }) => due));
  }

  async #remove(jobIds: readonly string[]): Promise<void> {
    await bounded(this.#jobs().then((jobs) => Promise.all(jobIds.map((id) => jobs.remove(id)))));
  }

  async #add(deliveries: readonly DueDelivery[]): Promise<void> {
    const jobs = deliveries.map((due) => ({
      name: 'deliver',
      data: { deliveryId: due.deliveryId, attempt: due.attempt },
      opts: { jobId: jobId(due), ...(due.delayMs > 0 && { delay: due.delayMs }) },
    }));
    await bounded(this.#jobs().then((queue) => queue.addBulk(jobs)));
  }

  /**
   * The queue, when Redis is there: BullMQ never recovers from one that was opened while Redis was away. A connection that
   * is being made is waited for, so that a start or a moment without Redis costs little.
   */
  async #jobs(): Promise<DeliveryJobs> {
    await whenReady(this.#redis, COMMAND_TIMEOUT_MS);
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #open(): Promise<DeliveryJobs> {
    const jobs: DeliveryJobs = new Queue(QUEUE_NAME, {
      connection: this.#redis,
      prefix: this.#options.prefix,
      skipMetasUpdate: true,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    });
    jobs.on('error', (err) => this.#log.warn({ err: err.message }, 'redis: queue trouble'));
    await jobs.waitUntilReady();
    return jobs;
  }
}

function jobId({ deliveryId, attempt }: DueDelivery): string {
  return `${deliveryId}-${attempt}`;
}

/** BullMQ waits for ever on a Redis that is away or frozen; callers do not. */
async function bounded<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CALL_TIMEOUT_MS} ms`)), CALL_TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, timeout]);
  } catch (error) {
    throw new Unavailable('Redis', { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
