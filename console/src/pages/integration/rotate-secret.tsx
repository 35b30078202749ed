import { Alert, Button, Code, Group, Modal, NumberInput, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { Time } from '../../parts/time.tsx';
import { integration as all } from './strings.ts';

const text = all.secrets;
const DEFAULT_HOURS = 24;
const MAX_HOURS = 168;

interface Props {
  readonly integration: Schemas['Integration'];
  readonly kind: Schemas['Secret']['kind'];
  /** The integration has none of the kind yet. */
  readonly isFirst?: boolean;
}

/** Replaces a secret, and shows the new one once. */
export function RotateSecret({ integration: { id, version, signature }, kind, isFirst = false }: Props) {
  const [isOpen, dialog] = useDisclosure();
  const [hours, setHours] = useState<number | string>(DEFAULT_HOURS);
  const queries = useQueryClient();
  const name = text.kinds[kind] ?? kind;
  const canOverlap = !isFirst && (kind.startsWith('webhook') || (kind === 'signature' && signature?.format !== 'plain'));
  const isAllowed = !canOverlap || (typeof hours === 'number' && hours >= 0 && hours <= MAX_HOURS);
  const rotate = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST('/v1/integrations/{id}/rotate-secret', {
          params: { path: { id }, header: { 'If-Match': `"${version}"` } },
          body: { kind, ...(canOverlap && { overlapHours: Number(hours) }) },
        }),
      ),
    onSuccess: dialog.close,
  });
  const ofKind = (rotate.data?.secrets ?? []).filter((secret) => secret.kind === kind);
  const value = ofKind.find((secret) => secret.value)?.value;
  const endsAt = ofKind.find(({ expiresAt }) => expiresAt !== null)?.expiresAt;
  // read again only now: the new secret must not be in what other parts of the page keep
  const close = (): void => {
    rotate.reset();
    for (const queryKey of [['integrations', 'one', id], ['audit']]) void queries.invalidateQueries({ queryKey });
  };
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        aria-label={isFirst ? text.add(name) : text.rotateOf(name)}
        onClick={dialog.open}
      >
        {isFirst ? text.add(name) : text.rotate}
      </Button>
      <Confirm
        isOpen={isOpen}
        onClose={dialog.close}
        title={isFirst ? text.add(name) : text.title(name)}
        action={isFirst ? text.add(name) : text.rotate}
        isAllowed={isAllowed}
        isPending={rotate.isPending}
        error={rotate.error}
        onConfirm={() => rotate.mutate()}
      >
        {canOverlap && (
          <NumberInput
            label={text.overlap}
            description={text.overlapHint}
            value={hours}
            onChange={setHours}
            min={0}
            max={MAX_HOURS}
            allowDecimal={false}
            data-autofocus
          />
        )}
        {!canOverlap && !isFirst && <Text size="sm">{text.atOnce}</Text>}
      </Confirm>
      <Modal opened={rotate.data !== undefined} onClose={close} title={text.shownTitle}>
        <Stack gap="md">
          {value && (
            <Code block data-testid="new-secret">
              {value}
            </Code>
          )}
          <Alert color="gray">
            {value ? text.shownText : text.privateText}
            {endsAt && (
              <div>
                {text.until} <Time at={endsAt} />.
              </div>
            )}
          </Alert>
          <Group justify="flex-end">
            {value && <CopyText value={value}>{text.copy}</CopyText>}
            <Button onClick={close}>{text.close}</Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
