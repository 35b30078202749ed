import { Box, Center, Paper, Stack, Text, Title } from '@mantine/core';
import { Navigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { parseQuery } from '../router/query-string.ts';
import { useConsoleConfig } from '../session/console-config.ts';
import type { Me } from '../session/me.ts';
import { ProviderProblem, ProviderSignIn } from '../session/provider-sign-in.tsx';
import { SignInForm } from '../session/sign-in-form.tsx';
import { session as text } from '../strings/session.ts';
import { shell } from '../strings/shell.ts';

/** `/sign-in`, and where one wanted to go afterwards. */
export function SignInPage({ me }: { readonly me: Me | undefined }) {
  const { to = '/' } = useSearch({ strict: false });
  const hasProvider = useConsoleConfig()?.oidc != null;
  useEffect(() => {
    document.title = `${text.title} · ${shell.product}`;
  }, []);
  if (me) {
    const [path = '/', query = ''] = ownPath(to).split('?');
    return <Navigate to={path as never} search={parseQuery(query) as never} replace />;
  }
  return (
    <Center mih="100vh" p="md" component="main">
      <Box w={380} maw="100%">
        <Paper withBorder p="xl">
          <Stack gap="xs" mb="md">
            <Text fw={700}>{shell.product}</Text>
            <Title order={1}>{text.title}</Title>
            <Text size="sm" c="dimmed">
              {hasProvider ? text.providerIntro : text.intro}
            </Text>
          </Stack>
          <ProviderProblem />
          <ProviderSignIn to={ownPath(to)} />
          <SignInForm onDone={() => {}} />
        </Paper>
      </Box>
    </Center>
  );
}

/** Never the address of another site. */
function ownPath(to: string): string {
  return /^\/(?!\/|\\)/.test(to) && !to.startsWith('/sign-in') ? to : '/';
}
