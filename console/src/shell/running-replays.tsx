import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, dataOf } from '../api/client.ts';
import { PageLink } from '../parts/page-link.tsx';
import { ToneBadge } from '../parts/tone.tsx';
import { useCan, useTenantId } from '../session/me.ts';
import { replays as text } from '../strings/replays.ts';
import classes from './shell.module.css';

const NEWEST = 50;
const RUNNING_MS = 3000;
const IDLE_MS = 30_000;

/** The replays that run now, wherever one is in the console; the end of each is announced once. */
export function RunningReplays() {
  const tenantId = useTenantId();
  const can = useCan();
  const [watched, setWatched] = useState<readonly string[]>([]);
  const { data } = useQuery({
    queryKey: ['running-replays', tenantId],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/replays', { params: { query: { limit: NEWEST, ...(tenantId && { tenantId }) } }, signal })),
    enabled: tenantId !== undefined && can('listReplays', 'getReplay'),
    refetchInterval: ({ state }) => (state.data?.data.some(isRunning) ? RUNNING_MS : IDLE_MS),
  });
  const all = data?.data ?? [];
  const running = all.filter(isRunning);
  const ids = running.map(({ id }) => id).join();
  useEffect(() => {
    if (ids !== '') setWatched((known) => [...new Set([...known, ...ids.split(',')])]);
  }, [ids]);
  const ended = watched.filter((id) => all.some((replay) => replay.id === id && replay.endedAt !== null));
  const [first] = running;
  return (
    <>
      {first && (
        <PageLink
          target={running.length === 1 ? { to: '/replays/$id', params: { id: first.id } } : { to: '/replays' }}
          underline="never"
          className={classes.chip}
        >
          <ToneBadge meaning="underWay">
            {running.length === 1 ? text.runningOne(percentOf(first)) : text.running(running.length)}
          </ToneBadge>
        </PageLink>
      )}
      {ended.map((id) => (
        <End key={id} id={id} onAnnounced={() => setWatched((known) => known.filter((one) => one !== id))} />
      ))}
    </>
  );
}

const AWAIT_MS = 2000;
/** The last answers take a moment; what is retried for hours is not waited for. */
const MOST_LOOKS = 5;

function End({ id, onAnnounced }: { readonly id: string; readonly onAnnounced: () => void }) {
  const [looks, setLooks] = useState(0);
  const { data, dataUpdatedAt } = useQuery({
    queryKey: ['running-replays', 'end', id],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/replays/{id}', { params: { path: { id } }, signal })),
    refetchInterval: AWAIT_MS,
    gcTime: 0,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each look
  useEffect(() => {
    if (!data) return;
    const { sent, delivered, failed, pastRetention } = data;
    setLooks(looks + 1);
    if (delivered + failed + pastRetention < sent && looks < MOST_LOOKS) return;
    notifications.show({ id: `replay-${id}`, message: text.ended(data), autoClose: 10_000 });
    onAnnounced();
  }, [dataUpdatedAt]);
  return null;
}

function isRunning({ state }: { readonly state: string }): boolean {
  return state === 'running';
}

function percentOf({ sent, skipped, total }: Readonly<Record<'sent' | 'skipped' | 'total', number>>): number {
  return total === 0 ? 100 : Math.floor(((sent + skipped) / total) * 100);
}
