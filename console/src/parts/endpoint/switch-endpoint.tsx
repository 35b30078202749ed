import { Button, Stack, Text, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { useCan } from '../../session/me.ts';
import { endpoints as text } from '../../strings/endpoints.ts';
import { Confirm } from '../confirm.tsx';
import { type BoardEndpoint, partsOf } from './reason.ts';

interface Props {
  readonly endpoint: Pick<BoardEndpoint, 'id' | 'tenantId' | 'url' | 'state'>;
  /** How many deliveries wait to be enabled. */
  readonly held: number;
  readonly size?: string;
}

/** Enable where it is disabled, else Pause; either asks first. */
export function SwitchEndpoint({ endpoint: { id, tenantId, url, state }, held, size = 'compact-sm' }: Props) {
  const can = useCan();
  const [isOpen, dialog] = useDisclosure();
  const [reason, setReason] = useState('');
  const client = useQueryClient();
  const isDisabled = state === 'disabled';
  const { host } = partsOf(url);
  const params = { path: { id }, query: { tenantId } };
  const change = useMutation({
    mutationFn: () =>
      isDisabled
        ? dataOf(api.POST('/v1/endpoints/{id}/enable', { params, body: {} }))
        : dataOf(api.POST('/v1/endpoints/{id}/disable', { params, body: { reason: reason.trim() } })),
    async onSuccess() {
      await Promise.all(
        ['endpoint-board', 'endpoint', 'endpoint-changes', 'endpoint-subscriptions'].map((key) =>
          client.invalidateQueries({ queryKey: [key] }),
        ),
      );
      dialog.close();
      setReason('');
    },
  });
  if (!can(isDisabled ? 'enableEndpoint' : 'disableEndpoint')) return null;
  return (
    <>
      <Button size={size} mih={{ base: 44, sm: 'auto' }} variant="default" onClick={dialog.open}>
        {isDisabled ? text.enable : text.pause}
      </Button>
      <Confirm
        isOpen={isOpen}
        onClose={dialog.close}
        title={isDisabled ? text.enableTitle(host) : text.pauseTitle(host)}
        action={isDisabled ? text.enable : text.pause}
        isAllowed={isDisabled || reason.trim() !== ''}
        isPending={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate()}
      >
        <Stack gap="xs">
          <Text size="sm">{isDisabled ? text.enableText(held) : text.pauseText}</Text>
          {!isDisabled && (
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
