import type { Schemas } from '../../../../client/index.ts';
import { showNumber } from '../../format/time.ts';
import { Facts } from '../../parts/facts.tsx';
import { erasures as text } from './strings.ts';

type Kind = keyof typeof text.kinds;
const KINDS = Object.keys(text.kinds) as Kind[];

/** How many of each kind. */
export function Counts(props: { readonly counts: Schemas['ErasureCounts']; readonly kinds?: readonly Kind[] }) {
  const { counts, kinds = KINDS } = props;
  return <Facts facts={kinds.map((kind) => [text.kinds[kind], showNumber(counts[kind])])} />;
}
