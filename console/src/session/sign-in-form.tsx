import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { ApiError, isUnreachable } from '../api/api-error.ts';
import { api, dataOf } from '../api/client.ts';
import { reportSignedIn } from '../api/signed-out.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { session as text } from '../strings/session.ts';
import { useConsoleConfig } from './console-config.ts';
import { type Me, meQuery } from './me.ts';

const RETRY_MS = 5000;

/** The field for an API key. `onDone` is called when the session is there. */
export function SignInForm({ onDone }: { readonly onDone: (me: Me) => void }) {
  const client = useQueryClient();
  // one way in is the first to look at
  const hasProvider = useConsoleConfig()?.oidc != null;
  const field = useRef<HTMLInputElement>(null);
  const [key, setKey] = useState('');
  const [isMissing, setMissing] = useState(false);
  const signIn = useMutation({
    mutationFn: (typed: string) =>
      dataOf(api.POST('/v1/sign-in', { body: { key: typed }, params: { header: { 'x-passwire-console': '1' } } })),
    // it changes nothing to sign in twice, so this one is repeated by itself
    retry: (_failures, error) => isUnreachable(error),
    retryDelay: RETRY_MS,
    networkMode: 'always',
    onSuccess(me) {
      setKey('');
      client.setQueryData(meQuery.queryKey, me);
      reportSignedIn();
      onDone(me);
    },
    onError: () => field.current?.select(),
  });
  const isWrong = signIn.error instanceof ApiError && signIn.error.status === 401;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const typed = key.trim();
    setMissing(typed === '');
    if (typed === '') field.current?.focus();
    else signIn.mutate(typed);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <PasswordInput
          ref={field}
          name="key"
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          label={text.keyLabel}
          description={text.keyHint}
          error={isMissing ? text.noKey : isWrong && text.wrongKey}
          autoComplete="current-password"
          autoFocus
          spellCheck={false}
          size="md"
        />
        <Text component="div" size="sm" role="status" mih={20}>
          {signIn.isPending && isUnreachable(signIn.failureReason) && text.unreachable}
        </Text>
        {signIn.error && !isWrong && <ProblemAlert error={signIn.error} />}
        <Button type="submit" size="md" variant={hasProvider ? 'default' : 'filled'} loading={signIn.isPending}>
          {text.submit}
        </Button>
      </Stack>
    </form>
  );
}
