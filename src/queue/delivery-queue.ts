import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { Unavailable } from '../domain/errors.ts';
import type { GateRules } from '../domain/gate-rules.ts';
import type { EndpointId } from '../domain/id.ts';
import type { HealthChange } from '../ports/endpoint-health.ts';
import type { Log } from '../ports/process.ts';
import type { Carried, DeliveryQueue, DueDelivery, SoughtDeliveries } from '../ports/queue.ts';
import { lookFor } from './gate/carried.ts';
import { GateHealth } from './gate/endpoint-health.ts';
import { Gate } from './gate/gate.ts';
import type { AdmittedDelivery, EndedAttempt } from './gate/gate-messages.ts';
import { GateSteps } from './gate-steps.ts';
import { Jobs } from './jobs.ts';
import { BULK, PendingWork } from './pending-work.ts';
import { awaitRateSlot } from './rate-slot-wait.ts';
import { bounded, COMMAND_TIMEOUT_MS, connectFailingFast, type RedisOptions, whenReady } from './redis.ts';

export interface GatedQueueOptions extends RedisOptions {
  readonly rules?: Partial<GateRules>;
}

export interface WorkerState {
  readonly worker: { readonly id: string; readonly slots: number };
  readonly inFlight: readonly AdmittedDelivery[];
}

/**
 * The queue behind the gate: an admitted delivery becomes a job, or follows at once in the slot of an attempt that ended; the
 * others are parked.
 */
export class GatedQueue implements DeliveryQueue {
  /** The gate's state of endpoints. */
  readonly health: GateHealth;
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #gate: Gate;
  readonly #jobs: Jobs;
  readonly #steps: GateSteps;
  readonly #pending: PendingWork;

  constructor({ url, prefix, rules }: GatedQueueOptions, log: Log) {
    this.#redis = connectFailingFast(url);
    this.#redis.on('error', (err) => log.warn({ err: err.message }, 'redis: connection error'));
    this.#prefix = prefix;
    this.#gate = new Gate(this.#redis, prefix, rules);
    this.health = new GateHealth(this.#redis, prefix);
    this.#jobs = new Jobs(this.#redis, prefix, log);
    this.#steps = new GateSteps(this.#redis, this.#gate, this.#jobs, () => this.#pending.flush());
    this.#pending = new PendingWork(this.#steps, this.#jobs, log);
    // an empty gate admits nothing at first (see gate.lua); a step now lets that time begin
    this.#redis.on('ready', () => this.#pending.flush());
  }

  /** Calls back when the connection is ready (again): Redis may have lost earlier offers. */
  onReady(listener: () => void): void {
    this.#redis.on('ready', listener);
  }

  /** Reports endpoints that begin to fail and that recover. Reports can be lost; `health` has the current state. */
  onHealthChanges(listener: (changes: readonly HealthChange[]) => void): void {
    this.#steps.onHealthChanges(listener);
  }

  offer(deliveries: readonly DueDelivery[]): void {
    this.#pending.offer(deliveries);
  }

  async offerAndWait(deliveries: readonly DueDelivery[]): Promise<void> {
    const tests = deliveries.filter(({ test }) => test);
    if (tests.length > 0) await this.#jobs.deliverTests(tests);
    const others = tests.length > 0 ? deliveries.filter(({ test }) => !test) : deliveries;
    for (let start = 0; start < others.length; start += BULK) {
      await this.#steps.stepAndQueue({ offers: others.slice(start, start + BULK) });
    }
  }

  async lookFor(heads: readonly SoughtDeliveries[]): Promise<readonly Carried[]> {
    const found = heads.filter(({ overdue }) => overdue.length > 0);
    if (found.length === 0) return [];
    return bounded(whenReady(this.#redis, COMMAND_TIMEOUT_MS).then(() => lookFor(this.#redis, this.#prefix, found)));
  }

  /**
   * Ends an attempt's time in flight and reports how it went.
   *
   * @param wantsNext whether the slot takes another delivery at once
   * @returns that delivery, when one is admitted
   */
  finish(ended: EndedAttempt, wantsNext: boolean): Promise<AdmittedDelivery | undefined> {
    return this.#pending.finish(ended, wantsNext);
  }

  /** Waits for the attempt's slot in the rate of its endpoint. */
  async awaitRateSlot({ endpointId, rateSlotAtMs }: AdmittedDelivery): Promise<void> {
    if (rateSlotAtMs === undefined) return;
    const reslot = (): Promise<number | undefined> => this.#reslot(endpointId);
    const clock = { nowMs: () => this.#steps.clock.nowMs(), sleep };
    // before the first reply of Redis its time is unknown; one comes with another slot
    const atMs = this.#steps.clock.isSet ? rateSlotAtMs : await reslot();
    await awaitRateSlot(atMs, clock, reslot);
  }

  /** Reports that a worker is alive and what it has in flight. @throws Unavailable */
  async beat({ worker, inFlight }: WorkerState): Promise<void> {
    await this.#steps.stepAndQueue({ worker, inFlight });
  }

  async waiting(): Promise<number> {
    return bounded(this.#gate.parked());
  }

  async sweepDeadJobs(): Promise<void> {
    await this.#jobs.sweepDead();
  }

  /** @throws Unavailable when Redis does not answer in time */
  async ping(): Promise<void> {
    await bounded(whenReady(this.#redis, COMMAND_TIMEOUT_MS).then(() => this.#redis.ping()));
  }

  /** Sends what is pending, as far as Redis answers, and closes the connection. */
  async close(): Promise<void> {
    this.#steps.stop();
    await this.#pending.close();
    await this.#jobs.close();
    this.#redis.disconnect();
  }

  async #reslot(endpointId: EndpointId): Promise<number | undefined> {
    try {
      const { rateSlotsMs } = await this.#steps.stepAndQueue({ reslot: [endpointId] });
      return rateSlotsMs[0];
    } catch (error) {
      if (error instanceof Unavailable) return undefined; // without Redis there is no rate; the number in flight stays bounded
      throw error;
    }
  }
}
