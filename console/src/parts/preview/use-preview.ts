import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../../../client/index.ts';
import { ApiError } from '../../api/api-error.ts';
import { api, dataOf } from '../../api/client.ts';

export type PreviewInput = Schemas['PreviewInput'];
export type FieldProblem = Schemas['FieldError'];
type Preview = Schemas['Preview'];

/** After the last change. */
const QUIET_MS = 250;

export interface Previewed {
  /** What would be sent; after a change that cannot be rendered, the last that could. */
  readonly preview: Preview | undefined;
  /** Why what is chosen now cannot be rendered. */
  readonly problems: readonly FieldProblem[];
  /** Another failure than one of the input. */
  readonly error: unknown;
  /** True: `preview` belongs to an earlier choice. */
  readonly isOld: boolean;
}

/** Renders what a subscription would send, a moment after the last change. @param input undefined: nothing to render yet */
export function usePreview(tenantId: string, input: PreviewInput | undefined): Previewed {
  const [wanted] = useDebouncedValue(input && JSON.stringify(input), QUIET_MS);
  const [last, setLast] = useState<Preview>();
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ['preview', tenantId, wanted],
    queryFn: ({ signal }) => rendered(tenantId, JSON.parse(wanted ?? '') as PreviewInput, signal),
    enabled: wanted !== undefined,
    placeholderData: keepPreviousData,
  });
  if (data?.preview && data.preview !== last) setLast(data.preview);
  const isOld = isPlaceholderData || data?.preview === undefined || wanted !== (input && JSON.stringify(input));
  return { preview: data?.preview ?? last, problems: data?.problems ?? [], error, isOld };
}

async function rendered(tenantId: string, body: PreviewInput, signal: AbortSignal) {
  try {
    const answer = api.POST('/v1/subscriptions/preview', { params: { query: { tenantId } }, body, signal });
    return { preview: await dataOf(answer), problems: [] };
  } catch (error) {
    const problems = error instanceof ApiError && error.status === 422 ? (error.problem.errors ?? []) : [];
    if (problems.length === 0) throw error;
    return { preview: undefined, problems };
  }
}
