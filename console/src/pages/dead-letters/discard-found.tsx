import { Button, Stack, Text, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { deadLetters as text } from './strings.ts';

interface Props {
  readonly tenantId: string;
  readonly filter: Schemas['DiscardFilter'];
  onDone(): void;
}

/** From so many on the number is typed. */
const TYPED_FROM = 1000;

/** Closes every open dead letter that the filter finds: counted before, with a reason. */
export function DiscardFound({ tenantId, filter, onDone }: Props) {
  const [isOpen, dialog] = useDisclosure();
  const [reason, setReason] = useState('');
  const dryRun = useQuery({
    queryKey: ['discard-dry-run', tenantId, filter],
    queryFn: ({ signal }) =>
      dataOf(api.POST('/v1/dead-letters/discard/dry-run', { params: { query: { tenantId } }, body: filter, signal })),
    enabled: isOpen,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const discard = useMutation({
    mutationFn: (confirmToken: string) =>
      dataOf(
        api.POST('/v1/dead-letters/discard', {
          params: { query: { tenantId } },
          body: { confirmToken, reason: reason.trim() },
        }),
      ),
    onSuccess({ discarded }) {
      dialog.close();
      setReason('');
      notifications.show({ message: text.discarded(discarded) });
      onDone();
    },
    // what was counted is no longer what is there: it is counted again, and shown
    onError: () => void dryRun.refetch(),
  });
  const { count = 0, confirmToken } = dryRun.data ?? {};
  return (
    <>
      <Button variant="default" size="sm" onClick={dialog.open}>
        {text.discardFound}
      </Button>
      <Confirm
        isOpen={isOpen}
        onClose={dialog.close}
        title={text.discardFoundTitle}
        action={text.discardAction(count)}
        isAllowed={reason.trim() !== '' && confirmToken != null && !dryRun.isFetching}
        isPending={discard.isPending}
        error={discard.error ?? dryRun.error}
        onConfirm={() => confirmToken != null && discard.mutate(confirmToken)}
        {...(count >= TYPED_FROM && { typed: String(count) })}
      >
        <Stack gap="xs">
          <Text size="sm" aria-live="polite">
            {dryRun.data ? text.wouldBeDiscarded(count, dryRun.data.subscriptions.length) : text.countingDiscards}
          </Text>
          {count > 0 && (
            <Textarea
              label={text.reason}
              description={text.reasonHint}
              required
              maxLength={1000}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          )}
        </Stack>
      </Confirm>
    </>
  );
}
