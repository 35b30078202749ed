import type { Log } from '../ports/process.ts';
import type { DeliveryQueue } from '../ports/queue.ts';
import type { WorkerRegistry, WorkerState } from '../ports/workers.ts';

export interface WorkerWatchDeps {
  readonly registry: WorkerRegistry;
  readonly queue: Pick<DeliveryQueue, 'offer'>;
  /** Whether this worker reaches what the sweeps need. */
  readonly canSweep: () => boolean;
  /** What this worker does now. */
  readonly load: () => Pick<WorkerState, 'slots' | 'inFlight'>;
  readonly log: Log;
}

/** A worker whose last beat is older than this no longer leads: another one has taken over. */
const LEADS_FOR_MS = 3000;

/** Reports that this worker is alive, and releases the claims of workers that are not. */
export class WorkerWatch {
  readonly #deps: WorkerWatchDeps;
  readonly #monotonicMs: () => number;
  #ledAtMs = Number.NEGATIVE_INFINITY;
  #draining = false;
  #releasing: Promise<void> | undefined;

  /** @param monotonicMs milliseconds from any start, never set back */
  constructor(deps: WorkerWatchDeps, monotonicMs: () => number = () => performance.now()) {
    this.#deps = deps;
    this.#monotonicMs = monotonicMs;
  }

  /** Whether this worker runs the sweeps that one worker runs for all. */
  get leads(): boolean {
    return this.#monotonicMs() - this.#ledAtMs < LEADS_FOR_MS;
  }

  /** To be called every second. Does not wait for the release of claims, which may hang. @throws Unavailable */
  async beat(): Promise<void> {
    const { registry, canSweep, load } = this.#deps;
    const sentAtMs = this.#monotonicMs();
    const { leads, someDied } = await registry.beat({ mayLead: !this.#draining && canSweep(), ...load() });
    this.#ledAtMs = leads ? sentAtMs : Number.NEGATIVE_INFINITY;
    if (someDied) this.#startRelease();
  }

  /** Leaves the sweeps to another worker, while attempts in flight end. */
  drain(): void {
    this.#draining = true;
    this.#ledAtMs = Number.NEGATIVE_INFINITY;
  }

  /** To be called when the claims have been given back, as far as possible, and no beat follows. @throws Unavailable */
  async leave(): Promise<void> {
    await this.#deps.registry.leave();
  }

  #startRelease(): void {
    this.#releasing ??= this.#releaseDead()
      .catch((err: unknown) => this.#deps.log.warn({ err }, 'the claims of dead workers could not be released yet'))
      .finally(() => {
        this.#releasing = undefined;
      });
  }

  async #releaseDead(): Promise<void> {
    const { registry, queue, log } = this.#deps;
    const { workers, due } = await registry.releaseDead();
    if (workers.length === 0) return; // another worker was faster
    log.warn({ workers, deliveries: due.length }, 'workers died; the deliveries that they had claimed are due again');
    queue.offer(due);
  }
}
