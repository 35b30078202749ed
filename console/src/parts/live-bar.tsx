import { Button, Switch, Text, VisuallyHidden } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { serverTimeOf } from '../format/clock.ts';
import { showTime } from '../format/time.ts';
import { useKey } from '../keyboard/keys.ts';
import { useLiveState } from '../live/use-live.ts';
import { live as text } from '../strings/live.ts';
import classes from './live-bar.module.css';
import { type LiveList, MOST_WAITING } from './use-live-list.ts';

const ANNOUNCE_MS = 10_000;

interface Props {
  readonly live: Pick<LiveList<never>, 'waiting' | 'wasReset' | 'show'>;
  /** Nothing is inserted while rows are ticked. */
  readonly hasSelection: boolean;
}

/** Above a list: what waits, and whether changes are heard of. */
export function LiveBar({ live: { waiting, wasReset, show }, hasSelection }: Props) {
  const { state, lastAtMs } = useLiveState();
  const [isFollowing, setFollowing] = useState(false);
  useKey('n', text.showNew, show, waiting > 0);
  useEffect(() => {
    if (isFollowing && waiting > 0 && !hasSelection && isAtRest()) show();
  });
  const note =
    state === 'stopped'
      ? text.stopped(showTime(serverTimeOf(lastAtMs)))
      : state === 'none'
        ? text.polled
        : wasReset
          ? text.wasReset
          : '';
  return (
    <div className={classes.bar} data-live={state}>
      {waiting > 0 && (
        <Button size="compact-sm" variant="default" onClick={show}>
          {text.waiting(waiting, MOST_WAITING)}
        </Button>
      )}
      <Text size="xs" c="dimmed" role="status" className={classes.note}>
        {note}
      </Text>
      <Announced count={waiting} />
      <Switch
        className={classes.follow}
        size="xs"
        label={text.follow}
        checked={isFollowing}
        onChange={(event) => setFollowing(event.currentTarget.checked)}
      />
    </div>
  );
}

/** At the top of the page, and no row has the focus. */
function isAtRest(): boolean {
  return window.scrollY < 40 && !document.activeElement?.closest('[data-row]');
}

/** Said politely, at most every ten seconds. */
function Announced({ count }: { readonly count: number }) {
  const [said, setSaid] = useState(0);
  const saidAtMs = useRef(0);
  useEffect(() => {
    const waitMs = Math.max(0, saidAtMs.current + ANNOUNCE_MS - Date.now());
    const timer = setTimeout(() => {
      saidAtMs.current = Date.now();
      setSaid(count);
    }, waitMs);
    return () => clearTimeout(timer);
  }, [count]);
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {said > 0 && text.waiting(said, MOST_WAITING)}
    </VisuallyHidden>
  );
}
