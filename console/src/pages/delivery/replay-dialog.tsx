import { Radio, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { showTime } from '../../format/time.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { useGo } from '../../router/use-go.ts';
import type { DialogProps } from './dialog.ts';
import { delivery as text } from './strings.ts';
import { useAct } from './use-act.ts';

type Mode = 'same' | 'fresh';

/** Asks where to and in which form it is sent again. */
export function ReplayDialog({ delivery, isOpen, onClose }: DialogProps) {
  const { id, tenantId, state, endedAt, names, actions } = delivery;
  const [chosen, setChosen] = useState<Mode>();
  const go = useGo();
  const of = (mode: Mode) => actions.find(({ name }) => name === `replay_${mode}`);
  const mode = chosen ?? (of('same')?.allowed ? 'same' : 'fresh');
  const replay = useAct(
    id,
    (wanted: Mode) =>
      dataOf(
        api.POST('/v1/deliveries/{id}/replay', {
          params: { path: { id }, query: { tenantId } },
          body: { mode: wanted },
        }),
      ),
    ({ deliveryId }) => {
      onClose();
      // what was rendered anew, beside what it replaces
      if (deliveryId !== id) go({ to: '/deliveries/$id', params: { id: deliveryId }, search: { compare: id } });
    },
  );
  return (
    <Confirm
      isOpen={isOpen}
      onClose={onClose}
      title={names.url === null ? text.replayUnknown : text.replayTitle(names.url)}
      action={text.send}
      isPending={replay.isPending}
      error={replay.error}
      onConfirm={() => replay.mutate(mode)}
    >
      <Stack gap="sm">
        {state === 'succeeded' && endedAt !== null && (
          <Text size="sm">{text.succeededBefore(showTime(new Date(endedAt)))}</Text>
        )}
        <Radio.Group value={mode} onChange={(value) => setChosen(value as Mode)} aria-label={text.replayUnknown}>
          <Stack gap="sm">
            {(['same', 'fresh'] as const).map((one) => {
              const action = of(one);
              if (!action) return null;
              return (
                <Radio
                  key={one}
                  value={one}
                  label={text[one]}
                  description={action.allowed ? text[`${one}Hint`] : action.why}
                  disabled={!action.allowed}
                />
              );
            })}
          </Stack>
        </Radio.Group>
      </Stack>
    </Confirm>
  );
}
