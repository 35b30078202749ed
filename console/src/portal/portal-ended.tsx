import { Center, Modal, Paper, Stack, Text, Title } from '@mantine/core';
import { useEffect, useSyncExternalStore } from 'react';
import { ApiError } from '../api/api-error.ts';
import { signedOutStore } from '../api/signed-out.ts';
import { portal as text } from '../strings/portal.ts';
import { askForToken, isRenewed } from './visit.ts';

/** In the place of the portal, when nobody visits it: the link was used, has ended, or there was none. */
export function PortalClosed({ error }: { readonly error: unknown }) {
  useEffect(() => {
    document.title = text.closedTitle;
    askForToken();
  }, []);
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" w={440} maw="100%">
        <Stack gap="xs">
          <Title order={1}>{text.closedTitle}</Title>
          <Text size="sm">{error instanceof ApiError && error.status === 409 ? error.message : text.closed}</Text>
          {isRenewed() && (
            <Text size="sm" c="dimmed" role="status">
              {text.asking}
            </Text>
          )}
        </Stack>
      </Paper>
    </Center>
  );
}

/** Lies over the page when the visit has ended: what was typed below stays until there is a new token. */
export function VisitEnded({ hadVisit }: { readonly hadVisit: boolean }) {
  const hasEnded = useSyncExternalStore(signedOutStore.subscribe, signedOutStore.get) && hadVisit;
  useEffect(() => {
    if (hasEnded) askForToken();
  }, [hasEnded]);
  return (
    <Modal
      opened={hasEnded}
      onClose={() => {}}
      zIndex={1000}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      title={text.endedTitle}
    >
      <Text size="sm" role="status">
        {isRenewed() ? text.asking : text.ended}
      </Text>
    </Modal>
  );
}
