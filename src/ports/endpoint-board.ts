import type { EndpointId, TenantId } from '../domain/id.ts';
import type { EndpointRecord } from './endpoints.ts';

export interface BoardQuery {
  /** Undefined: all tenants. */
  readonly tenantId: TenantId | undefined;
  /** A part of the host, in lower case. */
  readonly host: string | undefined;
  readonly limit: number;
}

/** What waits for an endpoint, and how it answered last. Counts end at 10,000. */
export interface BoardFacts {
  readonly due: number;
  readonly held: number;
  /** How long the oldest of both has waited; undefined when nothing waits. */
  readonly oldestMs: number | undefined;
  /** Undefined when none was found among its newest and its oldest waiting deliveries. */
  readonly lastAttempt: LastAttempt | undefined;
}

export interface LastAttempt {
  readonly at: Date;
  readonly verdict: 'delivered' | 'retryable' | 'permanent';
  /** Undefined: no answer. */
  readonly status: number | undefined;
  /** Why it failed. */
  readonly reason: string | undefined;
  /** Milliseconds it took. */
  readonly tookMs: number | undefined;
}

export interface Board {
  /** Disabled and failing ones first. */
  readonly endpoints: readonly EndpointRecord[];
  /** All that the query finds. */
  readonly counts: Readonly<Record<EndpointRecord['state'], number>>;
}

export interface EndpointBoardStore {
  list(query: BoardQuery): Promise<Board>;
  facts(endpoints: readonly EndpointId[]): Promise<ReadonlyMap<EndpointId, BoardFacts>>;
}
