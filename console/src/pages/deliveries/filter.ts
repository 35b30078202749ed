import type { paths } from '../../../../client/generated/api.ts';
import type { Chip } from '../../parts/filter-chips.tsx';
import { rangeLabel } from '../../parts/time-range-field.tsx';
import type { Query } from '../../router/query-string.ts';
import { timeRangeOf } from '../../router/time-range.ts';
import { states } from '../../strings/states.ts';
import { deliveries as text } from './strings.ts';

type ListQuery = NonNullable<paths['/v1/deliveries']['get']['parameters']['query']>;

const NAMES = [
  'state',
  'trigger',
  'status',
  'passId',
  'eventId',
  'integrationId',
  'subscriptionId',
  'endpointId',
  'test',
] as const;
type Name = (typeof NAMES)[number];
const RANGE = ['last', 'after', 'before'] as const;

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

/** The members of the address that make the filter, for the API. What the API refuses, its answer names. */
export function filterOf(query: Query): ListQuery {
  const given = NAMES.flatMap((name) => (query[name] ? [[name, query[name]]] : []));
  return { ...Object.fromEntries(given), ...timeRangeOf(query) };
}

/** The parts of the filter in words. */
export function chipsOf(query: Query, zone: 'local' | 'utc'): readonly Chip[] {
  const label: Readonly<Record<Name, (value: string) => string>> = {
    ...text.chip,
    state: (value) => text.chip.state(value.split(',').map(stateName).join(', ')),
    test: (value) => text.chip.test(value === 'true'),
  };
  const chips = NAMES.flatMap((name) => {
    const value = query[name];
    return value ? [{ names: [name], label: label[name](value) }] : [];
  });
  const hasRange = RANGE.some((name) => query[name]);
  return hasRange ? [...chips, { names: RANGE, label: rangeLabel(query, zone) }] : chips;
}

export function stateName(state: string): string {
  return states[state as keyof typeof states] ?? state;
}
