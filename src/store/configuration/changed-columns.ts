import { isDeepStrictEqual } from 'node:util';

type Columns = Readonly<Record<string, unknown>> & { readonly updatedAt: Date };

/**
 * The columns that a change gives other values, so that a statement writes nothing else; undefined when the change makes no
 * difference.
 */
export function changedColumns<C extends Columns>(before: C, after: C): Partial<C> | undefined {
  const changed = Object.keys(after).filter(
    (name) => name !== 'updatedAt' && !isDeepStrictEqual(before[name], after[name]),
  );
  if (changed.length === 0) return undefined;
  return Object.fromEntries([...changed, 'updatedAt'].map((name) => [name, after[name]])) as Partial<C>;
}
