import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import type { EndpointSignal } from '../../../src/domain/endpoint-signal.ts';
import { deliveryId, type EndpointId, newId, type TenantId } from '../../../src/domain/id.ts';
import type { Limits } from '../../../src/domain/limits.ts';
import type { EndpointHealth, HealthChange } from '../../../src/ports/endpoint-health.ts';
import { GateHealth } from '../../../src/queue/gate/endpoint-health.ts';
import { type Admitted, Gate, type GateRules, type StepReply, type StepRequest } from '../../../src/queue/gate/gate.ts';
import { eventually } from '../../support/poll.ts';
import { sharedServers } from '../../support/servers.ts';

let clockMs = Date.now();

/** Ids made one after another sort in that order. */
function tick(): number {
  clockMs += 1;
  return clockMs;
}

export const aTenant = (): TenantId => newId('tenant', tick());
export const anEndpoint = (): EndpointId => newId('endpoint', tick());

type Offers = NonNullable<StepRequest['offers']>;

/** The first attempts of `count` new deliveries, oldest first. */
export function offers(count: number, to: { tenantId?: TenantId; endpointId: EndpointId; limits?: Limits }): Offers {
  const tenantId = to.tenantId ?? aTenant();
  return Array.from({ length: count }, () => ({
    deliveryId: deliveryId(newId('event', tick()), newId('subscription', tick())),
    tenantId,
    endpointId: to.endpointId,
    attempt: 1,
    limits: to.limits,
  }));
}

/** A gate of its own with one worker, and what it let through so far. */
export class TriedGate {
  readonly gate: Gate;
  readonly health: GateHealth;
  readonly healthChanges: HealthChange[] = [];
  /** All that it let through so far, and when that was known. */
  readonly admitted: (Admitted & { readonly atMs: number })[] = [];
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #slots: number;
  readonly #inFlight: Admitted[] = [];

  constructor(redis: Redis, rules: Partial<GateRules>, slots: number) {
    this.#redis = redis;
    this.#prefix = `test-${randomBytes(6).toString('hex')}`;
    this.gate = new Gate(redis, this.#prefix, { coldMs: 0, ...rules });
    this.health = new GateHealth(redis, this.#prefix);
    this.#slots = slots;
  }

  /** What the gate lets through of these and of what waits already. */
  async offer(more: Offers = []): Promise<readonly Admitted[]> {
    const worker = { id: 'worker', slots: this.#slots };
    return this.#note(await this.gate.step({ worker, hands: this.#inFlight, offers: more }));
  }

  /** Ends the oldest `count` in flight, and gives what goes instead. */
  async end(kind: EndpointSignal['kind'], { count = 1, pauseMs = 0, of }: Ending = {}): Promise<readonly Admitted[]> {
    const ending = this.#inFlight.filter(({ endpointId }) => of === undefined || endpointId === of).slice(0, count);
    for (const one of ending) this.#inFlight.splice(this.#inFlight.indexOf(one), 1);
    const done = ending.map((admitted) => ({ admitted, signal: { kind, pauseMs }, limits: undefined }));
    return this.#note(await this.gate.step({ done }));
  }

  /** Steps until something more is let through. */
  next(): Promise<readonly Admitted[]> {
    return eventually(
      async () => {
        const admitted = await this.offer();
        return admitted.length > 0 && admitted;
      },
      { everyMs: 5 },
    );
  }

  /** What FLUSHALL does to it. */
  async flush(): Promise<void> {
    await this.#redis.del(await this.#redis.keys(`${this.#prefix}*`));
  }

  inFlightAt(endpoint: EndpointId): number {
    return this.#inFlight.filter(({ endpointId }) => endpointId === endpoint).length;
  }

  async healthOf(endpoint: EndpointId): Promise<EndpointHealth> {
    const health = (await this.health.of([endpoint])).get(endpoint);
    if (!health) throw new Error('health answers for all that it is asked');
    return health;
  }

  #note({ admitted, healthChanges }: Pick<StepReply, 'admitted' | 'healthChanges'>): readonly Admitted[] {
    const atMs = Date.now();
    this.#inFlight.push(...admitted);
    this.admitted.push(...admitted.map((one) => ({ ...one, atMs })));
    this.healthChanges.push(...healthChanges);
    return admitted;
  }
}

interface Ending {
  readonly count?: number;
  readonly pauseMs?: number;
  readonly of?: EndpointId;
}

/** Makes gates with short times on the shared Redis. */
export function useGates(): (rules?: Partial<GateRules>, slots?: number) => TriedGate {
  let redis: Redis | undefined;
  beforeAll(() => {
    redis = new Redis(sharedServers().redisUrl);
  });
  afterAll(() => redis?.disconnect());
  return (rules = {}, slots = 1000) => {
    if (!redis) throw new Error('Redis is there from beforeAll on');
    return new TriedGate(redis, rules, slots);
  };
}
