import { useEffect, useRef } from 'react';
import { preferences } from '../preferences.ts';

/** A key, a sequence of two (`g d`), or one with Ctrl or Cmd (`mod+k`), and what it does. */
export interface Binding {
  readonly keys: string;
  readonly label: string;
  run(event: KeyboardEvent): void;
}

const SEQUENCE_MS = 1000;
const bindings = new Map<symbol, Binding>();
let started: { readonly key: string; readonly atMs: number } | undefined;

/** Binds a key while the component is there. A later binding of the same key comes before an earlier one. */
export function useKey(keys: string, label: string, run: (event: KeyboardEvent) => void, isBound = true): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    if (!isBound) return undefined;
    const id = Symbol(keys);
    bindings.set(id, { keys, label, run: (event) => latest.current(event) });
    return () => void bindings.delete(id);
  }, [keys, label, isBound]);
}

/** What is bound now, each key once. */
export function boundKeys(): readonly Binding[] {
  return [...new Map([...bindings.values()].map((binding) => [binding.keys, binding])).values()];
}

addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const isMod = event.ctrlKey || event.metaKey;
  if (isMod) return run(`mod+${event.key.toLowerCase()}`, event);
  if (event.altKey || isInField(event) || isInDialog(event)) return undefined;
  if (preferences().singleKeys === 'off' && event.key !== 'Escape') return undefined;
  const sequence = started && performance.now() - started.atMs < SEQUENCE_MS ? `${started.key} ${event.key}` : undefined;
  started = undefined;
  if (sequence !== undefined && find(sequence)) return run(sequence, event);
  if ([...bindings.values()].some(({ keys }) => keys.startsWith(`${event.key} `))) {
    started = { key: event.key, atMs: performance.now() };
    return undefined;
  }
  return run(event.key, event);
});

function run(keys: string, event: KeyboardEvent): void {
  const binding = find(keys);
  if (!binding) return;
  event.preventDefault();
  binding.run(event);
}

function find(keys: string): Binding | undefined {
  return [...bindings.values()].findLast((binding) => binding.keys === keys);
}

/** What is typed in a field is text. */
function isInField({ target }: KeyboardEvent): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input:not([type=checkbox]), textarea, select, [role=textbox]') !== null)
  );
}

/** A dialog has the keyboard for itself. */
function isInDialog({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLElement && target.closest('[role=dialog], [role=menu], [role=listbox]') !== null;
}
