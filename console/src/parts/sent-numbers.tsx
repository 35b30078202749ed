import type { Schemas } from '../../../client/index.ts';
import { showNumber, showRate } from '../format/time.ts';
import { ranges } from '../strings/ranges.ts';
import { sent as text } from '../strings/sent.ts';
import { Figure, Figures } from './figure.tsx';
import { ProblemAlert } from './problem-alert.tsx';
import { showOpen } from './system/system-figures.tsx';
import { useCurrentWork } from './system/use-system.ts';
import type { Period } from './use-statistics.ts';

interface Props {
  readonly period: Period;
  readonly tenantId: string | undefined;
  /** Undefined while they are loaded, and where they could not be. */
  readonly statistics: Schemas['Statistics'] | undefined;
}

/** Of fewer, a rate would say more than is known. */
const ENOUGH = 20;

/** Delivered, success rate, waiting now, open dead letters. What did not load is unknown, never 0. */
export function SentNumbers({ period, tenantId, statistics }: Props) {
  const work = useCurrentWork(tenantId);
  const { data } = work;
  const ended = statistics && (statistics.groups[0]?.ended ?? { succeeded: 0, dead: 0 });
  const ofTenant = tenantId === undefined ? {} : { tenant: tenantId };
  const range = { ...ofTenant, test: 'false', last: period };
  return (
    <>
      {work.error && <ProblemAlert error={work.error} onRetry={() => void work.refetch()} />}
      <Figures>
        <Figure
          label={text.delivered}
          value={ended && showNumber(ended.succeeded)}
          note={text.withoutTests(ranges.lasts[period])}
          target={{ to: '/deliveries', search: { ...range, state: 'succeeded' } }}
        />
        <SuccessRate ended={ended} target={range} />
        <Figure
          label={text.waiting}
          value={data && showOpen(data)}
          note={text.waitingNote}
          target={{ to: '/deliveries', search: { ...ofTenant, state: 'pending,delivering,retrying,blocked,held' } }}
        />
        <Figure
          label={text.deadLetters}
          value={data && showNumber(data.deadLetters)}
          note={text.deadLettersNote}
          target={{ to: '/dead-letters', search: ofTenant }}
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
  const all = ended.succeeded + ended.dead;
  return (
    <Figure
      label={text.rate}
      value={showSuccess(ended)}
      note={all >= ENOUGH ? text.rateNote(all) : all > 0 && text.fewNote}
      {...(all > 0 && { target: { to: '/deliveries', search: { ...target, state: 'succeeded,dead' } } })}
    />
  );
}

/** The success rate of deliveries that ended; the numbers themselves while there are few: `3 of 4`. */
export function showSuccess({ succeeded, dead }: Schemas['StatisticsGroup']['ended']): string {
  const all = succeeded + dead;
  if (all === 0) return text.noneEnded;
  return all >= ENOUGH ? showRate(succeeded, all) : text.few(succeeded, all);
}
