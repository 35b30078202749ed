import { Button, Stack, Text, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../../../client/index.ts';
import { ApiError } from '../../api/api-error.ts';
import { api, dataOf } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { deadLetters as text } from './strings.ts';

interface Props {
  readonly tenantId: string;
  readonly letters: readonly Schemas['DeadLetter'][];
  onDone(): void;
}

/** Closes exactly the ticked ones, with a reason. */
export function DiscardSelected({ tenantId, letters, onDone }: Props) {
  const [isOpen, dialog] = useDisclosure();
  const [reason, setReason] = useState('');
  const discard = useMutation({
    async mutationFn() {
      let failed = 0;
      for (const { id } of letters) {
        // one that somebody else closed meanwhile does not keep the others from being closed
        if (!(await discardOne(id))) failed += 1;
      }
      return failed;
    },
    onSuccess(failed) {
      dialog.close();
      setReason('');
      const done = letters.length - failed;
      notifications.show({ message: failed > 0 ? text.failedOf(failed, letters.length) : text.discarded(done) });
      onDone();
    },
  });
  async function discardOne(id: string): Promise<boolean> {
    try {
      const params = { path: { id }, query: { tenantId } };
      await dataOf(api.POST('/v1/dead-letters/{id}/discard', { params, body: { reason: reason.trim() } }));
      return true;
    } catch (error) {
      if (error instanceof ApiError && (error.status === 409 || error.status === 404)) return false;
      throw error;
    }
  }
  return (
    <>
      <Button size="xs" variant="default" onClick={dialog.open}>
        {text.discard}
      </Button>
      <Confirm
        isOpen={isOpen}
        onClose={dialog.close}
        title={text.discardTitle(letters.length)}
        action={text.discardAction(letters.length)}
        isAllowed={reason.trim() !== ''}
        isPending={discard.isPending}
        error={discard.error}
        onConfirm={() => discard.mutate()}
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
    </>
  );
}
