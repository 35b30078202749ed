import { isUnavailable } from '../domain/errors.ts';
import type { AttemptRecord, ClaimStore } from '../ports/claims.ts';
import type { Clock, Log } from '../ports/process.ts';
import type { DeliveryQueue } from '../ports/queue.ts';
import { Batcher, isolateFailures } from './batcher.ts';
import { REDUCTIONS } from './reduce-record.ts';

export interface RecorderDeps {
  readonly claims: Pick<ClaimStore, 'settle'>;
  readonly queue: Pick<DeliveryQueue, 'offer'>;
  readonly clock: Clock;
  readonly log: Log;
}

const MAX_RECORDS = 200;
/** Results are not urgent, and each write is a commit: the results of this many milliseconds share one. */
const PACE_MS = 10;
const ENOUGH_RECORDS = 8;
/** How long a result is retried while Postgres is unavailable: about the rest of the claim's lease. */
const RETRY_FOR_MS = 25_000;
const RETRY_PAUSE_MS = 500;

/** Writes the results of attempts; results that come together share one transaction. */
export class AttemptRecorder {
  readonly #deps: RecorderDeps;
  readonly #batches: Batcher<AttemptRecord, boolean | Error>;

  constructor(deps: RecorderDeps) {
    this.#deps = deps;
    const write = isolateFailures((records: readonly AttemptRecord[]) => this.#writeAll(records), isUnavailable);
    this.#batches = new Batcher(write, {
      maxWeight: MAX_RECORDS,
      maxInFlight: 2,
      paceMs: PACE_MS,
      enough: ENOUGH_RECORDS,
    });
  }

  /**
   * Writes a result, and retries while Postgres is unavailable: what was sent should not be sent twice. A result that Postgres
   * refuses is written without what it may have been refused for.
   *
   * @returns false when the claim had been lost, and nothing was written
   * @throws Unavailable when Postgres stays unavailable for 25 s
   */
  async record(record: AttemptRecord): Promise<boolean> {
    let written = await this.#tryToRecord(record);
    for (const reduce of REDUCTIONS) {
      if (!(written instanceof Error) || isUnavailable(written)) break;
      const { id: deliveryId } = record.claimed;
      this.#deps.log.error({ err: written, deliveryId }, 'a result could not be stored as it is and is stored with less');
      written = await this.#tryToRecord(reduce(record));
    }
    if (written instanceof Error) throw written;
    return written;
  }

  /** Retries while Postgres is unavailable. */
  async #tryToRecord(record: AttemptRecord): Promise<boolean | Error> {
    const giveUpAtMs = this.#deps.clock() + RETRY_FOR_MS;
    for (;;) {
      const written = await this.#batches.add(record);
      if (!isUnavailable(written) || this.#deps.clock() > giveUpAtMs) return written;
      await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
    }
  }

  async #writeAll(records: readonly AttemptRecord[]): Promise<boolean[]> {
    const { written, released } = await this.#deps.claims.settle(records);
    if (released.length > 0) this.#deps.queue.offer(released);
    const recorded = new Set(written);
    return records.map((record) => recorded.has(record));
  }
}
