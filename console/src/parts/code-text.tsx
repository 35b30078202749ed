import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { readOnlyCode } from './read-only-code.ts';

/** The text of a body. */
export function CodeText({ label, value }: { readonly label: string; readonly value: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!place.current) return undefined;
    const state = EditorState.create({ doc: value, extensions: readOnlyCode(label) });
    const view = new EditorView({ parent: place.current, state });
    return () => view.destroy();
  }, [label, value]);
  return <div ref={place} data-testid="code" />;
}
