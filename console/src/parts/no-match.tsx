import { Empty } from './empty.tsx';
import { type Chip, FilterChips } from './filter-chips.tsx';

interface Props {
  readonly title: string;
  /** "Remove:". */
  readonly lead: string;
  readonly chips: readonly Chip[];
  onRemove(names: readonly string[]): void;
}

/** A filter that nothing matches, with its parts, each of which can be removed. */
export function NoMatch({ title, lead, chips, onRemove }: Props) {
  return <Empty title={title} action={<FilterChips lead={lead} chips={chips} onRemove={onRemove} />} />;
}
