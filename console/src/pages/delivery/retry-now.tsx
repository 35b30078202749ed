import { Button, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { delivery as text } from './strings.ts';
import { type Attempt, type Delivery, useDelivery } from './use-delivery.ts';

interface Props {
  readonly delivery: Delivery;
  onStart(): void;
}

/** Sends the next attempt now; the button turns into its result. The planned attempt keeps its time. */
export function RetryNow({ delivery: { id, tenantId, attemptCount, attempts }, onStart }: Props) {
  const [before, setBefore] = useState<number>();
  const isWaiting = before !== undefined && attemptCount <= before;
  useDelivery(id, { isExpecting: isWaiting });
  const retry = useMutation({
    mutationFn: () => dataOf(api.POST('/v1/deliveries/{id}/retry', { params: { path: { id }, query: { tenantId } } })),
    onMutate() {
      setBefore(attemptCount);
      onStart();
    },
    onError: () => setBefore(undefined),
  });
  const last = attempts.at(-1);
  if (before !== undefined && !isWaiting && last) {
    return (
      <Text size="sm" role="status">
        {text.sent(resultOf(last))}
      </Text>
    );
  }
  return (
    <>
      {retry.error && <ProblemAlert error={retry.error} />}
      <Button size="sm" loading={retry.isPending || isWaiting} onClick={() => retry.mutate()}>
        {text.actions.retry}
      </Button>
    </>
  );
}

function resultOf({ outcome }: Attempt): string {
  if (outcome.kind === 'response') return text.answered(outcome.status, outcome.timings.totalMs);
  return outcome.kind === 'failure' ? text.notAnswered(outcome.detail) : text.notBuilt(outcome.reason);
}
