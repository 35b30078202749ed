import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { Query } from './query-string.ts';

/** Members to change; undefined or an empty text removes one. */
export type QueryChange = Readonly<Record<string, string | undefined>>;

/**
 * The query of the address, where filters, tabs and ranges are kept, and what changes it. Each change is a step of the history,
 * unless it replaces the current one (while typing).
 */
export function useQueryString(): readonly [
  Query,
  (change: QueryChange, options?: { readonly replace?: boolean }) => Promise<void>,
] {
  const query = useSearch({ strict: false }) as Query;
  const navigate = useNavigate();
  const change = useCallback(
    (members: QueryChange, { replace = false } = {}) => {
      const search = (old: object) => ({ ...old, ...members });
      return navigate({ to: '.', search, replace, resetScroll: false } as unknown as Parameters<typeof navigate>[0]);
    },
    [navigate],
  );
  return [query, change];
}
