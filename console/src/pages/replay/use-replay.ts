import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';

export type Replay = Schemas['ReplayWithOutcome'];

const RUNNING_MS = 1500;
/** What was sent may still be on its way, or waiting for a retry. */
const ENDING_MS = 5000;

export function useReplay(id: string): UseQueryResult<Replay> {
  return useQuery({
    queryKey: ['replay', id],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/replays/{id}', { params: { path: { id } }, signal })),
    refetchInterval({ state: { data } }) {
      if (!data) return false;
      if (data.state === 'running') return RUNNING_MS;
      return underWay(data) > 0 || data.state === 'paused' ? ENDING_MS : false;
    },
  });
}

/** Sent, and neither delivered nor failed yet. */
export function underWay({ sent, delivered, failed, pastRetention }: Replay): number {
  return Math.max(0, sent - delivered - failed - pastRetention);
}

const MEASURED_MS = 10_000;

interface Sample {
  readonly atMs: number;
  readonly sent: number;
}

/** How many a second were sent lately, as this page has seen it; undefined until there are two looks. */
export function useRateNow({ sent, state }: Replay, readAtMs: number): number | undefined {
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  useEffect(() => {
    setSamples((known) =>
      state === 'running'
        ? [...known.filter(({ atMs }) => atMs > readAtMs - MEASURED_MS && atMs < readAtMs), { atMs: readAtMs, sent }]
        : [],
    );
  }, [readAtMs, sent, state]);
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.atMs - first.atMs < RUNNING_MS) return undefined;
  return ((last.sent - first.sent) / (last.atMs - first.atMs)) * 1000;
}
