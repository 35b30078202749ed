import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import type { EndpointSignal } from '../../../src/domain/endpoint-signal.ts';
import type { GateRules } from '../../../src/domain/gate-rules.ts';
import { deliveryId, type EndpointId, newId, type TenantId } from '../../../src/domain/id.ts';
import type { Limits } from '../../../src/domain/limits.ts';
import type { EndpointHealth, HealthChange } from '../../../src/ports/endpoint-health.ts';
import { GateHealth } from '../../../src/queue/gate/endpoint-health.ts';
import { Gate, gatePrefix } from '../../../src/queue/gate/gate.ts';
import type { AdmittedDelivery, StepReply, StepRequest } from '../../../src/queue/gate/gate-messages.ts';
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

export type Offers = NonNullable<StepRequest['offers']>;

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

/** A gate with keys of its own and one worker, and what it has admitted. */
export class GateUnderTest {
  readonly gate: Gate;
  readonly health: GateHealth;
  readonly healthChanges: HealthChange[] = [];
  /** All admitted deliveries, each with the time of the reply. */
  readonly admitted: (AdmittedDelivery & { readonly atMs: number })[] = [];
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #slots: number;
  readonly #inFlight: AdmittedDelivery[] = [];

  constructor(redis: Redis, rules: Partial<GateRules>, slots: number) {
    this.#redis = redis;
    this.#prefix = `test-${randomBytes(6).toString('hex')}`;
    this.gate = new Gate(redis, this.#prefix, { coldMs: 0, startSpreadMs: 0, ...rules });
    this.health = new GateHealth(redis, this.#prefix);
    this.#slots = slots;
  }

  /** Offers deliveries, and returns those that are admitted of them and of those parked before. */
  async offer(more: Offers = []): Promise<readonly AdmittedDelivery[]> {
    const worker = { id: 'worker', slots: this.#slots };
    return this.#note(await this.gate.step({ worker, inFlight: this.#inFlight, offers: more }));
  }

  /** Ends the oldest `count` attempts in flight, and returns the deliveries admitted instead. */
  async end(
    kind: EndpointSignal['kind'],
    { count = 1, pauseMs = 0, of }: Ending = {},
  ): Promise<readonly AdmittedDelivery[]> {
    const ending = this.#inFlight.filter(({ endpointId }) => of === undefined || endpointId === of).slice(0, count);
    for (const one of ending) this.#inFlight.splice(this.#inFlight.indexOf(one), 1);
    const endings = ending.map((admitted) => ({ admitted, signal: { kind, pauseMs }, limits: undefined }));
    return this.#note(await this.gate.step({ endings }));
  }

  /** Steps until the gate admits deliveries. */
  next(): Promise<readonly AdmittedDelivery[]> {
    return eventually(
      async () => {
        const admitted = await this.offer();
        return admitted.length > 0 && admitted;
      },
      { everyMs: 5 },
    );
  }

  /** Deletes its keys, as FLUSHALL would. */
  async flush(): Promise<void> {
    await this.#redis.del(await this.#redis.keys(`${this.#prefix}*`));
  }

  /** Its keys, without the prefix, in alphabetical order. */
  async keys(pattern: string): Promise<string[]> {
    const prefix = gatePrefix(this.#prefix);
    return (await this.#redis.keys(`${prefix}:${pattern}`)).map((key) => key.slice(prefix.length + 1)).sort();
  }

  /** When the state of an endpoint expires. */
  async expiryOf(endpoint: EndpointId): Promise<'gone' | 'never' | number> {
    const ms = await this.#redis.pttl(`${gatePrefix(this.#prefix)}:e:${endpoint}`);
    return ms === -2 ? 'gone' : ms === -1 ? 'never' : ms;
  }

  /** Deletes the state of an endpoint, as its expiry does. */
  async forget(endpoint: EndpointId): Promise<void> {
    await this.#redis.del(`${gatePrefix(this.#prefix)}:e:${endpoint}`);
  }

  /** Runs the script with a request of any shape. */
  run(request: string): Promise<unknown> {
    const script = this.#redis as Redis & { passwireGate(prefix: string, request: string): Promise<unknown> };
    return script.passwireGate(gatePrefix(this.#prefix), request);
  }

  inFlightAt(endpoint: EndpointId): number {
    return this.#inFlight.filter(({ endpointId }) => endpointId === endpoint).length;
  }

  async healthOf(endpoint: EndpointId): Promise<EndpointHealth> {
    const health = (await this.health.of([endpoint])).get(endpoint);
    if (!health) throw new Error(`no health of ${endpoint}`);
    return health;
  }

  #note({ admitted, healthChanges }: Pick<StepReply, 'admitted' | 'healthChanges'>): readonly AdmittedDelivery[] {
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
export function useGates(): (rules?: Partial<GateRules>, slots?: number) => GateUnderTest {
  let redis: Redis | undefined;
  beforeAll(() => {
    redis = new Redis(sharedServers().redisUrl);
  });
  afterAll(() => redis?.disconnect());
  return (rules = {}, slots = 1000) => {
    if (!redis) throw new Error('the connection is opened in beforeAll');
    return new GateUnderTest(redis, rules, slots);
  };
}
