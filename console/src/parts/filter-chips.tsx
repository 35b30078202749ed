import { CloseButton, Group, Text } from '@mantine/core';
import { parts as text } from '../strings/parts.ts';
import classes from './filter-chips.module.css';

export interface Chip {
  /** The names in the query that it stands for. */
  readonly names: readonly string[];
  readonly label: string;
}

interface Props {
  readonly chips: readonly Chip[];
  /** Before them: "No delivery matches. Remove:". */
  readonly lead?: string;
  onRemove(names: readonly string[]): void;
}

/** The parts of a filter, each of which can be removed. */
export function FilterChips({ chips, lead, onRemove }: Props) {
  if (chips.length === 0) return null;
  return (
    <Group gap={6}>
      {lead !== undefined && <Text size="sm">{lead}</Text>}
      {chips.map(({ names, label }) => (
        <span key={label} className={classes.chip}>
          {label}
          <CloseButton size="xs" aria-label={text.removeFilter(label)} onClick={() => onRemove(names)} />
        </span>
      ))}
    </Group>
  );
}
