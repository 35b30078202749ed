import { Button, Group, Text } from '@mantine/core';
import { onlineManager } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import { isUnreachable } from '../api/api-error.ts';
import { useReadiness } from '../api/readiness.ts';
import { serverNowMs } from '../format/clock.ts';
import { showTime } from '../format/time.ts';
import { ToneIcon } from '../parts/tone.tsx';
import { useConsoleConfig } from '../session/console-config.ts';
import { shell as text } from '../strings/shell.ts';
import type { Meaning } from '../theme/meanings.ts';
import classes from './shell.module.css';

/** What concerns every page: offline, servers that are unavailable, a newer console. */
export function Banners() {
  const isOnline = useSyncExternalStore(subscribeOnline, () => onlineManager.isOnline());
  const { data: known, error } = useReadiness();
  const isSilent = isOnline && isUnreachable(error);
  const offlineSince = useSince(!isOnline);
  return (
    <>
      {!isOnline && <Banner meaning="attention">{text.offline(showTime(offlineSince))}</Banner>}
      {isSilent && <Banner meaning="bad">{text.apiSilent}</Banner>}
      {known?.redisDownSince && <Banner meaning="attention">{text.redis(showTime(known.redisDownSince))}</Banner>}
      <NewVersion />
    </>
  );
}

function NewVersion() {
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    // a script of the older build that is no longer served
    const note = (event: Event): void => {
      event.preventDefault();
      setFailed(true);
    };
    addEventListener('vite:preloadError', note);
    return () => removeEventListener('vite:preloadError', note);
  }, []);
  const data = useConsoleConfig();
  const ours = document.querySelector<HTMLMetaElement>('meta[name="passwire-build"]')?.content;
  const isOther = data?.build != null && data.build !== ours;
  if (!failed && !isOther) return null;
  return (
    <Banner meaning="underWay">
      {text.newVersion}
      <Button size="compact-sm" variant="default" onClick={() => location.reload()}>
        {text.reload}
      </Button>
    </Banner>
  );
}

function Banner({ meaning, children }: { readonly meaning: Meaning; readonly children: ReactNode }) {
  return (
    <Group role="status" className={classes.banner} data-meaning={meaning} gap="sm" wrap="nowrap">
      <ToneIcon meaning={meaning} size={16} />
      <Text component="div" size="sm" className={classes.bannerText}>
        {children}
      </Text>
    </Group>
  );
}

/** When a condition began, as far as this page knows. */
function useSince(holds: boolean): Date {
  const [since, setSince] = useState(() => new Date(serverNowMs()));
  useEffect(() => {
    if (holds) setSince(new Date(serverNowMs()));
  }, [holds]);
  return since;
}

function subscribeOnline(listener: () => void): () => void {
  return onlineManager.subscribe(listener);
}
