import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { missingOf, REPLAYABLE, type Replayable, type Source } from './source.ts';

export type Mode = 'same' | 'fresh';

export interface Counted {
  readonly count: number;
  /** Found, and not to be sent. */
  readonly leftOut: number;
  readonly endpoints: Schemas['ReplayDryRun']['endpoints'];
  /** How many ids were asked for; undefined: a filter was. */
  readonly asked?: number;
  /** From when on, of a recovery. */
  readonly since?: string;
  /** Of a backfill: why its subscription is disabled. */
  readonly disabled?: Schemas['BackfillDryRun']['disabled'];
  readonly frozenAt: string;
  readonly confirmToken: string | null;
  readonly expiresAt: string;
}

/** What would be sent, counted by the API once, and again on demand only. */
export function useDryRun(tenantId: string, source: Source, mode: Mode): UseQueryResult<Counted> {
  return useQuery({
    queryKey: ['replay-dry-run', tenantId, source, mode],
    queryFn: ({ signal }) => count(tenantId, source, mode, signal),
    enabled: missingOf(source) === undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnReconnect: false,
  });
}

/** What the same filter finds in any state; for a filter that finds nothing in those that were chosen. */
export function useNearest(tenantId: string, source: Source, isWanted: boolean): UseQueryResult<Counted> {
  const any = source.kind === 'filter' ? { ...source, filter: { ...source.filter, states: [...REPLAYABLE] } } : source;
  return useQuery({
    queryKey: ['replay-dry-run', tenantId, any, 'same'],
    queryFn: ({ signal }) => count(tenantId, any, 'same', signal),
    enabled: isWanted && source.kind === 'filter',
    gcTime: 0,
  });
}

/** What `fresh` may send: what is retrying is on its way already. */
function statesFor(mode: Mode, states: readonly Replayable[]): Replayable[] {
  return states.filter((state) => mode === 'same' || state !== 'retrying');
}

async function count(tenantId: string, source: Source, mode: Mode, signal: AbortSignal): Promise<Counted> {
  const query = { tenantId };
  if (source.kind === 'recovery') {
    const params = { path: { id: source.endpointId }, query };
    const body = source.since === undefined ? {} : { since: source.since };
    return dataOf(api.POST('/v1/endpoints/{id}/recover', { params, body, signal }));
  }
  if (source.kind === 'backfill') {
    const params = { path: { id: source.subscriptionId ?? '' }, query };
    const { endpointId, url, ...counted } = await dataOf(
      api.POST('/v1/subscriptions/{id}/backfill', { params, body: source.input, signal }),
    );
    const asked = source.input.eventIds?.length;
    return { ...counted, endpoints: [{ endpointId, url, states: {}, leftOut: counted.leftOut }], ...(asked && { asked }) };
  }
  const dryRun = (body: Schemas['ReplayDryRunInput']): Promise<Counted> =>
    dataOf(api.POST('/v1/replays/dry-run', { params: { query }, body: { ...body, mode }, signal }));
  if (source.kind === 'filter') {
    const states = statesFor(mode, source.filter.states ?? []);
    return states.length === 0 ? nothing() : dryRun({ ...source.filter, states });
  }
  const { ids, states } = await chosen(tenantId, source, signal);
  const wanted = statesFor(mode, states);
  if (ids.length === 0 || wanted.length === 0) return { ...nothing(), asked: ids.length };
  return { ...(await dryRun({ deliveryIds: [...ids], states: wanted })), asked: ids.length };
}

function nothing(): Counted {
  const now = new Date().toISOString();
  return { count: 0, leftOut: 0, endpoints: [], frozenAt: now, confirmToken: null, expiresAt: now };
}

type ByIds = Extract<Source, { kind: 'chosen' | 'letters' | 'failed' }>;

interface Chosen {
  readonly ids: readonly string[];
  readonly states: readonly Replayable[];
}

async function chosen(tenantId: string, source: ByIds, signal: AbortSignal): Promise<Chosen> {
  if (source.kind === 'chosen') return source;
  if (source.kind === 'letters') {
    const letters = await everyPage((page) =>
      dataOf(
        api.GET('/v1/dead-letters', {
          params: { query: { ...source.filter, ...page, open: 'true', tenantId } },
          signal,
        }),
      ),
    );
    return { ids: letters.map(({ deliveryId }) => deliveryId), states: ['dead'] };
  }
  const items = await everyPage((page) =>
    dataOf(
      api.GET('/v1/replays/{id}/items', {
        params: { path: { id: source.replayId }, query: { ...page, state: 'dead', tenantId } },
        signal,
      }),
    ),
  );
  return { ids: items.flatMap(({ sentId }) => (sentId === null ? [] : [sentId])), states: ['dead'] };
}

/** As many ids as a dry run takes. */
const MOST_IDS = 10_000;
const PAGE = 100;

async function everyPage<T>(
  load: (page: { readonly limit: number; readonly cursor?: string }) => Promise<{
    readonly data: readonly T[];
    readonly nextCursor: string | null;
  }>,
): Promise<readonly T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const { data, nextCursor } = await load({ limit: PAGE, ...(cursor !== undefined && { cursor }) });
    all.push(...data);
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined && all.length < MOST_IDS);
  return all.slice(0, MOST_IDS);
}
