import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { Unavailable } from '../domain/errors.ts';
import type { EndpointId } from '../domain/id.ts';
import type { HealthChange } from '../ports/endpoint-health.ts';
import type { Log } from '../ports/process.ts';
import type { DeliveryQueue, DueDelivery } from '../ports/queue.ts';
import { GateHealth } from './gate/endpoint-health.ts';
import { type Admitted, type Finished, Gate, type GateRules, type StepReply } from './gate/gate.ts';
import { bounded, Jobs, patiently } from './jobs.ts';
import { COMMAND_TIMEOUT_MS, connectFailingFast, type RedisOptions, whenReady } from './redis.ts';

/** What is due later than this is not kept in Redis; `recover` finds it when it is due. */
const HORIZON_MS = 10 * 60 * 1000;
const BULK = 500;
/** Offers held in memory while Redis is slow or away; what comes on top is left to `recover`. */
const MAX_PENDING = 20_000;
const MAX_WAKE_MS = 1000;
/** So much later than its place an attempt may be sent: a twentieth of the second that its rate is kept over. */
const MAX_LATE_MS = 50;
const MAX_MOVES = 5;
/** Waiting longer could outlast the claim; the attempt is then rather sent out of its place. */
const MAX_WAIT_MS = 5000;

interface Ending {
  readonly finished: Finished;
  /** Gives the slot's next delivery, when there is one. */
  readonly resolve: (next: Admitted | undefined) => void;
  readonly wantsNext: boolean;
}

export interface GatedQueueOptions extends RedisOptions {
  readonly rules?: Partial<GateRules>;
}

export interface WorkerState {
  readonly worker: { readonly id: string; readonly slots: number };
  readonly hands: readonly Admitted[];
}

/**
 * Offers go through the gate: what is admitted becomes a job, or follows at once in the slot of one that ended; the rest is
 * parked. What comes together shares one round trip.
 */
export class GatedQueue implements DeliveryQueue {
  /** What the gate knows of endpoints. */
  readonly health: GateHealth;
  readonly #redis: Redis;
  readonly #gate: Gate;
  readonly #jobs: Jobs;
  readonly #log: Log;
  #offers: DueDelivery[] = [];
  #alarms: DueDelivery[] = [];
  #endings: Ending[] = [];
  #flushing: Promise<void> | undefined;
  #wake: { readonly timer: NodeJS.Timeout; readonly atMs: number } | undefined;
  #closing = false;
  #onHealthChanges: (changes: readonly HealthChange[]) => void = () => {};

  constructor({ url, prefix, rules }: GatedQueueOptions, log: Log) {
    this.#log = log;
    this.#redis = connectFailingFast(url);
    this.#redis.on('error', (err) => log.warn({ err: err.message }, 'redis: connection trouble'));
    this.#gate = new Gate(this.#redis, prefix, rules);
    this.health = new GateHealth(this.#redis, prefix);
    this.#jobs = new Jobs(this.#redis, prefix, log);
    // an empty gate admits nothing for a moment (see gate.lua): let the moment begin now
    this.#redis.on('ready', () => this.#start());
  }

  /** Calls back when the connection is there (again): what the gate was told may be lost. */
  onReady(listener: () => void): void {
    this.#redis.on('ready', listener);
  }

  /** Tells of endpoints that begin to fail and recover. What is lost on the way, a look at `health` shows. */
  onHealthChanges(listener: (changes: readonly HealthChange[]) => void): void {
    this.#onHealthChanges = listener;
  }

  offer(deliveries: readonly DueDelivery[]): void {
    for (const due of deliveries) {
      if (due.delayMs > HORIZON_MS) continue;
      if (this.#offers.length + this.#alarms.length >= MAX_PENDING) break;
      if (due.delayMs > 0) this.#alarms.push(due);
      else this.#offers.push(due);
    }
    this.#start();
  }

  async offerAndWait(deliveries: readonly DueDelivery[]): Promise<void> {
    for (let start = 0; start < deliveries.length; start += BULK) {
      const offers = deliveries.slice(start, start + BULK);
      const { admitted } = this.#note(await this.#step({ offers }));
      if (admitted.length > 0) await this.#jobs.deliver(admitted);
    }
  }

  /**
   * Gives a place back and says how the attempt went.
   *
   * @param wantsNext whether the slot would take another delivery at once
   * @returns that delivery, when one has its turn
   */
  finish(finished: Finished, wantsNext: boolean): Promise<Admitted | undefined> {
    return new Promise((resolve) => {
      this.#endings.push({ finished, resolve, wantsNext });
      this.#start();
    });
  }

  /** Waits for the attempt's place in its endpoint's rate; one that missed it (a slow start, a stalled process) takes another. */
  async place({ endpointId, notBeforeMs }: Admitted): Promise<void> {
    let atMs = notBeforeMs;
    for (let moves = 0; atMs > 0 && atMs - Date.now() < MAX_WAIT_MS && moves <= MAX_MOVES; moves++) {
      await sleep(Math.max(0, atMs - Date.now()));
      if (Date.now() - atMs <= MAX_LATE_MS) return;
      atMs = await this.#newPlace(endpointId);
    }
  }

  /** Says that a worker is alive and what it has in hand. @throws Unavailable */
  async beat({ worker, hands }: WorkerState): Promise<void> {
    const { admitted } = this.#note(await this.#step({ worker, hands }));
    if (admitted.length > 0) await this.#jobs.deliver(admitted);
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

  /** Hands over what is pending, as far as Redis answers, and closes the connection. */
  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#wake?.timer);
    await this.#flushing;
    await this.#jobs.close();
    this.#redis.disconnect();
  }

  #start(): void {
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = undefined;
      if (this.#hasWork()) this.#start(); // for what came between the last look and now
    });
  }

