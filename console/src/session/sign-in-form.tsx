import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { ApiError, isUnreachable } from '../api/api-error.ts';
import { api, dataOf } from '../api/client.ts';
import { reportSignedIn } from '../api/signed-out.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { session as text } from '../strings/session.ts';
import { type Me, meQuery } from './me.ts';

const RETRY_MS = 5000;

interface Fields {
  readonly key: string;
}

/** The field for an API key. `onDone` is called when the session is there. */
export function SignInForm({ onDone }: { readonly onDone: (me: Me) => void }) {
  const client = useQueryClient();
  const { register, handleSubmit, formState, setFocus, setValue } = useForm<Fields>({ defaultValues: { key: '' } });
  const signIn = useMutation({
    mutationFn: async ({ key }: Fields) =>
      dataOf(api.POST('/v1/sign-in', { body: { key: key.trim() }, params: { header: { 'x-passwire-console': '1' } } })),
    // it changes nothing to sign in twice, so this one is repeated by itself
    retry: (_failures, error) => isUnreachable(error),
    retryDelay: RETRY_MS,
    networkMode: 'always',
    onSuccess(me) {
      setValue('key', '');
      client.setQueryData(meQuery.queryKey, me);
      reportSignedIn();
      onDone(me);
    },
    onError: () => setFocus('key', { shouldSelect: true }),
  });
  const isWrong = signIn.error instanceof ApiError && signIn.error.status === 401;
  const message = isWrong ? text.wrongKey : formState.errors.key?.message;
  return (
    <form onSubmit={handleSubmit((fields) => signIn.mutate(fields))} noValidate>
      <Stack gap="md">
        <PasswordInput
          {...register('key', { validate: (key) => key.trim() !== '' || text.noKey })}
          label={text.keyLabel}
          description={text.keyHint}
          error={message}
          autoComplete="current-password"
          autoFocus
          spellCheck={false}
          size="md"
        />
        <Text component="div" size="sm" role="status" mih={20}>
          {signIn.isPending && isUnreachable(signIn.failureReason) && text.unreachable}
        </Text>
        {signIn.error && !isWrong && <ProblemAlert error={signIn.error} />}
        <Button type="submit" size="md" loading={signIn.isPending}>
          {text.submit}
        </Button>
      </Stack>
    </form>
  );
}
