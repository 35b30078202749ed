import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError } from '../api/api-error.ts';
import { NotFound } from '../shell/not-found.tsx';
import { ProblemAlert } from './problem-alert.tsx';
import { Skeletons } from './skeletons.tsx';

interface Props<T> {
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
  /** Lines while it loads. */
  readonly rows?: number;
}

/** A part of a page that is loaded: skeletons, a problem, "nothing here", or its data, which stay while they are loaded again. */
export function Loaded<T>({ query: { data, error, refetch }, children, rows = 6 }: Props<T>) {
  if (error instanceof ApiError && error.status === 404) return <NotFound />;
  return (
    <>
      {error && <ProblemAlert error={error} onRetry={() => void refetch()} />}
      {data !== undefined ? children(data) : !error && <Skeletons rows={rows} />}
    </>
  );
}
