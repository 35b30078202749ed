import type { Redis } from 'ioredis';
import type { HealthChange } from '../ports/endpoint-health.ts';
import type { Gate } from './gate/gate.ts';
import type { StepReply, StepRequest } from './gate/gate-messages.ts';
import type { Jobs } from './jobs.ts';
import { bounded, COMMAND_TIMEOUT_MS, retriedOnce, whenReady } from './redis.ts';
import { RedisClock } from './redis-clock.ts';

const MAX_WAKE_MS = 1000;

/** Steps the gate within bounded time, and does what its replies ask for: health changes, wake-ups, jobs. */
export class GateSteps {
  /** The clock of rate slots. */
  readonly clock = new RedisClock();
  readonly #redis: Redis;
  readonly #gate: Gate;
  readonly #jobs: Jobs;
  readonly #onWake: () => void;
  #onHealthChanges: (changes: readonly HealthChange[]) => void = () => {};
  #wake: { readonly timer: NodeJS.Timeout; readonly atMs: number } | undefined;
  #stopped = false;

  /** @param onWake the gate must be stepped again, though no attempt ended and nothing is offered */
  constructor(redis: Redis, gate: Gate, jobs: Jobs, onWake: () => void) {
    this.#redis = redis;
    this.#gate = gate;
    this.#jobs = jobs;
    this.#onWake = onWake;
  }

  onHealthChanges(listener: (changes: readonly HealthChange[]) => void): void {
    this.#onHealthChanges = listener;
  }

  /** The caller runs or queues what the reply admits. @throws Unavailable */
  async step(request: StepRequest): Promise<StepReply> {
    const reply = await retriedOnce(() =>
      bounded(whenReady(this.#redis, COMMAND_TIMEOUT_MS).then(() => this.#gate.step(request))),
    );
    this.clock.note(reply.nowMs);
    if (reply.healthChanges.length > 0) this.#onHealthChanges(reply.healthChanges);
    if (reply.wakeInMs !== undefined) this.#wakeIn(Math.min(reply.wakeInMs, MAX_WAKE_MS));
    return reply;
  }

  /** Queues all that the reply admits. @throws Unavailable */
  async stepAndQueue(request: StepRequest): Promise<StepReply> {
    const reply = await this.step(request);
    await this.#jobs.deliver(reply.admitted);
    return reply;
  }

  /** No more wake-ups. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#wake?.timer);
  }

  #wakeIn(ms: number): void {
    const atMs = performance.now() + ms;
    if (this.#stopped || (this.#wake && this.#wake.atMs <= atMs)) return;
    clearTimeout(this.#wake?.timer);
    const timer = setTimeout(() => {
      this.#wake = undefined;
      this.#onWake();
    }, ms);
    this.#wake = { timer: timer.unref(), atMs };
  }
}
