import { useCallback, useEffect, useRef, useState } from 'react';
import { type Draft, emptyDraft } from './draft.ts';

/**
 * History entries are written at most this often: browsers refuse more than a hundred in ten seconds. The first change is written at
 * once, since what is written while a page is being left may be lost.
 */
const WRITE_MS = 120;

/** The draft of the wizard, kept in the history's entries too: Back, Forward and a reload lose nothing, and no storage is written. */
export function useDraft(): readonly [Draft, (change: Partial<Draft>) => void] {
  const [draft, setDraft] = useState<Draft>(() => storedDraft() ?? emptyDraft());
  const newest = useRef(draft);
  newest.current = draft;
  const writtenAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const write = (): void => {
      writtenAt.current = performance.now();
      store(draft);
    };
    const waitMs = writtenAt.current + WRITE_MS - performance.now();
    if (waitMs <= 0) {
      write();
      return undefined;
    }
    const timer = setTimeout(write, waitMs);
    return () => clearTimeout(timer);
  }, [draft]);
  useEffect(() => {
    const storeNow = (): void => store(newest.current);
    // an entry that one comes back to may have an older draft: the newer one wins
    const compare = (): void => {
      const found = storedDraft();
      if (found && found.revision > newest.current.revision) setDraft(found);
      else storeNow();
    };
    addEventListener('pagehide', storeNow);
    addEventListener('popstate', compare);
    return () => {
      removeEventListener('pagehide', storeNow);
      removeEventListener('popstate', compare);
    };
  }, []);
  const change = useCallback((members: Partial<Draft>) => {
    setDraft((old) => ({ ...old, ...members, revision: old.revision + 1 }));
  }, []);
  return [draft, change];
}

function store(draft: Draft): void {
  if (!location.pathname.includes('/integrations/new/')) return;
  history.replaceState({ ...history.state, draft }, '');
}

function storedDraft(): Draft | undefined {
  return (history.state as { readonly draft?: Draft } | null)?.draft;
}
