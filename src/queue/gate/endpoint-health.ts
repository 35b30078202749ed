import type { Redis } from 'ioredis';
import type { EndpointId } from '../../domain/id.ts';
import type { Breaker, EndpointHealth, EndpointHealthStore, WaitingDelivery } from '../../ports/endpoint-health.ts';
import { bounded } from '../jobs.ts';
import { COMMAND_TIMEOUT_MS, whenReady } from '../redis.ts';
import { GATE_RULES, gatePrefix, memberOf } from './gate.ts';

const FIELDS = ['failures', 'opens', 'until', 'since', 'failed', 'cap', 'max'] as const;
/** Failing endpoints looked at in one go. */
const MAX_FAILING = 10_000;

/** What the gate knows of endpoints (see gate.lua), in one round trip for as many as are asked for. */
export class GateHealth implements EndpointHealthStore {
  readonly #redis: Redis;
  readonly #prefix: string;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = gatePrefix(prefix);
  }

  async of(endpoints: readonly EndpointId[]): Promise<ReadonlyMap<EndpointId, EndpointHealth>> {
    const batch = this.#redis.pipeline().time();
    for (const id of endpoints) {
      batch
        .hmget(this.#key('e', id), ...FIELDS)
        .zcard(this.#key('ew', id))
        .zcard(this.#key('p', id));
    }
    const [time, ...parts] = await this.#run(() => batch.exec());
    const nowMs = toMs(time as [string, string]);
    return new Map(
      endpoints.map((id, index) => {
        const [fields, inFlight, parked] = parts.slice(3 * index, 3 * index + 3);
        return [id, readHealth(fields as (string | null)[], { inFlight: Number(inFlight), parked: Number(parked), nowMs })];
      }),
    );
  }

  async failing(): Promise<ReadonlyMap<EndpointId, Date>> {
    const flat = await this.#ask(() =>
      this.#redis.zrange(`${this.#prefix}:failing`, 0, String(MAX_FAILING - 1), 'WITHSCORES'),
    );
    const since = new Map<EndpointId, Date>();
    for (let i = 0; i < flat.length; i += 2) since.set(flat[i] as EndpointId, new Date(Number(flat[i + 1])));
    return since;
  }

  async waitingAmong<T extends WaitingDelivery>(deliveries: readonly T[]): Promise<ReadonlySet<T>> {
    if (deliveries.length === 0) return new Set();
    const batch = this.#redis.pipeline();
    for (const { id, endpointId, attempts } of deliveries)
      batch.zscore(this.#key('p', endpointId), memberOf(id, attempts + 1));
    const scores = await this.#run(() => batch.exec());
    return new Set(deliveries.filter((_, index) => scores[index] !== null));
  }

  /** The gate's next step finds the endpoint among those that wake up. */
  async reset(endpoint: EndpointId): Promise<void> {
    const healthy = { failures: 0, opens: 0, until: 0, since: 0, failed: 0 };
    const batch = this.#redis.multi().hset(this.#key('e', endpoint), healthy).zrem(`${this.#prefix}:failing`, endpoint);
    await this.#run(() => batch.zadd(`${this.#prefix}:wakes`, 0, endpoint).exec());
  }

  #key(kind: 'e' | 'ew' | 'p', endpoint: EndpointId): string {
    return `${this.#prefix}:${kind}:${endpoint}`;
  }

  async #run(exec: () => Promise<[Error | null, unknown][] | null>): Promise<unknown[]> {
    const replies = (await this.#ask(exec)) ?? [];
    return replies.map(([error, reply]) => {
      if (error) throw error;
      return reply;
    });
  }

  #ask<T>(command: () => Promise<T>): Promise<T> {
    return bounded(whenReady(this.#redis, COMMAND_TIMEOUT_MS).then(command));
  }
}

interface Counted {
  readonly inFlight: number;
  readonly parked: number;
  readonly nowMs: number;
}

function readHealth(fields: readonly (string | null)[], { inFlight, parked, nowMs }: Counted): EndpointHealth {
  const [failures = 0, opens = 0, until = 0, since = 0, failed = 0] = fields.map(Number);
  const [cap, max] = fields.slice(5);
  const most = Number(max ?? GATE_RULES.max);
  const isPaused = until > nowMs;
  const breaker: Breaker = opens === 0 ? 'closed' : isPaused ? 'open' : 'half-open';
  return {
    isKnown: fields[0] !== null,
    breaker,
    pausedUntil: isPaused ? new Date(until) : undefined,
    failures,
    failingSince: since > 0 ? new Date(since) : undefined,
    lastFailedAt: failed > 0 ? new Date(failed) : undefined,
    share: breaker === 'closed' ? Math.min(Number(cap ?? GATE_RULES.firstCap), most) : 1,
    inFlight,
    parked,
  };
}

function toMs([seconds, microseconds]: [string, string]): number {
  return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
}
