import type { Chip } from '../parts/filter-chips.tsx';
import { rangeLabel } from '../parts/time-range-field.tsx';
import { usePreferences } from '../preferences.ts';
import type { Query } from './query-string.ts';
import { type QueryChange, useQueryString } from './use-query-string.ts';

const RANGE = ['last', 'after', 'before'] as const;

export interface Filter {
  /** The members of the address that make it: the key of the list in the cache. */
  readonly own: Query;
  readonly query: Query;
  readonly chips: readonly Chip[];
  change(change: QueryChange): void;
  remove(names: readonly string[]): void;
}

/**
 * The filter of a list, as it stands in the address.
 *
 * @param labels says a member in words, by its name
 */
export function useFilter(labels: Readonly<Record<string, (value: string) => string>>): Filter {
  const [query, change] = useQueryString();
  const { zone } = usePreferences();
  const own = Object.fromEntries(
    Object.entries(query).filter(([name]) => name in labels || RANGE.some((one) => one === name)),
  );
  const chips = Object.entries(labels).flatMap(([name, label]) => {
    const value = query[name];
    return value ? [{ names: [name], label: label(value) }] : [];
  });
  const hasRange = RANGE.some((name) => query[name]);
  return {
    own,
    query,
    chips: hasRange ? [...chips, { names: RANGE, label: rangeLabel(query, zone) }] : chips,
    change: (members) => void change(members),
    remove: (names) => void change(Object.fromEntries(names.map((name) => [name, undefined]))),
  };
}
