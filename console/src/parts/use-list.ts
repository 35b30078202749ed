import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';

export interface ListPage<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}

/** More rows are of no use to a reader: a filter or an export is. */
const MAX_ROWS = 500;
export const PAGE_ROWS = 50;

export interface List<T> {
  readonly rows: readonly T[];
  readonly isLoading: boolean;
  readonly isLoadingMore: boolean;
  readonly error: unknown;
  /** When the rows were loaded, by this machine's clock. */
  readonly loadedAtMs: number;
  readonly hasMore: boolean;
  /** So many rows are shown that others are found only by a narrower filter. */
  readonly isFull: boolean;
  loadMore(): void;
  reload(): void;
}

interface Options<T> {
  readonly isEnabled?: boolean;
  /** How often rows like these are loaded again while they are looked at; false: not by itself. */
  refreshMs?(rows: readonly T[]): number | false;
}

/**
 * A list of the API, page by page.
 *
 * @param key names the list and its filter, for the cache
 * @param load loads the page at a cursor; undefined for the first one
 */
export function useList<T>(
  key: QueryKey,
  load: (page: { readonly limit: number; readonly cursor?: string }, signal: AbortSignal) => Promise<ListPage<T>>,
  { isEnabled = true, refreshMs }: Options<T> = {},
): List<T> {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      load({ limit: PAGE_ROWS, ...(pageParam !== undefined && { cursor: pageParam }) }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    enabled: isEnabled,
    // rows are read while they are shown: they change only when the reader asks for it
    refetchOnWindowFocus: false,
    refetchInterval: ({ state }) => refreshMs?.(state.data?.pages.flatMap(({ data }) => data) ?? []) ?? false,
  });
  const rows = query.data?.pages.flatMap(({ data }) => data) ?? [];
  return {
    rows,
    isLoading: query.isPending && isEnabled,
    isLoadingMore: query.isFetchingNextPage,
    error: query.error,
    loadedAtMs: query.dataUpdatedAt,
    hasMore: query.hasNextPage && rows.length < MAX_ROWS,
    isFull: query.hasNextPage && rows.length >= MAX_ROWS,
    loadMore: () => void query.fetchNextPage(),
    reload: () => void query.refetch(),
  };
}
