import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { Target } from '../parts/page-link.tsx';

/** Goes to a page; the chosen tenant goes along. */
export function useGo(): (target: Target, options?: { readonly replace?: boolean }) => void {
  const navigate = useNavigate();
  const { tenant } = useSearch({ strict: false });
  return useCallback(
    ({ to, params = {}, search = {} }, { replace = false } = {}) => {
      const target = { to, params, search: { ...(tenant && { tenant }), ...search }, replace };
      void navigate(target as unknown as Parameters<typeof navigate>[0]);
    },
    [navigate, tenant],
  );
}
