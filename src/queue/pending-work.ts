import type { Log } from '../ports/process.ts';
import type { DueDelivery } from '../ports/queue.ts';
import type { AdmittedDelivery, EndedAttempt } from './gate/gate-messages.ts';
import type { GateSteps } from './gate-steps.ts';
import type { Jobs } from './jobs.ts';

/** Most offers, alarms or endings in one round trip. */
export const BULK = 500;
/** Retries that are due later than this are not in Redis; `recover` finds them when they are due. */
const HORIZON_MS = 10 * 60 * 1000;
/** Offers held in memory while Redis is slow or unavailable; further ones are left to `recover`. */
const MAX_PENDING = 20_000;

interface PendingEnding {
  readonly ended: EndedAttempt;
  /** Passes the slot's next delivery, when there is one. */
  readonly resolve: (next: AdmittedDelivery | undefined) => void;
  readonly wantsNext: boolean;
}

/**
 * Offers, alarms and endings on their way to Redis, in rounds: what arrives in one tick of the event loop, or during a round,
 * shares the next round trip.
 */
export class PendingWork {
  readonly #steps: GateSteps;
  readonly #jobs: Jobs;
  readonly #log: Log;
  #offers: DueDelivery[] = [];
  #alarms: DueDelivery[] = [];
  #tests: DueDelivery[] = [];
  #endings: PendingEnding[] = [];
  #flushing: Promise<void> | undefined;
  #closing = false;

  constructor(steps: GateSteps, jobs: Jobs, log: Log) {
    this.#steps = steps;
    this.#jobs = jobs;
    this.#log = log;
  }

  offer(deliveries: readonly DueDelivery[]): void {
    for (const due of deliveries) {
      if (due.delayMs > HORIZON_MS) continue;
      if (this.#offers.length + this.#alarms.length + this.#tests.length >= MAX_PENDING) break;
      if (due.test) this.#tests.push(due);
      else if (due.delayMs > 0) this.#alarms.push(due);
      else this.#offers.push(due);
    }
    this.flush();
  }

  /** @returns the slot's next delivery, when it wants one and one is admitted */
  finish(ended: EndedAttempt, wantsNext: boolean): Promise<AdmittedDelivery | undefined> {
    return new Promise((resolve) => {
      this.#endings.push({ ended, resolve, wantsNext });
      this.flush();
    });
  }

  /** Starts a round if none is under way; one without work steps the gate all the same. */
  flush(): void {
    this.#flushing ??= this.#rounds().finally(() => {
      this.#flushing = undefined;
      if (this.#hasWork()) this.flush(); // for work that arrived between the last check and now
    });
  }

  /** Waits for the rounds under way; if Redis does not answer, the rest is dropped. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#flushing;
  }

  #hasWork(): boolean {
    return this.#endings.length + this.#offers.length + this.#alarms.length + this.#tests.length > 0;
  }

  async #rounds(): Promise<void> {
    do {
      await new Promise((resolve) => setImmediate(resolve));
      await this.#round();
    } while (this.#hasWork());
  }

  /** Endings and offers in one step, then jobs for the admitted deliveries that no slot took at once. */
  async #round(): Promise<void> {
    const endings = this.#endings.splice(0, BULK);
    const offers = this.#offers.splice(0, BULK);
    const alarms = this.#alarms.splice(0, BULK);
    const tests = this.#tests.splice(0, BULK);
    // each by itself: an alarm that could not be set must not lose what the gate has admitted
    const results = await Promise.allSettled([
      this.#stepGate(endings, offers),
      this.#jobs.setAlarms(alarms),
      this.#jobs.deliverTests(tests),
    ]);
    const failures = [offers, alarms, tests].flatMap((deliveries, index) => {
      const result = results[index];
      return result?.status === 'rejected' ? [{ reason: result.reason as unknown, count: deliveries.length }] : [];
    });
    if (failures.length > 0) this.#noteFailures(failures);
  }

  async #stepGate(endings: readonly PendingEnding[], offers: readonly DueDelivery[]): Promise<void> {
    try {
      const { admitted } = await this.#steps.step({ endings: endings.map(({ ended }) => ended), offers });
      await this.#jobs.deliver(passOn(endings, admitted));
    } finally {
      for (const { resolve } of endings) resolve(undefined); // without effect on those that got a delivery
    }
  }

  #noteFailures(failures: readonly { readonly reason: unknown; readonly count: number }[]): void {
    const pending = [this.#offers, this.#alarms, this.#tests];
    const left = this.#closing ? pending.flatMap((waiting) => waiting.splice(0)).length : 0;
    const count = failures.reduce((sum, failure) => sum + failure.count, left);
    this.#log.warn({ err: failures[0]?.reason, count }, 'redis: deliveries were not queued; recover will bring them');
  }
}

/** Passes admitted deliveries to the slots that became free; returns those that are left for the queue. */
function passOn(endings: readonly PendingEnding[], admitted: readonly AdmittedDelivery[]): readonly AdmittedDelivery[] {
  let next = 0;
  for (const { resolve, wantsNext } of endings) {
    resolve(wantsNext ? admitted[next] : undefined);
    if (wantsNext && next < admitted.length) next += 1;
  }
  return admitted.slice(next);
}
