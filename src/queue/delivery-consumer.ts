import { randomUUID } from 'node:crypto';
import { Worker } from 'bullmq';
import { type AttemptSignal, NO_SIGNAL } from '../domain/endpoint-signal.ts';
import { isUnavailable } from '../domain/errors.ts';
import type { Log } from '../ports/process.ts';
import type { GatedQueue } from './delivery-queue.ts';
import type { Admitted } from './gate/gate.ts';
import { type DeliveryJob, QUEUE_NAME } from './jobs.ts';
import { connectPatiently, type RedisOptions } from './redis.ts';
import { type Busyness, Slots, WAITING_AFTER_MS } from './slots.ts';

export interface ConsumerOptions extends RedisOptions {
  /** Attempts in hand at once, at most: a busy worker takes fewer. */
  readonly concurrency: number;
}

/** @param place waits for the attempt's place in its endpoint's rate; to be awaited right before it is sent */
type Handle = (admitted: Admitted, place: () => Promise<void>) => Promise<AttemptSignal>;

export interface DeliveryConsumer {
  /** What is in flight now, and how many deliveries this worker offers to have in flight. */
  readonly load: { readonly inFlight: number; readonly slots: number };
  /** Takes no more jobs and waits for those in hand. */
  close(): Promise<void>;
  /** Leaves the queue at once, for good. */
  abort(): void;
}

const BEAT_MS = 1000;
/** How often jobs of workers that died are looked for; their places in the gate are free again sooner. */
const STALLED_INTERVAL_MS = 10_000;
/** How long one slot goes on without going through the queue; then others get their chance to be told to stop, or stall. */
const CHAIN_LENGTH = 50;
const CHAIN_MS = 5000;

/**
 * Takes attempts from the queue and hands them to `handle`. A slot that ended one takes the next from the gate at once, which
 * saves most of the queue's work. A handler that throws leaves the delivery to `recover`: jobs have no retries of their own.
 */
export class QueueConsumer implements DeliveryConsumer {
  readonly #queue: GatedQueue;
  readonly #log: Log;
  readonly #handle: Handle;
  readonly #worker: Worker<DeliveryJob>;
  readonly #redis: ReturnType<typeof connectPatiently>;
  readonly #id = randomUUID();
  readonly #slots: Slots;
  /** Since when, by `performance.now()`. */
  readonly #hands = new Map<Admitted, number>();
  readonly #beating: NodeJS.Timeout;
  #loop = performance.eventLoopUtilization();
  #offeredSlots = 0;
  #closing = false;

  constructor(options: ConsumerOptions, queue: GatedQueue, log: Log, handle: Handle) {
    this.#queue = queue;
    this.#log = log;
    this.#handle = handle;
    this.#slots = new Slots(options.concurrency);
    this.#redis = connectPatiently(options.url);
    this.#redis.on('error', (err) => log.warn({ err: err.message }, 'redis: connection trouble'));
    this.#worker = new Worker<DeliveryJob>(QUEUE_NAME, ({ data }) => this.#work(data), {
      connection: this.#redis,
      prefix: options.prefix,
      concurrency: options.concurrency,
      stalledInterval: STALLED_INTERVAL_MS,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    this.#worker.on('error', (err) => log.warn({ err: err.message }, 'queue: worker trouble'));
    queue.onReady(() => this.#beat());
    this.#beat();
    this.#beating = setInterval(() => this.#beat(), BEAT_MS);
  }

  get load(): DeliveryConsumer['load'] {
    return { inFlight: this.#hands.size, slots: this.#offeredSlots };
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#beat(); // from now on nothing is admitted for these slots
    await this.#worker.close();
    this.abort();
  }

  abort(): void {
    clearInterval(this.#beating);
    this.#redis.disconnect();
  }

  async #work(job: DeliveryJob): Promise<void> {
    if (job.kind === 'alarm') {
      this.#queue.offer([{ ...job, delayMs: 0 }]);
      return;
    }
    const untilMs = Date.now() + CHAIN_MS;
    let next: Admitted | undefined = job;
    for (let length = 1; next; length++) {
      const wantsNext = length < CHAIN_LENGTH && Date.now() < untilMs && !this.#closing;
      next = await this.#attempt(next, wantsNext);
    }
  }

  async #attempt(admitted: Admitted, wantsNext: boolean): Promise<Admitted | undefined> {
    this.#hands.set(admitted, performance.now());
    let signal = NO_SIGNAL;
    try {
      signal = await this.#handle(admitted, () => this.#queue.place(admitted));
    } catch (err) {
      const { deliveryId } = admitted;
      if (isUnavailable(err))
        this.#log.warn({ err: String(err), deliveryId }, 'an attempt is put off; recover will bring it');
      else this.#log.error({ err, deliveryId }, 'an attempt could not be made; recover will bring it');
    }
    this.#hands.delete(admitted);
    return this.#queue.finish({ admitted, ...signal }, wantsNext);
  }

  #beat(): void {
    this.#offeredSlots = this.#closing ? 0 : this.#slots.after(this.#busyness());
    const worker = { id: this.#id, slots: this.#offeredSlots };
    this.#queue.beat({ worker, hands: [...this.#hands.keys()] }).catch((err: Error) => {
      this.#log.warn({ err: err.message }, 'redis: a worker could not say that it is alive');
    });
  }

  #busyness(): Busyness {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#loop);
    this.#loop = now;
    const before = performance.now() - WAITING_AFTER_MS;
    const waiting = [...this.#hands.values()].filter((sinceMs) => sinceMs < before).length;
    return { utilization, waiting };
  }
}
