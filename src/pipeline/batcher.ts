export interface BatcherOptions<In> {
  /** The most weight one run takes; a single heavier item runs alone. */
  readonly maxWeight: number;
  /** Most runs at once. While that many are under way, items wait, and the next run takes them all. */
  readonly maxInFlight: number;
  readonly weigh?: (item: In) => number;
  /** For items whose callers are not in a hurry: a run starts no sooner than this after the previous one. */
  readonly paceMs?: number;
  /** While paced: with this many items waiting, a run starts at once. */
  readonly enough?: number;
  /** For callers that cannot wait: an item whose run has not started by then is rejected. */
  readonly expiry?: { readonly afterMs: number; readonly reason: () => Error };
}

interface Waiting<In, Out> {
  readonly item: In;
  readonly resolve: (out: Out) => void;
  readonly reject: (reason: unknown) => void;
  expiryTimer: NodeJS.Timeout | undefined;
}

/**
 * Lets concurrent callers share one run (group commit). An idle batcher runs at the end of the current turn of the event loop,
 * so a lone item hardly waits; a busy one collects the items that arrive meanwhile, so batches grow with the load.
 */
export class Batcher<In, Out> {
  readonly #run: (items: readonly In[]) => Promise<readonly Out[]>;
  readonly #options: BatcherOptions<In>;
  #waiting: Waiting<In, Out>[] = [];
  #inFlight = 0;
  #scheduled = false;
  #startedAtMs = Number.NEGATIVE_INFINITY;
  #pause: NodeJS.Timeout | undefined;

  /** @param run gives one result per item, in order; when it rejects, all items of the run reject with its reason */
  constructor(run: (items: readonly In[]) => Promise<readonly Out[]>, options: BatcherOptions<In>) {
    this.#run = run;
    this.#options = options;
  }

  add(item: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting<In, Out> = { item, resolve, reject, expiryTimer: undefined };
      const { expiry } = this.#options;
      if (expiry) waiting.expiryTimer = setTimeout(() => this.#expire(waiting, expiry.reason()), expiry.afterMs);
      this.#waiting.push(waiting);
      this.#schedule();
    });
  }

  #expire(waiting: Waiting<In, Out>, reason: Error): void {
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
    waiting.reject(reason);
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0 || this.#inFlight >= this.#options.maxInFlight) return;
    const { paceMs = 0, enough = 1 } = this.#options;
    const pauseMs = this.#waiting.length >= enough ? 0 : this.#startedAtMs + paceMs - performance.now();
    if (pauseMs > 0) {
      this.#pause ??= setTimeout(() => {
        this.#pause = undefined;
        this.#schedule();
      }, pauseMs);
      return;
    }
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#start();
      this.#schedule();
    });
  }

  #start(): void {
    const batch = this.#take();
    if (batch.length === 0) return;
    this.#inFlight += 1;
    this.#startedAtMs = performance.now();
    for (const { expiryTimer } of batch) clearTimeout(expiryTimer);
    this.#run(batch.map(({ item }) => item))
      .then(
        (results) => settle(batch, results),
        (reason: unknown) => {
          for (const { reject } of batch) reject(reason);
        },
      )
      .finally(() => {
        this.#inFlight -= 1;
        this.#schedule();
      });
  }

  #take(): Waiting<In, Out>[] {
    const { maxWeight, weigh = () => 1 } = this.#options;
    let weight = 0;
    let count = 0;
    for (const { item } of this.#waiting) {
      weight += weigh(item);
      if (count > 0 && weight > maxWeight) break;
      count += 1;
    }
    const batch = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    return batch;
  }
}

function settle<In, Out>(batch: readonly Waiting<In, Out>[], results: readonly Out[]): void {
  for (const [index, { resolve, reject }] of batch.entries()) {
    if (index < results.length) resolve(results[index] as Out);
    else reject(new Error('the batch returned fewer results than it had items'));
  }
}

/**
 * Wraps a run so that only the culprits among its items get an error: a run that fails is repeated with each half of its items,
 * down to single ones.
 *
 * @param concernsAll recognises a failure that every item would meet (the server is unavailable); then nothing is tried again
 */
export function isolateFailures<In, Out>(
  run: (items: readonly In[]) => Promise<readonly Out[]>,
  concernsAll: (error: unknown) => boolean,
): (items: readonly In[]) => Promise<readonly (Out | Error)[]> {
  return async function runIsolated(items): Promise<readonly (Out | Error)[]> {
    try {
      return await run(items);
    } catch (error) {
      if (items.length === 1 || concernsAll(error)) return items.map(() => asError(error));
    }
    const half = Math.ceil(items.length / 2);
    return [...(await runIsolated(items.slice(0, half))), ...(await runIsolated(items.slice(half)))];
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
