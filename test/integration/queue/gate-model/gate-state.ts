import type { Redis } from 'ioredis';
import type { BreakerState } from '../../../../src/domain/breaker.ts';
import type { EndpointId, TenantId } from '../../../../src/domain/id.ts';
import { LANES, type Lane } from '../../../../src/domain/lane.ts';
import { gatePrefix } from '../../../../src/queue/gate/gate.ts';

export interface EndpointState {
  readonly tenantId: string | undefined;
  readonly maxInFlight: number | undefined;
  readonly intervalMs: number | undefined;
  readonly share: number | undefined;
  readonly freeFromMs: number | undefined;
  readonly startFromMs: number | undefined;
  readonly breaker: BreakerState | undefined;
  readonly expires: boolean;
  /** Members, first to be admitted first. */
  readonly parked: readonly string[];
  /** Members, sorted. */
  readonly inFlight: readonly string[];
}

export interface LaneState {
  /** Lease by "tenant endpoint member". */
  readonly leases: Readonly<Record<string, number>>;
  readonly tenantRing: readonly string[];
  readonly tenants: Readonly<Record<string, { readonly inFlight: readonly string[]; readonly ring: readonly string[] }>>;
}

/** All that the gate stores, in a form that the model and Redis have in common. */
export interface GateState {
  readonly epochMs: number | undefined;
  /** "slots until" by worker. */
  readonly workers: Readonly<Record<string, string>>;
  readonly lanes: Readonly<Record<Lane, LaneState>>;
  readonly endpoints: Readonly<Record<string, EndpointState>>;
  readonly wakes: Readonly<Record<string, number>>;
  readonly failing: Readonly<Record<string, number>>;
  readonly parked: number;
}

/** The gate's keys in Redis, for the tenants and endpoints of a test. */
export class StoredGate {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #tenants: readonly TenantId[];
  readonly #endpoints: readonly EndpointId[];

  constructor(redis: Redis, prefix: string, tenants: readonly TenantId[], endpoints: readonly EndpointId[]) {
    this.#redis = redis;
    this.#prefix = gatePrefix(prefix);
    this.#tenants = tenants;
    this.#endpoints = endpoints;
  }

  /** In one round trip. */
  async read(): Promise<GateState> {
    const [epoch, workers, wakes, failing, parked, ...rest] = await this.#replies();
    const next = (): unknown => rest.shift();
    const readLane = (): LaneState => {
      const leases = scores(next());
      const tenantRing = next() as string[];
      const tenants = this.#tenants.map((id) => {
        return [id, { inFlight: (next() as string[]).sort(), ring: next() as string[] }] as const;
      });
      return { leases, tenantRing, tenants: Object.fromEntries(tenants) };
    };
    const lanes = { fast: readLane(), slow: readLane() };
    const endpoints = this.#endpoints.map((id) => {
      const [hash, ttl, waiting, inFlight] = [next(), next(), next(), next()] as [Hash, number, string[], string[]];
      return [id, { ...readEndpoint(hash), expires: ttl > 0, parked: waiting, inFlight: inFlight.sort() }];
    });
    return {
      epochMs: numberOf(epoch as string | null),
      workers: workers as Record<string, string>,
      lanes,
      endpoints: Object.fromEntries(endpoints),
      wakes: scores(wakes),
      failing: scores(failing),
      parked: Number(parked),
    };
  }

  /** What expiry does, for a clock that only the test has. */
  async expire(endpoints: readonly EndpointId[]): Promise<void> {
    if (endpoints.length > 0) await this.#redis.del(endpoints.map((id) => `${this.#prefix}:e:${id}`));
  }

  /** FLUSHALL for this gate alone. */
  async flush(): Promise<void> {
    const keys = await this.#redis.keys(`${this.#prefix}*`);
    if (keys.length > 0) await this.#redis.del(keys);
  }

  async #replies(): Promise<unknown[]> {
    const p = this.#prefix;
    const batch = this.#redis.pipeline().get(`${p}:epoch`).hgetall(`${p}:workers`);
    batch.zrange(`${p}:wakes`, 0, '-1', 'WITHSCORES').zrange(`${p}:failing`, 0, '-1', 'WITHSCORES').get(`${p}:parked`);
    for (const lane of LANES) {
      batch.zrange(`${p}:w:${lane}`, 0, '-1', 'WITHSCORES').zrange(`${p}:ring:${lane}`, 0, '-1');
      for (const id of this.#tenants)
        batch.zrange(`${p}:tw:${lane}:${id}`, 0, '-1').zrange(`${p}:ring:${lane}:${id}`, 0, '-1');
    }
    for (const id of this.#endpoints) {
      batch.hgetall(`${p}:e:${id}`).pttl(`${p}:e:${id}`).zrange(`${p}:p:${id}`, 0, '-1').zrange(`${p}:ew:${id}`, 0, '-1');
    }
    return ((await batch.exec()) ?? []).map(([error, reply]) => {
      if (error) throw error;
      return reply;
    });
  }
}

type Hash = Readonly<Record<string, string | undefined>>;

function readEndpoint(hash: Hash): Omit<EndpointState, 'expires' | 'parked' | 'inFlight'> {
  const breaker = {
    failures: Number(hash.failures),
    opens: Number(hash.opens),
    pausedUntilMs: Number(hash.until),
    failingSinceMs: Number(hash.since),
    lastFailedAtMs: Number(hash.failed),
  };
  return {
    tenantId: hash.tenant,
    maxInFlight: numberOf(hash.max),
    intervalMs: numberOf(hash.interval),
    share: numberOf(hash.cap),
    freeFromMs: numberOf(hash.tat),
    startFromMs: numberOf(hash.start),
    breaker: hash.failures === undefined ? undefined : breaker,
  };
}

function numberOf(text: string | null | undefined): number | undefined {
  return text === null || text === undefined ? undefined : Number(text);
}

function scores(flat: unknown): Record<string, number> {
  const texts = flat as string[];
  const pairs = Array.from({ length: texts.length / 2 }, (_, i) => [texts[2 * i], Number(texts[2 * i + 1])]);
  return Object.fromEntries(pairs);
}
