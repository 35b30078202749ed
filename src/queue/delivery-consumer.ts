import { type Job, Worker } from 'bullmq';
import { type AttemptSignal, NO_SIGNAL } from '../domain/endpoint-signal.ts';
import { isUnavailable } from '../domain/errors.ts';
import type { WorkerId } from '../domain/id.ts';
import type { AttemptKey } from '../ports/claims.ts';
import type { Log } from '../ports/process.ts';
import type { GatedQueue } from './delivery-queue.ts';
import type { AdmittedDelivery } from './gate/gate-messages.ts';
import { readJob } from './job-data.ts';
import { QUEUE_NAME } from './jobs.ts';
import { connectPatiently, type RedisOptions } from './redis.ts';
import { WorkerBeat } from './worker-beat.ts';

export interface ConsumerOptions extends RedisOptions {
  readonly workerId: WorkerId;
  /** Most attempts in flight at once: a busy worker takes fewer. */
  readonly concurrency: number;
}

/** @param rateSlot waits for the attempt's slot in the rate of its endpoint; to be awaited right before the request is sent */
type Handle = (attempt: AttemptKey, rateSlot: () => Promise<void>) => Promise<AttemptSignal>;

export interface DeliveryConsumer {
  /** What is in flight now, and how many deliveries this worker offers to have in flight. */
  readonly load: { readonly inFlight: number; readonly slots: number };
  /** Takes no more jobs and waits for the attempts in flight. */
  close(): Promise<void>;
  /** Leaves the queue at once, for good. */
  abort(): void;
}

/** How often jobs of workers that died are looked for; their leases in the gate run out sooner. */
const STALLED_INTERVAL_MS = 10_000;
/** How long one slot goes on without a job from the queue; a limit, so that BullMQ notices a worker that stalls or closes. */
const CHAIN_LENGTH = 50;
const CHAIN_MS = 5000;

/**
 * Takes jobs from the queue and passes their attempts to `handle`. A slot whose attempt ended takes the next delivery from the
 * gate at once, which saves most of the queue's work. A handler that throws leaves the delivery to `recover`: jobs have no
 * retries of their own.
 */
export class QueueConsumer implements DeliveryConsumer {
  readonly #queue: GatedQueue;
  readonly #log: Log;
  readonly #handle: Handle;
  readonly #worker: Worker<unknown>;
  readonly #redis: ReturnType<typeof connectPatiently>;
  readonly #beat: WorkerBeat;
  #closing = false;

  constructor(options: ConsumerOptions, queue: GatedQueue, log: Log, handle: Handle) {
    this.#queue = queue;
    this.#log = log;
    this.#handle = handle;
    this.#redis = connectPatiently(options.url);
    this.#redis.on('error', (err) => log.warn({ err: err.message }, 'redis: connection error'));
    this.#worker = new Worker<unknown>(QUEUE_NAME, (job) => this.#work(job), {
      connection: this.#redis,
      prefix: options.prefix,
      concurrency: options.concurrency,
      stalledInterval: STALLED_INTERVAL_MS,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    this.#worker.on('error', (err) => log.warn({ err: err.message }, 'queue: worker error'));
    this.#beat = new WorkerBeat(options.workerId, options.concurrency, (state) => queue.beat(state), log);
    queue.onReady(() => this.#beat.beat());
  }

  get load(): DeliveryConsumer['load'] {
    return this.#beat.load;
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#beat.drain(); // from now on nothing is admitted for these slots
    await this.#worker.close();
    this.abort();
  }

  abort(): void {
    this.#beat.stop();
    this.#redis.disconnect();
  }

  async #work({ id: jobId, data }: Job<unknown>): Promise<void> {
    const job = readJob(data);
    switch (job.kind) {
      case 'alarm':
        return this.#queue.offer([job.due]);
      case 'deliver':
        return this.#chain(job.admitted);
      case 'test':
        await this.#handled(job.due, async () => {});
        return;
      case 'unreadable':
        // a lease in the gate, if it has one, runs out
        this.#log.error({ jobId, reason: job.reason }, 'queue: dropped an unreadable job; recover will bring its delivery');
    }
  }

  async #chain(first: AdmittedDelivery): Promise<void> {
    const untilMs = performance.now() + CHAIN_MS;
    let next: AdmittedDelivery | undefined = first;
    for (let length = 1; next; length++) {
      const wantsNext = length < CHAIN_LENGTH && performance.now() < untilMs && !this.#closing;
      next = await this.#attempt(next, wantsNext);
    }
  }

  async #attempt(admitted: AdmittedDelivery, wantsNext: boolean): Promise<AdmittedDelivery | undefined> {
    this.#beat.starts(admitted);
    const signal = await this.#handled(admitted, () => this.#queue.awaitRateSlot(admitted));
    this.#beat.ends(admitted);
    return this.#queue.finish({ admitted, ...signal }, wantsNext);
  }

  async #handled(attempt: AttemptKey, rateSlot: () => Promise<void>): Promise<AttemptSignal> {
    try {
      return await this.#handle(attempt, rateSlot);
    } catch (err) {
      const { deliveryId } = attempt;
      if (isUnavailable(err))
        this.#log.warn({ err: String(err), deliveryId }, 'an attempt is put off; recover will bring it');
      else this.#log.error({ err, deliveryId }, 'an attempt could not be made; recover will bring it');
      return NO_SIGNAL;
    }
  }
}
