import { type InfiniteData, type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { StreamMessage } from '../live/connection.ts';
import type { Watch } from '../live/live.ts';
import { useFallbackMs, useLive } from '../live/use-live.ts';
import type { List, ListPage } from './use-list.ts';

interface Row {
  readonly id: string;
}

/** What a message says about a row of the list. */
interface Changed<T> {
  readonly row: T;
  /** Whether the filter of the list finds it now. */
  readonly matches: boolean;
}

interface Options<T> extends Watch {
  /** The key of the list in the cache. */
  readonly listKey: QueryKey;
  readonly list: List<T>;
  changedBy(message: StreamMessage): Changed<T> | undefined;
  /** The newest rows, for what the stream did not tell. */
  newest(limit: number): Promise<ListPage<T>>;
}

export interface LiveList<T> {
  /** New rows that wait for the reader. */
  readonly waiting: number;
  /** The list was loaded again by itself, since changes were missed. */
  readonly wasReset: boolean;
  isStale(row: T): boolean;
  show(): void;
}

/** More are not counted. */
export const MOST_WAITING = 99;
const LOOK_AGAIN_MS = 3000;

interface Kept<T> {
  readonly key: string;
  readonly waiting: ReadonlyMap<string, T>;
  readonly stale: ReadonlySet<string>;
  readonly wasReset: boolean;
}

/** Keeps the rows on screen up to date in their places; new ones wait. */
export function useLiveList<T extends Row>({ listKey, list, topics, filter, ...source }: Options<T>): LiveList<T> {
  const client = useQueryClient();
  const key = JSON.stringify(listKey);
  const nothing: Kept<T> = { key, waiting: new Map(), stale: new Set(), wasReset: false };
  const [kept, setKept] = useState(nothing);
  const now = kept.key === key ? kept : nothing;
  const change = (next: (old: Kept<T>) => Partial<Kept<T>>): void =>
    setKept((old) => {
      const own = old.key === key ? old : nothing;
      return { ...own, ...next(own) };
    });
  const shownIds = (): ReadonlySet<string> => {
    const data = client.getQueryData<InfiniteData<ListPage<T>>>(listKey);
    return new Set(data?.pages.flatMap((page) => page.data.map(({ id }) => id)));
  };
  const replace = (rows: ReadonlyMap<string, T>): void => {
    client.setQueryData<InfiniteData<ListPage<T>>>(
      listKey,
      (old) =>
        old && {
          ...old,
          pages: old.pages.map((page) => ({ ...page, data: page.data.map((row) => rows.get(row.id) ?? row) })),
        },
    );
  };
  const take = (all: readonly Changed<T>[]): void => {
    const ids = shownIds();
    const onScreen = all.filter(({ row }) => ids.has(row.id));
    if (onScreen.length > 0) replace(new Map(onScreen.map(({ row }) => [row.id, row])));
    change(({ waiting, stale }) => {
      const nextWaiting = new Map(waiting);
      const nextStale = new Set(stale);
      for (const { row, matches } of all) {
        if (ids.has(row.id) && !matches) nextStale.add(row.id);
        else nextStale.delete(row.id);
        if (!ids.has(row.id) && matches) nextWaiting.set(row.id, row);
        else nextWaiting.delete(row.id);
      }
      return { waiting: nextWaiting, stale: nextStale };
    });
  };
  const look = useLook(key, async () => {
    const { data } = await source.newest(MOST_WAITING + 1);
    take(data.map((row) => ({ row, matches: true })));
  });
  useLive({ topics, ...(filter && { filter }) }, (message) => {
    if (message.event === 'reset') {
      list.reload();
      change(() => ({ ...nothing, wasReset: true }));
    }
    const isUnknown = message.event === 'skipped' || (message.event === 'ready' && !message.data.resumed);
    if (isUnknown) return look();
    const changed = source.changedBy(message);
    if (changed) take([changed]);
  });
  const fallbackMs = useFallbackMs();
  useEffect(() => {
    if (fallbackMs === false) return undefined;
    const timer = setInterval(look, fallbackMs);
    return () => clearInterval(timer);
  }, [fallbackMs, look]);
  const ids = new Set(list.rows.map(({ id }) => id));
  const fresh = [...now.waiting.values()].filter(({ id }) => !ids.has(id));
  return {
    waiting: fresh.length,
    wasReset: now.wasReset,
    isStale: ({ id }) => now.stale.has(id),
    show() {
      change(() => nothing);
      if (fresh.length > MOST_WAITING || list.rows.length === 0) return list.reload();
      const newestFirst = fresh.toSorted((a, b) => (a.id < b.id ? 1 : -1));
      client.setQueryData<InfiniteData<ListPage<T>>>(listKey, (old) => {
        const [first, ...rest] = old?.pages ?? [];
        return old && first && { ...old, pages: [{ ...first, data: [...newestFirst, ...first.data] }, ...rest] };
      });
    },
  };
}

/** One look at a time, and not more often than every three seconds; the last one that was asked for is always taken. */
function useLook(key: string, look: () => Promise<void>): () => void {
  const latest = useRef(look);
  useEffect(() => {
    latest.current = look;
  });
  const state = useRef({ isLooking: false, isWanted: false, key });
  const [run] = useState(() => () => {
    const own = state.current;
    own.isWanted = true;
    if (own.isLooking) return;
    own.isLooking = true;
    own.isWanted = false;
    // what fails now is looked at again: the page itself shows whether the API answers
    const done = latest.current().catch(() => {});
    void done.then(() =>
      setTimeout(() => {
        own.isLooking = false;
        if (own.isWanted) run();
      }, LOOK_AGAIN_MS),
    );
  });
  return run;
}
