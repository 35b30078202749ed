import type { Schemas } from '../../../../client/index.ts';
import { showNumber, showRate } from '../../format/time.ts';
import { Figure, Figures } from '../../parts/figure.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { showOpen } from '../../parts/system/system-figures.tsx';
import { useCurrentWork } from '../../parts/system/use-system.ts';
import type { Period } from '../../parts/use-statistics.ts';
import { overview as text } from './strings.ts';

interface Props {
  readonly period: Period;
  readonly tenantId: string | undefined;
  /** Undefined while they are loaded, and where they could not be. */
  readonly statistics: Schemas['Statistics'] | undefined;
}

/** Of fewer, a rate would say more than is known. */
const ENOUGH = 20;

/** Delivered, success rate, waiting now, open dead letters. What did not load is unknown, never 0. */
export function Numbers({ period, tenantId, statistics }: Props) {
  const work = useCurrentWork(tenantId);
  const { data } = work;
  const ended = statistics && (statistics.groups[0]?.ended ?? { succeeded: 0, dead: 0 });
  const range = { test: 'false', last: period };
  return (
    <>
      {work.error && <ProblemAlert error={work.error} onRetry={() => void work.refetch()} />}
      <Figures>
        <Figure
          label={text.delivered}
          value={ended && showNumber(ended.succeeded)}
          note={text.withoutTests}
          target={{ to: '/deliveries', search: { ...range, state: 'succeeded' } }}
        />
        <SuccessRate ended={ended} target={range} />
        <Figure
          label={text.waiting}
          value={data && showOpen(data)}
          note={text.waitingNote}
          target={{ to: '/deliveries', search: { state: 'pending,delivering,retrying,blocked,held' } }}
        />
        <Figure
          label={text.deadLetters}
          value={data && showNumber(data.deadLetters)}
          note={text.deadLettersNote}
          target={{ to: '/dead-letters' }}
        />
      </Figures>
    </>
  );
}

interface SuccessRateProps {
  readonly ended: Schemas['StatisticsGroup']['ended'] | undefined;
  readonly target: Readonly<Record<string, string>>;
}

function SuccessRate({ ended, target }: SuccessRateProps) {
  if (!ended) return <Figure label={text.rate} value={undefined} />;
  const { succeeded, dead } = ended;
  const all = succeeded + dead;
  if (all === 0) return <Figure label={text.rate} value={text.noneEnded} />;
  const isEnough = all >= ENOUGH;
  return (
    <Figure
      label={text.rate}
      value={isEnough ? showRate(succeeded, all) : text.few(succeeded, all)}
      note={isEnough ? text.rateNote(all) : text.fewNote}
      target={{ to: '/deliveries', search: { ...target, state: 'succeeded,dead' } }}
    />
  );
}
