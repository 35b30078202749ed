import { Select } from '@mantine/core';
import { TRIGGERS } from '../strings/triggers.ts';

interface Props {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string | undefined;
  onChange(trigger: string | undefined): void;
}

/** One of the triggers, or any. */
export function TriggerSelect({ label, placeholder, value, onChange }: Props) {
  return (
    <Select
      aria-label={label}
      placeholder={placeholder}
      data={[...TRIGGERS]}
      value={value ?? null}
      onChange={(trigger) => onChange(trigger ?? undefined)}
      clearable
      searchable
      w={{ base: '100%', sm: 190 }}
    />
  );
}
