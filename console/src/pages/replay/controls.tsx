import { Button, Group, NumberInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useCan } from '../../session/me.ts';
import { replay as text } from './strings.ts';
import type { Replay } from './use-replay.ts';

type Switch = 'pause' | 'resume' | 'cancel';

/** Pause, resume, another rate, cancel: while it has not ended. */
export function Controls({ replay }: { readonly replay: Replay }) {
  const { id, tenantId, state, left } = replay;
  const can = useCan();
  const [isAsking, dialog] = useDisclosure();
  const change = useChange(id);
  const params = { path: { id }, query: { tenantId } };
  const turn = (to: Switch): void =>
    change.mutate(() => {
      if (to === 'pause') return dataOf(api.POST('/v1/replays/{id}/pause', { params }));
      if (to === 'resume') return dataOf(api.POST('/v1/replays/{id}/resume', { params }));
      return dataOf(api.POST('/v1/replays/{id}/cancel', { params })).finally(dialog.close);
    });
  if (state !== 'running' && state !== 'paused') return null;
  return (
    <Group gap="xs" align="flex-start">
      {change.error && !isAsking && <ProblemAlert error={change.error} />}
      {can('updateReplay') && <Rate replay={replay} />}
      {state === 'running' && can('pauseReplay') && (
        <Button variant="default" loading={change.isPending} onClick={() => turn('pause')}>
          {text.pause}
        </Button>
      )}
      {state === 'paused' && can('resumeReplay') && (
        <Button loading={change.isPending} onClick={() => turn('resume')}>
          {text.resume}
        </Button>
      )}
      {can('cancelReplay') && (
        <Button variant="default" onClick={dialog.open}>
          {text.cancel}
        </Button>
      )}
      <Confirm
        isOpen={isAsking}
        onClose={dialog.close}
        title={text.cancelTitle}
        action={text.cancelAction}
        isPending={change.isPending}
        error={change.error}
        onConfirm={() => turn('cancel')}
      >
        {text.cancelText(left)}
      </Confirm>
    </Group>
  );
}

const MIN_RATE = 0.1;
const MAX_RATE = 500;

function Rate({ replay: { id, tenantId, ratePerSecond } }: { readonly replay: Replay }) {
  const [typed, setTyped] = useState<number | string>(ratePerSecond);
  useEffect(() => setTyped(ratePerSecond), [ratePerSecond]);
  const change = useChange(id);
  const rate = Number(typed);
  const isGood = typed !== '' && rate >= MIN_RATE && rate <= MAX_RATE;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isGood || rate === ratePerSecond) return;
    const params = { path: { id }, query: { tenantId } };
    change.mutate(() => dataOf(api.PATCH('/v1/replays/{id}', { params, body: { ratePerSecond: rate } })));
  };
  return (
    <form onSubmit={submit}>
      <Group gap={4} align="flex-start">
        <NumberInput
          aria-label={text.rate}
          suffix={text.rateUnit}
          value={typed}
          min={MIN_RATE}
          max={MAX_RATE}
          clampBehavior="none"
          error={isGood ? false : text.badRate}
          onChange={setTyped}
          w={100}
        />
        <Button type="submit" variant="default" loading={change.isPending} disabled={!isGood || rate === ratePerSecond}>
          {text.setRate}
        </Button>
      </Group>
    </form>
  );
}

/** A change of the replay, which is then loaded again. */
function useChange(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (act: () => Promise<Schemas['Replay']>) => act(),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['replay', id] }),
        client.invalidateQueries({ queryKey: ['replays'] }),
        client.invalidateQueries({ queryKey: ['running-replays'] }),
      ]),
  });
}
