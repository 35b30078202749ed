import { Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { showDuration, showTime } from '../../format/time.ts';
import { usePreferences } from '../../preferences.ts';
import { delivery as text } from './strings.ts';
import type { Delivery } from './use-delivery.ts';

/** When it is sent next, counted down from the duration that the API sent: a wrong clock of this machine does not matter. */
export function NextAttempt({ next, loadedAtMs }: { readonly next: Delivery['next']; readonly loadedAtMs: number }) {
  const { zone } = usePreferences();
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    if (!next) return undefined;
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [next]);
  if (!next) return null;
  const leftMs = next.inMs - (nowMs - loadedAtMs);
  const time = showTime(new Date(next.at), zone).replace(/\.\d+$/, '');
  return (
    <Text size="sm" c="dimmed">
      {leftMs <= 0 ? text.nextNow : text.next(time, showDuration(Math.ceil(leftMs / 1000) * 1000))}
    </Text>
  );
}
