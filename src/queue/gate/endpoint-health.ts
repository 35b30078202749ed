import type { Redis } from 'ioredis';
import { breakerAt } from '../../domain/breaker.ts';
import { GATE_RULES } from '../../domain/gate-rules.ts';
import type { EndpointId } from '../../domain/id.ts';
import { currentShare } from '../../domain/share.ts';
import type { EndpointHealth, EndpointHealthStore, WaitingDelivery } from '../../ports/endpoint-health.ts';
import { bounded, COMMAND_TIMEOUT_MS, whenReady } from '../redis.ts';
import { gatePrefix } from './gate.ts';
import { memberOf } from './gate-messages.ts';

/** Fields of an endpoint's hash, as gate.lua names them. */
const FIELDS = ['failures', 'opens', 'until', 'since', 'failed', 'cap', 'max'] as const;
/** Failing endpoints returned at once. */
const MAX_FAILING = 10_000;

/** Reads and resets the gate's state of endpoints (see gate.lua), in one round trip for any number of endpoints. */
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
    const [time, ...replies] = await this.#exec(() => batch.exec());
    const nowMs = toMs(time as [string, string]);
    return new Map(
      endpoints.map((id, index) => {
        const [fields, inFlight, parked] = replies.slice(3 * index, 3 * index + 3);
        return [id, readHealth(fields as (string | null)[], { inFlight: Number(inFlight), parked: Number(parked), nowMs })];
      }),
    );
  }

  async failing(): Promise<ReadonlyMap<EndpointId, number>> {
    const batch = this.#redis
      .pipeline()
      .time()
      .zrange(`${this.#prefix}:failing`, 0, String(MAX_FAILING - 1), 'WITHSCORES');
    const [time, scored] = await this.#exec(() => batch.exec());
    const nowMs = toMs(time as [string, string]);
    const flat = scored as string[];
    const failingForMs = new Map<EndpointId, number>();
    for (let i = 0; i < flat.length; i += 2) failingForMs.set(flat[i] as EndpointId, nowMs - Number(flat[i + 1]));
    return failingForMs;
  }

  async waitingAmong<T extends WaitingDelivery>(deliveries: readonly T[]): Promise<ReadonlySet<T>> {
    if (deliveries.length === 0) return new Set();
    const batch = this.#redis.pipeline();
    for (const { id, endpointId, attempts } of deliveries)
      batch.zscore(this.#key('p', endpointId), memberOf(id, attempts + 1));
    const scores = await this.#exec(() => batch.exec());
    return new Set(deliveries.filter((_, index) => scores[index] !== null));
  }

  /** Takes effect at once; the gate's next step wakes the endpoint, and lets its state expire if it is idle. */
  async reset(endpoint: EndpointId): Promise<void> {
    const healthy = { failures: 0, opens: 0, until: 0, since: 0, failed: 0 };
    const batch = this.#redis.multi().hset(this.#key('e', endpoint), healthy).zrem(`${this.#prefix}:failing`, endpoint);
    await this.#exec(() => batch.zadd(`${this.#prefix}:wakes`, 0, endpoint).exec());
  }

  #key(kind: 'e' | 'ew' | 'p', endpoint: EndpointId): string {
    return `${this.#prefix}:${kind}:${endpoint}`;
  }

  /** A busy Redis answers with errors; they mean that the state is unknown, as no answer does. */
  #exec(exec: () => Promise<[Error | null, unknown][] | null>): Promise<unknown[]> {
    return this.#call(async () => {
      const replies = (await exec()) ?? [];
      return replies.map(([error, reply]) => {
        if (error) throw error;
        return reply;
      });
    });
  }

  #call<T>(command: () => Promise<T>): Promise<T> {
    return bounded(whenReady(this.#redis, COMMAND_TIMEOUT_MS).then(command));
  }
}

interface Counted {
  readonly inFlight: number;
  readonly parked: number;
  readonly nowMs: number;
}

function readHealth(fields: readonly (string | null)[], { inFlight, parked, nowMs }: Counted): EndpointHealth {
  const [failures = 0, opens = 0, pausedUntilMs = 0, failingSinceMs = 0, lastFailedAtMs = 0] = fields.map(Number);
  const [share, maxInFlight] = fields.slice(5);
  const breaker = breakerAt({ opens, pausedUntilMs }, nowMs);
  return {
    isKnown: fields[0] !== null,
    breaker,
    pausedUntil: pausedUntilMs > nowMs ? new Date(pausedUntilMs) : undefined,
    pausedForMs: pausedUntilMs > nowMs ? pausedUntilMs - nowMs : undefined,
    failures,
    failingForMs: failingSinceMs > 0 ? nowMs - failingSinceMs : undefined,
    lastFailedAgoMs: lastFailedAtMs > 0 ? nowMs - lastFailedAtMs : undefined,
    share: currentShare(Number(share ?? GATE_RULES.firstShare), Number(maxInFlight ?? GATE_RULES.maxInFlight), breaker),
    inFlight,
    parked,
  };
}

function toMs([seconds, microseconds]: [string, string]): number {
  return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
}
