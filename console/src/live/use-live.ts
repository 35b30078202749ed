import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { StreamMessage } from './connection.ts';
import { type LiveState, liveStore, register, type Watch } from './live.ts';

/** How often it is asked for what a stream does not tell, or while there is none. */
const FALLBACK_MS = 30_000;

/** Hears of changes while the component is there. `reset` and `ready` come to everybody. */
export function useLive({ topics, filter }: Watch, take: (message: StreamMessage) => void): void {
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  const key = JSON.stringify({ topics, filter });
  useEffect(() => {
    const watch = JSON.parse(key) as Watch;
    if (watch.topics.length === 0) return undefined;
    return register({ ...watch, take: (message) => latest.current(message) });
  }, [key]);
}

/** Whether changes are heard of. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(liveStore.subscribe, liveStore.get);
}

/** How often a query that the stream keeps up to date asks by itself; false: never. */
export function useFallbackMs(): number | false {
  const { state } = useLiveState();
  return state === 'stopped' || state === 'none' ? FALLBACK_MS : false;
}
