import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { api, dataOf } from '../../api/client.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useGo } from '../../router/use-go.ts';
import type { Source } from './source.ts';
import { newReplay as text } from './strings.ts';
import type { Counted } from './use-dry-run.ts';

interface Props {
  readonly tenantId: string;
  readonly source: Source;
  readonly counted: Counted & { readonly confirmToken: string };
  readonly isCounting: boolean;
  readonly rate: number | undefined;
  readonly name: string;
  /** What would be sent differs from what was counted. */
  onOutdated(): void;
}

/** From so many on the number is typed. */
const TYPED_FROM = 1000;

/** Starts exactly what was counted. */
export function Start({ tenantId, source, counted, isCounting, rate, name, onOutdated }: Props) {
  const { count, confirmToken } = counted;
  const [typed, setTyped] = useState('');
  // a request that is repeated because its answer was lost starts nothing twice
  const [idempotencyKey, setKey] = useState(randomKey);
  const client = useQueryClient();
  const router = useRouter();
  const go = useGo();
  const start = useMutation({
    mutationFn: (ratePerSecond: number) =>
      dataOf(
        api.POST('/v1/replays', {
          params: { query: { tenantId }, header: { 'Idempotency-Key': idempotencyKey } },
          body: { confirmToken, name, ratePerSecond },
        }),
      ),
    onSuccess({ id }) {
      void client.invalidateQueries({ queryKey: ['replays'] });
      void client.invalidateQueries({ queryKey: ['running-replays'] });
      go({ to: '/replays/$id', params: { id } }, { replace: true });
    },
    onError(error) {
      // the answer is known, so the next one is another request
      if (error instanceof ApiError) setKey(randomKey());
      if (error instanceof ApiError && error.code === 'dry-run-outdated') onOutdated();
    },
  });
  const isOutdated = start.error instanceof ApiError && start.error.code === 'dry-run-outdated';
  const needsTyping = count >= TYPED_FROM;
  const isAllowed = rate !== undefined && !isCounting && (!needsTyping || typed.trim() === String(count));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isAllowed && rate !== undefined && !start.isPending) start.mutate(rate);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {start.error && !isOutdated && <ProblemAlert error={start.error} />}
        <Group align="flex-end" gap="sm">
          {needsTyping && (
            <TextInput
              label={text.typeCount(count)}
              value={typed}
              inputMode="numeric"
              autoComplete="off"
              onChange={(event) => setTyped(event.currentTarget.value)}
              w={{ base: '100%', sm: 200 }}
            />
          )}
          <Button type="submit" disabled={!isAllowed} loading={start.isPending}>
            {source.kind === 'backfill' ? text.deliver(count) : text.send(count)}
          </Button>
          <Button
            variant="default"
            onClick={() => (router.history.canGoBack() ? router.history.back() : go({ to: '/replays' }))}
          >
            {text.cancel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function randomKey(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-');
}
