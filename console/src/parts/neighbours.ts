import { useKey } from '../keyboard/keys.ts';
import { useGo } from '../router/use-go.ts';
import { keys as text } from '../strings/keys.ts';
import type { Target } from './page-link.tsx';

/** The rows of the list that was shown last, in their order. */
let rows: readonly string[] = [];

export function rememberRows(keys: readonly string[]): void {
  rows = keys;
}

/** `[` and `]` step through the list one came from. */
export function useNeighbours(key: string, targetOf: (key: string) => Target): void {
  const go = useGo();
  const step = (by: 1 | -1): void => {
    const at = rows.indexOf(key);
    const next = at === -1 ? undefined : rows[at + by];
    if (next !== undefined) go(targetOf(next), { replace: true });
  };
  useKey('[', text.previous, () => step(-1));
  useKey(']', text.next, () => step(1));
}
