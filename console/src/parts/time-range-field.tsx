import { Button, Group, Popover, Select, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { fromFieldTime, toFieldTime } from '../format/field-time.ts';
import { showTime, zoneName } from '../format/time.ts';
import { usePreferences } from '../preferences.ts';
import type { Query } from '../router/query-string.ts';
import { LASTS } from '../router/time-range.ts';
import type { QueryChange } from '../router/use-query-string.ts';
import { ranges as text } from '../strings/ranges.ts';

interface Props {
  readonly query: Query;
  onChange(change: QueryChange): void;
}

/** The time range of a list: the last hour and the like, or two instants. */
export function TimeRangeField({ query, onChange }: Props) {
  const { zone } = usePreferences();
  const [isOpen, setOpen] = useState(false);
  const isExact = query.after !== undefined || query.before !== undefined;
  const value = query.last ?? (isExact ? 'exact' : '');
  const options = [
    { value: '', label: text.any },
    ...LASTS.map((last) => ({ value: last as string, label: text.lasts[last] })),
    { value: 'exact', label: isExact ? rangeLabel(query, zone) : text.exact },
  ];
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" shadow="md" trapFocus>
      <Popover.Target>
        <Select
          aria-label={text.label}
          data={options}
          value={value}
          allowDeselect={false}
          w={{ base: '100%', sm: isExact ? 300 : 160 }}
          onChange={(next) => {
            if (next === 'exact') setOpen(true);
            else onChange({ last: next || undefined, after: undefined, before: undefined });
          }}
        />
      </Popover.Target>
      <Popover.Dropdown>
        <ExactRange
          query={query}
          onDone={(range) => {
            onChange({ last: undefined, ...range });
            setOpen(false);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

function ExactRange({ query, onDone }: { readonly query: Query; readonly onDone: (range: QueryChange) => void }) {
  const { zone } = usePreferences();
  const [after, setAfter] = useState(toFieldTime(query.after, zone));
  const [before, setBefore] = useState(toFieldTime(query.before, zone));
  return (
    <Stack gap="sm" w={260}>
      <TextInput
        type="datetime-local"
        step={1}
        label={text.after(zoneName(zone))}
        value={after}
        onChange={(event) => setAfter(event.currentTarget.value)}
      />
      <TextInput
        type="datetime-local"
        step={1}
        label={text.before(zoneName(zone))}
        value={before}
        onChange={(event) => setBefore(event.currentTarget.value)}
      />
      <Group justify="flex-end">
        <Button
          size="xs"
          onClick={() => onDone({ after: fromFieldTime(after, zone), before: fromFieldTime(before, zone) })}
        >
          {text.apply}
        </Button>
      </Group>
    </Stack>
  );
}

/** `Tue 24 Nov 10:00:00 to Tue 24 Nov 11:00:00`. */
export function rangeLabel({ last, after, before }: Query, zone: 'local' | 'utc'): string {
  const named = LASTS.find((one) => one === last);
  if (named) return text.lasts[named];
  if (last !== undefined) return text.last(last);
  const show = (at: string): string => showInstant(at, zone);
  if (after !== undefined && before !== undefined) return text.between(show(after), show(before));
  return after !== undefined ? text.since(show(after)) : text.until(show(before ?? ''));
}

/** An instant of a range, without its milliseconds. */
export function showInstant(at: string, zone: 'local' | 'utc'): string {
  return showTime(new Date(at), zone).replace(/\.\d+$/, '');
}
