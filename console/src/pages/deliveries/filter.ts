import type { paths } from '../../../../client/generated/api.ts';
import type { Query } from '../../router/query-string.ts';
import { timeRangeOf } from '../../router/time-range.ts';
import { states } from '../../strings/states.ts';
import { deliveries as text } from './strings.ts';

type ListQuery = NonNullable<paths['/v1/deliveries']['get']['parameters']['query']>;

export const STATES = [
  'pending',
  'delivering',
  'retrying',
  'parked',
  'blocked',
  'held',
  'succeeded',
  'dead',
  'cancelled',
] as const;
/** As the API reads it: `503` or `5xx`. */
export const STATUS = /^[1-5](\d\d|xx)$/;

/** The members of the address that make the filter, in words. */
export const LABELS = {
  ...text.chip,
  state: (value: string) => text.chip.state(value.split(',').map(stateName).join(', ')),
  test: (value: string) => text.chip.test(value === 'true'),
};

/** The filter for the API. What the API refuses, its answer names. */
export function filterOf(query: Query): ListQuery {
  const given = Object.keys(LABELS).flatMap((name) => (query[name] ? [[name, query[name]]] : []));
  return { ...Object.fromEntries(given), ...timeRangeOf(query) };
}

export function stateName(state: string): string {
  return states[state as keyof typeof states] ?? state;
}
