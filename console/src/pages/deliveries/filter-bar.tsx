import { MultiSelect, Select } from '@mantine/core';
import { FilterSheet } from '../../parts/filter-sheet.tsx';
import { TextFilter } from '../../parts/text-filter.tsx';
import { TimeRangeField } from '../../parts/time-range-field.tsx';
import { TriggerSelect } from '../../parts/trigger-select.tsx';
import type { Query } from '../../router/query-string.ts';
import type { QueryChange } from '../../router/use-query-string.ts';
import { STATES, STATUS, stateName } from './filter.ts';
import { deliveries as text } from './strings.ts';

interface Props {
  readonly query: Query;
  onChange(change: QueryChange): void;
}

/** The filter of the list. */
export function FilterBar(props: Props) {
  return (
    <FilterSheet>
      <Fields {...props} />
    </FilterSheet>
  );
}

function Fields({ query, onChange }: Props) {
  const states = (query.state ?? '').split(',').filter((state) => state !== '');
  return (
    <>
      <MultiSelect
        aria-label={text.filters.state}
        placeholder={states.length === 0 ? text.filters.anyState : ''}
        data={STATES.map((state) => ({ value: state, label: stateName(state) }))}
        value={states}
        onChange={(next) => onChange({ state: oneKind(states, next).join(',') })}
        clearable
        w={{ base: '100%', sm: 'auto' }}
        miw={160}
        maw={{ base: '100%', sm: 340 }}
      />
      <TimeRangeField query={query} onChange={onChange} />
      <TriggerSelect
        label={text.filters.trigger}
        placeholder={text.filters.anyTrigger}
        value={query.trigger}
        onChange={(trigger) => onChange({ trigger })}
      />
      <TextFilter
        label={text.filters.status}
        placeholder={text.filters.statusHint}
        value={query.status ?? ''}
        problemOf={(value) => (STATUS.test(value) ? undefined : text.filters.badStatus)}
        onChange={(status) => onChange({ status })}
        width={110}
      />
      <TextFilter
        label={text.filters.passId}
        placeholder={text.filters.passId}
        value={query.passId ?? ''}
        onChange={(passId) => onChange({ passId })}
        width={170}
      />
      <Select
        aria-label={text.filters.test}
        data={Object.entries(text.filters.tests).map(([value, label]) => ({ value, label }))}
        value={query.test ?? ''}
        allowDeselect={false}
        onChange={(test) => onChange({ test: test || undefined })}
        w={{ base: '100%', sm: 140 }}
      />
    </>
  );
}

/** `parked` is known from elsewhere than the other states, so the API lists it only by itself. */
function oneKind(before: readonly string[], next: readonly string[]): readonly string[] {
  const added = next.find((state) => !before.includes(state));
  if (added === 'parked') return ['parked'];
  return next.length > 1 ? next.filter((state) => state !== 'parked') : next;
}
