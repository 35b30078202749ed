import { Button, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Counts } from './counts.tsx';
import { erasures as text } from './strings.ts';

/** What a dry run looks through. */
const COUNTED = ['events', 'deliveries', 'cancelled', 'deadLetters', 'installations'] as const;

/** Erases what is stored about a pass: counted first, and confirmed by typing the id again. */
export function NewErasure({ tenantId }: { readonly tenantId: string }) {
  const [isOpen, dialog] = useDisclosure();
  const queries = useQueryClient();
  const [subject, setSubject] = useState<keyof typeof text.subjects>('passId');
  const [typed, setTyped] = useState('');
  const [isMissing, setMissing] = useState(false);
  const id = typed.trim();
  const who = { [subject]: id };
  const params = { query: { tenantId } };
  const count = useMutation({ mutationFn: () => dataOf(api.POST('/v1/erasures/dry-run', { params, body: who })) });
  const close = (): void => {
    dialog.close();
    count.reset();
    erase.reset();
    setTyped('');
    setMissing(false);
  };
  const erase = useMutation({
    mutationFn: (confirmToken: string) => dataOf(api.POST('/v1/erasures', { params, body: { ...who, confirmToken } })),
    async onSuccess() {
      close();
      notifications.show({ message: text.started });
      await queries.invalidateQueries({ queryKey: ['erasures', tenantId] });
    },
  });
  const found = count.data;
  return (
    <>
      <Button size="sm" onClick={dialog.open}>
        {text.start}
      </Button>
      <Confirm
        isOpen={isOpen}
        onClose={close}
        title={text.startTitle}
        action={text.start}
        isAllowed={found !== undefined}
        isPending={erase.isPending}
        error={erase.error ?? count.error}
        onConfirm={() => found && erase.mutate(found.confirmToken)}
        {...(found && { typed: id })}
      >
        <Stack gap="sm">
          <Text size="sm">{text.startText}</Text>
          <SegmentedControl
            aria-label={text.subject}
            value={subject}
            onChange={(value) => {
              setSubject(value as typeof subject);
              count.reset();
            }}
            data={(['passId', 'userProvidedId'] as const).map((value) => ({ value, label: text.subjects[value] }))}
          />
          <TextInput
            label={text.id}
            value={typed}
            onChange={(event) => {
              setTyped(event.currentTarget.value);
              count.reset();
            }}
            error={isMissing && id === '' && text.noId}
            maxLength={1024}
            autoComplete="off"
            spellCheck={false}
          />
          <Button
            variant="default"
            loading={count.isPending}
            onClick={() => {
              setMissing(id === '');
              if (id !== '') count.mutate();
            }}
          >
            {text.count}
          </Button>
          <div aria-live="polite">
            {found && (
              <Stack gap="xs">
                {found.counts.events === 0 && <Text size="sm">{text.nothing}</Text>}
                {!found.complete && <Text size="sm">{text.incomplete}</Text>}
                <Counts counts={found.counts} kinds={COUNTED} />
              </Stack>
            )}
          </div>
        </Stack>
      </Confirm>
    </>
  );
}
