import { TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useState } from 'react';

interface Props {
  readonly label: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly width: number;
  /** What is wrong with a value, which is then not applied. */
  problemOf?(value: string): string | undefined;
  onChange(value: string | undefined): void;
}

/** A field that filters on Enter, and when it is left. */
export function TextFilter({ label, placeholder = label, value, width, problemOf, onChange }: Props) {
  const [typed, setTyped] = useState(value);
  const [problem, setProblem] = useState<string>();
  // the address may change by itself: by the Back button, or because a part of the filter is removed
  useEffect(() => setTyped(value), [value]);
  const apply = (event?: FormEvent): void => {
    event?.preventDefault();
    const wanted = typed.trim();
    const found = wanted === '' ? undefined : problemOf?.(wanted);
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
