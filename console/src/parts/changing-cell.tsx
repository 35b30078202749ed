import { Table } from '@mantine/core';
import { type ComponentProps, useEffect, useRef } from 'react';

const TINTED_MS = 1000;

/** A cell that is tinted for a second when its text changes while it is on screen. */
export function ChangingCell(props: ComponentProps<typeof Table.Td>) {
  const cell = useRef<HTMLTableCellElement>(null);
  const before = useRef<string>(undefined);
  useEffect(() => {
    const { current } = cell;
    const shown = current?.textContent ?? '';
    const hasChanged = before.current !== undefined && before.current !== shown;
    before.current = shown;
    if (!current || !hasChanged) return;
    current.dataset.changed = 'true';
    setTimeout(() => delete current.dataset.changed, TINTED_MS);
  });
  return <Table.Td ref={cell} {...props} />;
}
