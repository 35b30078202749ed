import { Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import type { DialogProps } from './dialog.ts';
import { delivery as text } from './strings.ts';
import { useAct } from './use-act.ts';

export function DiscardDialog({ delivery: { id, tenantId, actions }, isOpen, onClose }: DialogProps) {
  const [reason, setReason] = useState('');
  const letter = actions.find(({ name }) => name === 'discard')?.target ?? '';
  const discard = useAct(
    id,
    (why: string) =>
      dataOf(
        api.POST('/v1/dead-letters/{id}/discard', {
          params: { path: { id: letter }, query: { tenantId } },
          body: { reason: why },
        }),
      ),
    onClose,
  );
  return (
    <Confirm
      isOpen={isOpen}
      onClose={onClose}
      title={text.discardTitle}
      action={text.discardAction}
      isAllowed={reason.trim() !== ''}
      isPending={discard.isPending}
      error={discard.error}
      onConfirm={() => discard.mutate(reason.trim())}
    >
      <Stack gap="xs">
        <Text size="sm">{text.discardText}</Text>
        <Textarea
          label={text.reason}
          description={text.reasonHint}
          required
          maxLength={1000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </Stack>
    </Confirm>
  );
}
