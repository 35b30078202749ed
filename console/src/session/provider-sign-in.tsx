import { Alert, Button, Divider, Text } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { session as text } from '../strings/session.ts';
import { useConsoleConfig } from './console-config.ts';

/**
 * The way to the identity provider, where there is one.
 *
 * @param to the page to go to afterwards; undefined: it opens a new tab, and this page stays as it is
 */
export function ProviderSignIn({ to }: { readonly to: string | undefined }) {
  const provider = useConsoleConfig()?.oidc?.label;
  if (provider === undefined) return null;
  const query = to === undefined || to === '/' ? '' : `?${new URLSearchParams({ to })}`;
  return (
    <>
      <Button
        component="a"
        href={`/v1/sign-in/oidc${query}`}
        {...(to === undefined && { target: '_blank' })}
        size="md"
        fullWidth
      >
        {to === undefined ? text.withProviderInTab(provider) : text.withProvider(provider)}
      </Button>
      <Divider label={text.or} my="md" />
    </>
  );
}

/** Why a sign-in with the identity provider did not succeed, as the address tells. */
export function ProviderProblem() {
  const { problem = '', requestId } = useSearch({ strict: false });
  const provider = useConsoleConfig()?.oidc?.label;
  if (provider === undefined || !isProblem(problem)) return null;
  return (
    <Alert color="red" role="alert" mb="md">
      {text.problems[problem](provider)}
      {requestId !== undefined && (
        <Text size="xs" mt={4} style={{ overflowWrap: 'anywhere' }}>
          {text.requestId(requestId)}
        </Text>
      )}
    </Alert>
  );
}

function isProblem(name: string): name is keyof typeof text.problems {
  return Object.hasOwn(text.problems, name);
}
