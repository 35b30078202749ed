import type { Schemas } from '../../../../client/index.ts';
import type { Query } from '../../router/query-string.ts';
import { timeRangeOf } from '../../router/time-range.ts';

// What is sent again, as it stands in the address: by filter, or exactly these, or what an endpoint did not get, or past events.

export const REPLAYABLE = ['dead', 'retrying', 'succeeded', 'cancelled'] as const;
export type Replayable = (typeof REPLAYABLE)[number];
type Filter = Omit<Schemas['ReplayDryRunInput'], 'mode' | 'deliveryIds'>;

export type Source =
  | { readonly kind: 'filter'; readonly filter: Filter }
  | { readonly kind: 'chosen'; readonly ids: readonly string[]; readonly states: readonly Replayable[] }
  /** The open dead letters that a filter of their list finds. */
  | { readonly kind: 'letters'; readonly filter: Query }
  /** What a replay sent and what failed again. */
  | { readonly kind: 'failed'; readonly replayId: string }
  | { readonly kind: 'recovery'; readonly endpointId: string; readonly since?: string }
  | { readonly kind: 'backfill'; readonly subscriptionId?: string; readonly input: Schemas['BackfillInput'] };

/** Everything that a list of deliveries or dead letters can be filtered by, beside state and time. */
const MEMBERS = [
  'subscriptionId',
  'endpointId',
  'integrationId',
  'trigger',
  'passId',
  'eventId',
  'status',
  'failure',
  'url',
  'templateId',
  'userProvidedId',
  'trackingId',
  'producerId',
  'attemptedAfter',
  'attemptedBefore',
] as const;

export function sourceOf(query: Query): Source {
  const range = timeRangeOf(query);
  const { states } = statesOf(query);
  if (query.recover) return { kind: 'recovery', endpointId: query.recover, ...(range.after && { since: range.after }) };
  if (query.failedOf) return { kind: 'failed', replayId: query.failedOf };
  if (query.letters) return { kind: 'letters', filter: { ...pick(query, MEMBERS), ...range } };
  if (query.ids) return { kind: 'chosen', ids: query.ids.split(','), states: states.length > 0 ? states : REPLAYABLE };
  if (query.events || query.backfill) {
    const eventIds = query.events?.split(',');
    const input = { ...range, ...pick(query, ['passId']), ...(eventIds && { eventIds }) };
    return { kind: 'backfill', input, ...(query.subscriptionId && { subscriptionId: query.subscriptionId }) };
  }
  return { kind: 'filter', filter: { ...(pick(query, MEMBERS) as Filter), ...range, states: [...states] } };
}

/** The states of the address that can be sent again, and those that cannot. */
export function statesOf({ state = '' }: Query): {
  readonly states: readonly Replayable[];
  readonly other: readonly string[];
} {
  const wanted = state.split(',').filter((one) => one !== '');
  const states = REPLAYABLE.filter((one) => wanted.includes(one));
  return { states, other: wanted.filter((one) => !states.some((known) => known === one)) };
}

/** What must be chosen before it can be counted; undefined: nothing. */
export function missingOf(source: Source): 'states' | 'start' | 'subscription' | undefined {
  if (source.kind === 'filter') {
    if (source.filter.states?.length === 0) return 'states';
    return source.filter.after === undefined ? 'start' : undefined;
  }
  if (source.kind !== 'backfill') return undefined;
  if (source.subscriptionId === undefined) return 'subscription';
  return source.input.after === undefined && source.input.eventIds === undefined ? 'start' : undefined;
}

/** Whether it is sent again as it was or rendered anew; the other kinds have one form. */
export function hasModes({ kind }: Source): boolean {
  return kind !== 'recovery' && kind !== 'backfill';
}

function pick(query: Query, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (query[name] ? [[name, query[name]]] : [])));
}
