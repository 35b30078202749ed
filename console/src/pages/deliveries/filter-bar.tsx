import { Button, Drawer, Group, MultiSelect, Select, Stack, TextInput } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconFilter } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { TimeRangeField } from '../../parts/time-range-field.tsx';
import type { Query } from '../../router/query-string.ts';
import type { QueryChange } from '../../router/use-query-string.ts';
import { TRIGGERS } from '../../strings/triggers.ts';
import { STATES, STATUS, stateName } from './filter.ts';
import { deliveries as text } from './strings.ts';

interface Props {
  readonly query: Query;
  onChange(change: QueryChange): void;
}

/** The filter of the list; below the tablet's width, a sheet. */
export function FilterBar(props: Props) {
  const isNarrow = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const [isOpen, sheet] = useDisclosure();
  if (!isNarrow) {
    return (
      <Group gap="xs">
        <Fields {...props} />
      </Group>
    );
  }
  return (
    <>
      <Button variant="default" fullWidth leftSection={<IconFilter size={16} aria-hidden />} onClick={sheet.open}>
        {text.filters.button}
      </Button>
      <Drawer opened={isOpen} onClose={sheet.close} position="bottom" size="auto" title={text.filters.button}>
        <Stack gap="sm">
          <Fields {...props} />
          <Button onClick={sheet.close}>{text.filters.show}</Button>
        </Stack>
      </Drawer>
    </>
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
      <Select
        aria-label={text.filters.trigger}
        placeholder={text.filters.anyTrigger}
        data={[...TRIGGERS]}
        value={query.trigger ?? null}
        onChange={(trigger) => onChange({ trigger: trigger ?? undefined })}
        clearable
        searchable
        w={{ base: '100%', sm: 190 }}
      />
      <TextFilter
        key={`status ${query.status ?? ''}`}
        label={text.filters.status}
        placeholder={text.filters.statusHint}
        value={query.status ?? ''}
        problemOf={(value) => (value === '' || STATUS.test(value) ? undefined : text.filters.badStatus)}
        onChange={(status) => onChange({ status })}
        width={110}
      />
      <TextFilter
        key={`pass ${query.passId ?? ''}`}
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

interface TextFilterProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly width: number;
  problemOf?(value: string): string | undefined;
  onChange(value: string | undefined): void;
}

/** A field that filters on Enter, or when it is left. */
function TextFilter({ label, placeholder, value, width, problemOf, onChange }: TextFilterProps) {
  const [typed, setTyped] = useState(value);
  const [problem, setProblem] = useState<string>();
  const apply = (event?: FormEvent): void => {
    event?.preventDefault();
    const wanted = typed.trim();
    const found = problemOf?.(wanted);
    setProblem(found);
    if (found === undefined && wanted !== value) onChange(wanted || undefined);
  };
  return (
    <form onSubmit={apply}>
      <TextInput
        aria-label={label}
        placeholder={placeholder}
        value={typed}
        error={problem}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={() => apply()}
        w={{ base: '100%', sm: width }}
        spellCheck={false}
        autoComplete="off"
      />
    </form>
  );
}
