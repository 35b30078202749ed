import type { Schemas } from '../../../../client/index.ts';
import { showDuration, showNumber, showPerSecond } from '../../format/time.ts';
import { system as text } from '../../strings/system.ts';
import { Figure, Figures } from '../figure.tsx';
import { ProblemAlert } from '../problem-alert.tsx';
import { useAttemptRate, useCurrentWork } from './use-system.ts';

/** Whether the installation keeps up: the age of the oldest due delivery, and how much comes in and goes out. */
export function SystemFigures() {
  const { data, error, isPending, refetch } = useCurrentWork(undefined);
  const attempted = useAttemptRate();
  if (isPending && !error) return null;
  return (
    <>
      {error && <ProblemAlert error={error} onRetry={() => void refetch()} />}
      <Figures>
        <Figure
          isBig
          label={text.oldest}
          value={data && (data.oldestDueMs === 0 ? text.oldestNone : showDuration(data.oldestDueMs))}
          note={data && text.oldestNote(data.oldestDueMs > 0)}
        />
        <Figure label={text.accepted} value={data && showPerSecond(data.acceptedPerSecond)} note={text.lastMinutes} />
        <Figure
          label={text.attempted}
          value={attempted === undefined ? undefined : showPerSecond(attempted)}
          note={text.lastMinutes}
        />
        <Figure
          label={text.parked}
          value={data && data.parked !== null ? showNumber(data.parked) : undefined}
          note={text.parkedNote}
        />
      </Figures>
    </>
  );
}

/** The open deliveries, or that there are more than were counted. */
export function showOpen({ states, complete }: Schemas['CurrentWork']): string {
  const open = Object.values(states).reduce((sum, count) => sum + count, 0);
  return complete ? showNumber(open) : text.atLeast(open);
}
