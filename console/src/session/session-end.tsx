import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { reportSignedIn, signedOutStore } from '../api/signed-out.ts';
import { showDuration } from '../format/time.ts';
import { isPortal } from '../portal/place.ts';
import { isRenewed } from '../portal/visit.ts';
import { session as text } from '../strings/session.ts';
import { type Me, meQuery } from './me.ts';
import { ProviderSignIn } from './provider-sign-in.tsx';
import { SignInForm } from './sign-in-form.tsx';

/** Other dialogs may be open below. */
const ABOVE_DIALOGS = 1000;
const NOTICE_MS = 2 * 60_000;

/** Lies over the page when the session has ended: the page below and what was typed in it stay as they are. */
export function SessionEnded({ hadSession }: { readonly hadSession: boolean }) {
  const client = useQueryClient();
  const isSignedOut = useSyncExternalStore(signedOutStore.subscribe, signedOutStore.get);
  useEffect(() => {
    if (!isSignedOut) return undefined;
    // somebody may have signed in again in another tab
    const ask = async (): Promise<void> => {
      if (!(await client.fetchQuery({ ...meQuery, staleTime: 0 }))) return;
      reportSignedIn();
      await client.invalidateQueries();
    };
    const onFocus = () => void ask().catch(() => {}); // the next focus asks again
    addEventListener('focus', onFocus);
    return () => removeEventListener('focus', onFocus);
  }, [isSignedOut, client]);
  return (
    <Modal
      opened={isSignedOut && hadSession}
      onClose={() => {}}
      zIndex={ABOVE_DIALOGS}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      title={text.expiredTitle}
    >
      <Stack>
        <Text size="sm">{text.expiredText}</Text>
        <ProviderSignIn to={undefined} />
        <SignInForm onDone={() => void client.invalidateQueries()} />
      </Stack>
    </Modal>
  );
}

/** The notice two minutes before the end. It counts from the duration that the API sent, not by this machine's clock. */
export function SessionEndsSoon({ me }: { readonly me: Me }) {
  const { dataUpdatedAt, refetch } = useQuery(meQuery);
  const [leftMs, setLeftMs] = useState(Number.POSITIVE_INFINITY);
  useEffect(() => {
    if (me.expiresInMs === null) return undefined;
    const endsAt = dataUpdatedAt + me.expiresInMs;
    const measure = () => setLeftMs(endsAt - Date.now());
    measure();
    const timer = setInterval(measure, 1000);
    return () => clearInterval(timer);
  }, [me.expiresInMs, dataUpdatedAt]);
  // the page around the portal's frame renews the visit
  if (leftMs > NOTICE_MS || leftMs <= 0 || (isPortal && isRenewed())) return null;
  return (
    <Group role="status" px="md" py={6} gap="sm">
      <Text size="sm">{text.endsSoon(showDuration(Math.max(10_000, leftMs)))}</Text>
      {!isPortal && (
        <Button size="compact-sm" variant="default" onClick={() => void refetch()}>
          {text.stay}
        </Button>
      )}
    </Group>
  );
}
