import { QueryClient } from '@tanstack/react-query';
import { isUnreachable } from './api-error.ts';

const FRESH_MS = 5000;
const MAX_TRIES = 2;

/** Reads are repeated when the API could not be reached; what it refused is shown at once. Changes are never repeated. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      retry: (failures, error) => isUnreachable(error) && failures < MAX_TRIES,
      retryDelay: 1000,
    },
    mutations: { retry: false },
  },
});
