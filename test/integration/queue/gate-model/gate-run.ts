import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { expect } from 'vitest';
import type { GateRules } from '../../../../src/domain/gate-rules.ts';
import { type DeliveryId, type EndpointId, type Id, type IdKind, type TenantId, toId } from '../../../../src/domain/id.ts';
import { GateHealth } from '../../../../src/queue/gate/endpoint-health.ts';
import { Gate } from '../../../../src/queue/gate/gate.ts';
import type { AdmittedDelivery, EndedAttempt, StepReply, StepRequest } from '../../../../src/queue/gate/gate-messages.ts';
import { StoredGate } from './gate-state.ts';
import { brokenInvariants } from './invariants.ts';
import { ReferenceGate } from './reference-gate.ts';
import { type Command, ENDPOINTS, type Ending, type Offer, TENANTS, WORKERS } from './script.ts';

const START_MS = Date.UTC(2026, 2, 1);
const SECOND = 1000;
/** Deliveries that the next repeated offer may name. */
const RECENT = 12;
const DRAIN_ROUNDS = 400;
const DRAIN_SLOTS = 100;
const STALL_SLOTS = 30;
/** Of another worker, while the leases run out; so many that it counts as alive all along. */
const STALL_BEATS = 4;

const tenants = Array.from({ length: TENANTS }, (_, n) => idOf('tenant', 0, n));
/** Their ends are spread over all values, as those of random ids. */
const endpoints = Array.from({ length: ENDPOINTS }, (_, n) => idOf('endpoint', 0, Math.floor((n * 0xffff) / ENDPOINTS)));

interface Delivery {
  readonly deliveryId: DeliveryId;
  readonly tenantId: TenantId;
  readonly endpointId: EndpointId;
  readonly attempt: number;
}

interface ModelWorker {
  readonly id: string;
  readonly inFlight: AdmittedDelivery[];
}

/** One run of the real gate and of its model, with workers that have the admitted attempts in flight. */
export class GateRun {
  readonly #rules: GateRules;
  readonly #gate: Gate;
  readonly #health: GateHealth;
  readonly #stored: StoredGate;
  readonly #reference: ReferenceGate;
  readonly #offered: Delivery[] = [];
  #workers: ModelWorker[];
  #workersMade = 0;
  #nowMs = START_MS;
  #admittedCount = 0;

  constructor(redis: Redis, rules: GateRules) {
    const prefix = `test-${randomBytes(6).toString('hex')}`;
    this.#rules = rules;
    this.#gate = new Gate(redis, prefix, rules);
    this.#health = new GateHealth(redis, prefix);
    this.#stored = new StoredGate(redis, prefix, tenants, endpoints);
    this.#reference = new ReferenceGate(rules);
    this.#workers = Array.from({ length: WORKERS }, () => this.#newWorker());
  }

