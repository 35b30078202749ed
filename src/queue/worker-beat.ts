import type { WorkerId } from '../domain/id.ts';
import type { Log } from '../ports/process.ts';
import type { WorkerState } from './delivery-queue.ts';
import type { AdmittedDelivery } from './gate/gate-messages.ts';
import { type Busyness, Slots, WAITING_AFTER_MS } from './slots.ts';

const BEAT_MS = 1000;

/** Reports every second that a worker is alive, what it has in flight and how many slots it offers. */
export class WorkerBeat {
  readonly #report: (state: WorkerState) => Promise<void>;
  readonly #log: Log;
  readonly #id: WorkerId;
  readonly #slots: Slots;
  /** Since when, by `performance.now()`. */
  readonly #inFlight = new Map<AdmittedDelivery, number>();
  readonly #timer: NodeJS.Timeout;
  #loop = performance.eventLoopUtilization();
  #offered = 0;
  #draining = false;

  /** @param concurrency most attempts in flight in this worker */
  constructor(id: WorkerId, concurrency: number, report: (state: WorkerState) => Promise<void>, log: Log) {
    this.#id = id;
    this.#slots = new Slots(concurrency);
    this.#report = report;
    this.#log = log;
    this.#timer = setInterval(() => this.beat(), BEAT_MS);
    this.beat();
  }

  starts(admitted: AdmittedDelivery): void {
    this.#inFlight.set(admitted, performance.now());
  }

  ends(admitted: AdmittedDelivery): void {
    this.#inFlight.delete(admitted);
  }

  get load(): { readonly inFlight: number; readonly slots: number } {
    return { inFlight: this.#inFlight.size, slots: this.#offered };
  }

  beat(): void {
    this.#offered = this.#draining ? 0 : this.#slots.after(this.#busyness());
    this.#report({ worker: { id: this.#id, slots: this.#offered }, inFlight: [...this.#inFlight.keys()] }).catch(
      (err: Error) => {
        this.#log.warn({ err: err.message }, 'redis: a worker could not report that it is alive');
      },
    );
  }

  /** Offers no more slots, and goes on reporting what is in flight. */
  drain(): void {
    this.#draining = true;
    this.beat();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #busyness(): Busyness {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#loop);
    this.#loop = now;
    const before = performance.now() - WAITING_AFTER_MS;
    const waiting = [...this.#inFlight.values()].filter((sinceMs) => sinceMs < before).length;
    return { utilization, waiting };
  }
}
