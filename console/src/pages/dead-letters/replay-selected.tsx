import { Button, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { useLeadsSomewhere } from '../../parts/page-link.tsx';
import { useGo } from '../../router/use-go.ts';
import { deadLetters as text } from './strings.ts';

interface Props {
  readonly tenantId: string;
  readonly letters: readonly Schemas['DeadLetter'][];
  onDone(): void;
}

/** Sends exactly the ticked ones again: counted by the API before, and started by what it counted. */
export function ReplaySelected({ tenantId, letters, onDone }: Props) {
  const [isOpen, dialog] = useDisclosure();
  const leadsSomewhere = useLeadsSomewhere();
  const go = useGo();
  const deliveryIds = letters.map(({ deliveryId }) => deliveryId);
  const dryRun = useQuery({
    queryKey: ['replay-dry-run', tenantId, deliveryIds],
    queryFn: ({ signal }) =>
      dataOf(
        api.POST('/v1/replays/dry-run', {
          params: { query: { tenantId } },
          body: { deliveryIds, states: ['dead'] },
          signal,
        }),
      ),
    enabled: isOpen,
    gcTime: 0,
    staleTime: 0,
  });
  const start = useMutation({
    mutationFn: (confirmToken: string) =>
      dataOf(api.POST('/v1/replays', { params: { query: { tenantId } }, body: { confirmToken, name: text.title } })),
    onSuccess(replay) {
      dialog.close();
      notifications.show({ message: text.started(count) });
      onDone();
      if (leadsSomewhere('/replays/$id')) go({ to: '/replays/$id', params: { id: replay.id } });
    },
  });
  const { count = 0, leftOut = 0, endpoints = [], estimateSeconds = 0, confirmToken } = dryRun.data ?? {};
  return (
    <>
      <Button size="xs" onClick={dialog.open}>
        {text.replay}
      </Button>
      <Confirm
        isOpen={isOpen}
        onClose={dialog.close}
        title={text.replayTitle(letters.length)}
        action={text.send(count)}
        isAllowed={confirmToken != null}
        isPending={start.isPending || dryRun.isFetching}
        error={start.error ?? dryRun.error}
        onConfirm={() => confirmToken != null && start.mutate(confirmToken)}
      >
        <Stack gap="xs" aria-live="polite">
          {dryRun.isPending && <Text size="sm">{text.counting}</Text>}
          {dryRun.data && count === 0 && <Text size="sm">{text.nothingToSend}</Text>}
          {count > 0 && (
            <Text size="sm">
              {text.replayText(count, endpoints.length)} {text.takes(estimateSeconds)}
            </Text>
          )}
          {leftOut > 0 && <Text size="sm">{text.leftOut(leftOut)}</Text>}
        </Stack>
      </Confirm>
    </>
  );
}
