import type { EndpointId } from '../domain/id.ts';
import { BUCKET_WIDTHS, type Statistics, statisticsOf } from '../domain/statistics.ts';
import type { BoardFacts, BoardQuery, EndpointBoardStore } from '../ports/endpoint-board.ts';
import type { EndpointHealth, EndpointHealthStore } from '../ports/endpoint-health.ts';
import type { EndpointRecord, EndpointState } from '../ports/endpoints.ts';
import type { Clock } from '../ports/process.ts';
import type { StatisticsStore } from '../ports/statistics.ts';
import { whereKnown } from './live.ts';

/** What an endpoint is doing, the worst first. */
export const CONDITIONS = ['disabled', 'open', 'half-open', 'failing', 'throttled', 'waiting', 'working'] as const;
export type Condition = (typeof CONDITIONS)[number];

export interface BoardDeps {
  readonly endpointBoard: EndpointBoardStore;
  readonly endpointHealth: Pick<EndpointHealthStore, 'of'>;
  readonly statistics: Pick<StatisticsStore, 'counts'>;
  /** How long an endpoint may fail before it is disabled. */
  readonly disableAfterMs: number;
  readonly clock: Clock;
}

export interface BoardEntry extends BoardFacts {
  readonly endpoint: EndpointRecord;
  readonly condition: Condition;
  /** Undefined when Redis does not answer. */
  readonly live: EndpointHealth | undefined;
  /** When it is disabled if it goes on failing; undefined when it is not failing, or is disabled. */
  readonly disablesAt: Date | undefined;
  /** Attempts of the last hour, in buckets of five minutes, oldest first. */
  readonly lastHour: readonly Statistics['attempts'][];
}

export interface ShownBoard {
  readonly entries: readonly BoardEntry[];
  readonly counts: Readonly<Record<EndpointState, number>>;
}

const WIDTH_S = BUCKET_WIDTHS[0].seconds;
const BUCKETS = 12;

/** The endpoints that need attention first: ordered by condition, then by how much waits. */
export async function readEndpointBoard(deps: BoardDeps, query: BoardQuery): Promise<ShownBoard> {
  const { endpoints, counts } = await deps.endpointBoard.list(query);
  const ids = endpoints.map(({ id }) => id);
  if (ids.length === 0) return { entries: [], counts };
  const [live, facts, hours] = await Promise.all([
    whereKnown(() => deps.endpointHealth.of(ids)),
    deps.endpointBoard.facts(ids),
    lastHours(deps, query, ids),
  ]);
  const entries = endpoints.map((endpoint): BoardEntry => {
    const health = live?.get(endpoint.id);
    const found = facts.get(endpoint.id) ?? { due: 0, held: 0, oldestMs: undefined, lastAttempt: undefined };
    const { failingSince, state } = endpoint;
    const disablesAt =
      state === 'failing' && failingSince ? new Date(failingSince.getTime() + deps.disableAfterMs) : undefined;
    const condition = conditionOf(endpoint, health, found);
    const lastHour = hours.get(endpoint.id) ?? Array.from({ length: BUCKETS }, () => NO_ATTEMPTS);
    return { endpoint, live: health, condition, disablesAt, lastHour, ...found };
  });
  return { entries: entries.sort(byUrgency), counts };
}

export function conditionOf(
  { state, failingSince }: Pick<EndpointRecord, 'state' | 'failingSince'>,
  live: EndpointHealth | undefined,
  { due, held }: Pick<BoardFacts, 'due' | 'held'>,
): Condition {
  if (state === 'disabled') return 'disabled';
  if (live && live.breaker !== 'closed') return live.breaker;
  if (state === 'failing' || failingSince) return 'failing';
  if (live?.pausedUntil) return 'throttled';
  return due + held > 0 || (live?.parked ?? 0) > 0 ? 'waiting' : 'working';
}

function byUrgency(a: BoardEntry, b: BoardEntry): number {
  const order = CONDITIONS.indexOf(a.condition) - CONDITIONS.indexOf(b.condition);
  return order || b.due + b.held - (a.due + a.held);
}

const NO_ATTEMPTS: Statistics['attempts'] = { delivered: 0, retryable: 0, permanent: 0 };

async function lastHours(
  { statistics, clock }: BoardDeps,
  { tenantId }: BoardQuery,
  ids: readonly EndpointId[],
): Promise<ReadonlyMap<string, readonly Statistics['attempts'][]>> {
  const to = (Math.floor(clock() / 1000 / WIDTH_S) + 1) * WIDTH_S;
  const from = to - BUCKETS * WIDTH_S;
  const counted = await statistics.counts({ tenantId, groupBy: 'endpoint', ids, width: WIDTH_S, from, to, step: WIDTH_S });
  const hours = new Map<string, Statistics['attempts'][]>();
  for (const { group, at, counts } of counted) {
    const hour = hours.get(group) ?? Array.from({ length: BUCKETS }, () => NO_ATTEMPTS);
    hour[(at - from) / WIDTH_S] = statisticsOf(counts).attempts;
    hours.set(group, hour);
  }
  return hours;
}
