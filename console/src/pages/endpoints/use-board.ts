import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';

export type Board = Schemas['EndpointBoard'];

const MOST = 200;
const REFRESH_MS = 10_000;

interface ShownBoard {
  readonly board: Board | undefined;
  readonly error: unknown;
  retry(): void;
  /** Whether the order is no longer that of the board. */
  readonly isMoved: boolean;
  sortAgain(): void;
}

/** The board, read again by itself; its order is that of the first look until the reader asks for another one. */
export function useBoard(tenantId: string | undefined, host: string | undefined): ShownBoard {
  const key = `${tenantId ?? ''} ${host ?? ''}`;
  const [order, setOrder] = useState<{ readonly key: string; readonly ids: readonly string[] }>();
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: ['endpoint-board', tenantId, host],
    queryFn: ({ signal }) => {
      const filter = { ...(tenantId && { tenantId }), ...(host && { host }) };
      return dataOf(
        api.GET('/v1/endpoints/board', { params: { query: { ...filter, limit: MOST, include: 'names' } }, signal }),
      );
    },
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
  const now = data?.endpoints.map(({ id }) => id) ?? [];
  // an order of its own for each filter
  if (data && !isPlaceholderData && order?.key !== key) setOrder({ key, ids: now });
  const places = new Map((order?.ids ?? []).map((id, index) => [id, index]));
  const place = (id: string): number => places.get(id) ?? places.size;
  const endpoints = data?.endpoints.toSorted((a, b) => place(a.id) - place(b.id)) ?? [];
  return {
    board: data && { ...data, endpoints },
    error,
    retry: () => void refetch(),
    isMoved: endpoints.some(({ id }, index) => now[index] !== id),
    sortAgain() {
      void refetch().then(({ data: latest }) => {
        if (latest) setOrder({ key, ids: latest.endpoints.map(({ id }) => id) });
      });
    },
  };
}