  #hasWork(): boolean {
    return this.#endings.length + this.#offers.length + this.#alarms.length > 0;
  }

  async #flush(): Promise<void> {
    do {
      await new Promise((resolve) => setImmediate(resolve)); // what comes in this turn of the event loop goes together
      await this.#round();
    } while (this.#hasWork());
  }

  /** Endings and offers in one step, then the jobs of what was admitted and was not taken by a slot at once. */
  async #round(): Promise<void> {
    const endings = this.#endings.splice(0, BULK);
    const offers = this.#offers.splice(0, BULK);
    const alarms = this.#alarms.splice(0, BULK);
    try {
      const done = endings.map(({ finished }) => finished);
      const [{ admitted }] = await Promise.all([
        this.#step({ done, offers }).then((reply) => this.#note(reply)),
        alarms.length > 0 ? this.#jobs.setAlarms(alarms) : undefined,
      ]);
      const rest = follow(endings, admitted);
      if (rest.length > 0) await this.#jobs.deliver(rest);
    } catch (error) {
      for (const { resolve } of endings) resolve(undefined);
      const left = this.#closing ? this.#offers.splice(0).length + this.#alarms.splice(0).length : 0;
      const count = offers.length + alarms.length + left;
      this.#log.warn({ err: error, count }, 'redis: deliveries were not queued; recover will bring them');
    }
  }

  async #newPlace(endpointId: EndpointId): Promise<number> {
    try {
      const { admitted, places } = this.#note(await this.#step({ late: [endpointId] }));
      if (admitted.length > 0) await this.#jobs.deliver(admitted);
      return places[0] ?? 0;
    } catch (error) {
      if (error instanceof Unavailable) return 0; // nobody keeps the rate now; what is in flight is bounded all the same
      throw error;
    }
  }

  #step(request: Parameters<Gate['step']>[0]): Promise<StepReply> {
    return patiently(() => bounded(whenReady(this.#redis, COMMAND_TIMEOUT_MS).then(() => this.#gate.step(request))));
  }

  #note(reply: StepReply): StepReply {
    if (reply.healthChanges.length > 0) this.#onHealthChanges(reply.healthChanges);
    if (reply.wakeInMs !== undefined) this.#wakeIn(Math.min(reply.wakeInMs, MAX_WAKE_MS));
    return reply;
  }

  #wakeIn(ms: number): void {
    const atMs = performance.now() + ms;
    if (this.#closing || (this.#wake && this.#wake.atMs <= atMs)) return;
    clearTimeout(this.#wake?.timer);
    const timer = setTimeout(() => {
      this.#wake = undefined;
      this.#start();
    }, ms);
    this.#wake = { timer: timer.unref(), atMs };
  }
}

/** Lets slots that ended something go on with what was admitted; returns what is left for the queue. */
function follow(endings: readonly Ending[], admitted: readonly Admitted[]): readonly Admitted[] {
  let next = 0;
  for (const { resolve, wantsNext } of endings) {
    resolve(wantsNext ? admitted[next] : undefined);
    if (wantsNext && next < admitted.length) next += 1;
  }
  return admitted.slice(next);
}
