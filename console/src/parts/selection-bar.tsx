import { Button, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { replays } from '../strings/replays.ts';

interface Props {
  readonly count: number;
  /** What can be done with exactly the ticked rows. */
  readonly children: ReactNode;
  onClear(): void;
}

/** So many ids fit into an address. */
export const MOST_CHOSEN = 200;

/** Above a list while rows are ticked: what can be done with them, and with nothing else. */
export function SelectionBar({ count, children, onClear }: Props) {
  const text = replays.selection;
  if (count === 0) return null;
  return (
    <Group gap="sm" role="status">
      <Text size="sm" fw={600}>
        {text.selected(count)}
      </Text>
      {children}
      <Button size="xs" variant="subtle" color="gray" onClick={onClear}>
        {text.clear}
      </Button>
      {count > MOST_CHOSEN && <Text size="sm">{text.tooMany(MOST_CHOSEN)}</Text>}
    </Group>
  );
}