  async execute(command: Command): Promise<void> {
    switch (command.kind) {
      case 'round': {
        const endings = command.endings.flatMap((ending) => this.#end(ending));
        await this.#step({ endings, offers: command.offers.flatMap((offer) => this.#offer(offer)) });
        return;
      }
      case 'beat': {
        const worker = this.#worker(command.worker);
        await this.#step({ worker: { id: worker.id, slots: command.slots }, inFlight: worker.inFlight });
        return;
      }
      case 'pass time':
        return this.#passTime(command.ms);
      case 'reslot':
        await this.#step({ reslot: [endpointAt(command.endpoint)] });
        return;
      case 'worker dies':
        this.#workers = this.#workers.map((worker, n) => (n === command.worker ? this.#newWorker() : worker));
        return;
      case 'worker stalls': {
        const { inFlight } = this.#worker(command.worker);
        const other = this.#worker(command.worker + 1);
        const beat = () => this.#step({ worker: { id: other.id, slots: STALL_SLOTS }, inFlight: other.inFlight });
        for (let beats = 0; beats < STALL_BEATS; beats++) {
          await beat();
          await this.#passTime(Math.ceil(this.#rules.leaseMs / STALL_BEATS));
        }
        await this.#step({ offers: inFlight.map((admitted) => ({ ...admitted, limits: undefined })) });
        await beat();
        return;
      }
      case 'reset':
        await this.#health.reset(endpointAt(command.endpoint));
        return this.#reference.reset(endpointAt(command.endpoint));
      case 'flush':
        await this.#stored.flush();
        return this.#reference.flush();
    }
  }

  /** With workers alive and receivers that answer, all parked deliveries are admitted in the end. */
  async drain(): Promise<void> {
    for (let round = 0; this.#reference.parked > 0; round++) {
      expect(round, `${this.#reference.parked} parked deliveries are never admitted`).toBeLessThan(DRAIN_ROUNDS);
      const signal = { kind: 'delivered', pauseMs: 0 } as const;
      const ends = (endpoint: number) => this.#end({ endpoint, count: DRAIN_SLOTS, signal, limits: undefined });
      const endings = endpoints.flatMap((_, endpoint) => ends(endpoint));
      const { wakeInMs } = await this.#step({ worker: { id: this.#worker(0).id, slots: DRAIN_SLOTS }, endings });
      await this.#passTime(Math.min(Math.max(wakeInMs ?? SECOND, 1), 6 * SECOND));
    }
  }

  async end(): Promise<void> {
    await this.#stored.flush();
  }

  /** One step of both, compared. Admitted attempts are in flight at the workers, round robin. */
  async #step(request: StepRequest): Promise<StepReply> {
    const expected = this.#reference.step(request, this.#nowMs);
    const reply = await this.#gate.step({ ...request, nowMs: this.#nowMs });
    expect(reply, 'the reply').toEqual(expected);
    const state = await this.#stored.read();
    expect(state, 'the state').toEqual(this.#reference.state(tenants, endpoints));
    expect(brokenInvariants(state, this.#rules, reply)).toEqual([]);
    for (const admitted of reply.admitted) this.#worker(this.#admittedCount++).inFlight.push(admitted);
    return reply;
  }

  async #passTime(ms: number): Promise<void> {
    this.#nowMs += ms;
    await this.#stored.expire(this.#reference.expire(this.#nowMs));
  }

  #offer({ endpoint, count, isRepeated, limits }: Offer) {
    if (isRepeated) {
      const known = this.#knownAt(endpointAt(endpoint)).slice(0, count);
      return known.map((delivery) => ({ ...delivery, limits }));
    }
    return Array.from({ length: count }, () => ({ ...this.#newDelivery(endpoint), limits }));
  }

  #knownAt(id: EndpointId): readonly Delivery[] {
    const inFlight = this.#workers.flatMap((worker) => worker.inFlight);
    return [...inFlight, ...this.#offered.slice(-RECENT)].filter(({ endpointId }) => endpointId === id);
  }

  #newDelivery(endpoint: number): Delivery {
    const deliveryId = idOf('delivery', this.#nowMs, this.#offered.length);
    const tenantId = tenants[endpoint % TENANTS] ?? idOf('tenant', 0, 0);
    const delivery = { deliveryId, tenantId, endpointId: endpointAt(endpoint), attempt: 1 + (this.#offered.length % 3) };
    this.#offered.push(delivery);
    return delivery;
  }

  #end(ending: Ending): EndedAttempt[] {
    const { signal, limits } = ending;
    return this.#takeInFlight(ending).map((admitted) => ({ admitted, signal, limits }));
  }

  #takeInFlight({ endpoint, count }: { readonly endpoint: number; readonly count: number }): AdmittedDelivery[] {
    const taken: AdmittedDelivery[] = [];
    for (const { inFlight } of this.#workers) {
      for (const admitted of inFlight.filter(({ endpointId }) => endpointId === endpointAt(endpoint))) {
        if (taken.length < count) taken.push(...inFlight.splice(inFlight.indexOf(admitted), 1));
      }
    }
    return taken;
  }

  #worker(n: number): ModelWorker {
    const worker = this.#workers[n % WORKERS];
    if (!worker) throw new Error(`there is no worker ${n}`);
    return worker;
  }

  #newWorker(): ModelWorker {
    return { id: `worker-${this.#workersMade++}`, inFlight: [] };
  }
}

function endpointAt(n: number): EndpointId {
  return endpoints[n % ENDPOINTS] ?? idOf('endpoint', 0, 0);
}

/** An id like those of production, of this time, and the same in every run. */
function idOf<K extends IdKind>(kind: K, atMs: number, number: number): Id<K> {
  const time = atMs.toString(16).padStart(12, '0');
  return toId(kind, `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${number.toString(16).padStart(12, '0')}`);
}
