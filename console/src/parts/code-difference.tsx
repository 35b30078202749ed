import { MergeView } from '@codemirror/merge';
import { useEffect, useRef } from 'react';
import { readOnlyCode } from './read-only-code.ts';

interface Side {
  readonly label: string;
  readonly value: string;
}

/** Two texts side by side; what differs is marked, what is the same folds. */
export function CodeDifference({ left, right }: { readonly left: Side; readonly right: Side }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!place.current) return undefined;
    const view = new MergeView({
      parent: place.current,
      a: { doc: left.value, extensions: readOnlyCode(left.label) },
      b: { doc: right.value, extensions: readOnlyCode(right.label) },
      collapseUnchanged: { margin: 3, minSize: 8 },
      gutter: true,
    });
    return () => view.destroy();
  }, [left.label, left.value, right.label, right.value]);
  return <div ref={place} data-testid="difference" />;
}
