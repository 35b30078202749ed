import type { Schemas } from '../../../client/index.ts';
import { charts } from '../strings/charts.ts';
import { ChartPanel } from './chart/chart-panel.tsx';
import type { Mark } from './chart/drawing.tsx';
import { everyBucket, type Point, type Series } from './chart/series.ts';
import type { Target } from './page-link.tsx';

/** The statistics of one group with their buckets, as the charts need them. */
export interface ChartedStatistics {
  /** The period of the answer. */
  readonly from: string;
  readonly to: string;
  readonly stepMs: number;
  readonly group: Pick<Schemas['StatisticsGroup'], 'attempts' | 'answerMs' | 'buckets'> | undefined;
  /** The period in words. */
  readonly range: string;
  readonly asOf: Date;
}

interface Props {
  readonly statistics: ChartedStatistics;
  /** Members of the list's address that narrow it to what is charted, as `endpointId`. */
  readonly filter?: Readonly<Record<string, string>>;
  /** Changes that explain the course. */
  readonly marks?: readonly Mark[];
}

const text = charts.attempts;
const NONE = { delivered: 0, retryable: 0, permanent: 0 };
/** Permanent ones are lined, since in grey their colour is that of delivered ones. */
const SERIES: readonly Series[] = [
  { key: 'delivered', label: text.series.delivered, meaning: 'good' },
  { key: 'retryable', label: text.series.retryable, meaning: 'attention', pattern: 'hatched' },
  { key: 'permanent', label: text.series.permanent, meaning: 'bad', pattern: 'lined' },
];
/** The state of deliveries in which an attempt with this outcome leaves them. */
const STATES: Readonly<Record<string, string>> = { delivered: 'succeeded', permanent: 'dead' };

/** Attempts by outcome over time, as stacked bars; a bar leads to the deliveries of its bucket. */
export function AttemptsChart({ statistics, filter = {}, marks }: Props) {
  const { group, stepMs, range, asOf } = statistics;
  const known = (group?.buckets ?? []).map(({ at, attempts }) => ({ at: Date.parse(at), values: attempts }));
  const totals = group?.attempts ?? NONE;
  const linkOf = ({ at }: Point, key = ''): Target => ({
    to: '/deliveries',
    search: {
      ...filter,
      state: STATES[key],
      after: new Date(at).toISOString(),
      before: new Date(at + stepMs).toISOString(),
      test: 'false',
    },
  });
  return (
    <ChartPanel
      kind="bars"
      name={text.name}
      sentence={text.sentence(totals)}
      series={SERIES}
      points={everyBucket(statistics, known, NONE)}
      stepMs={stepMs}
      range={range}
      asOf={asOf}
      totals={totals}
      linkOf={linkOf}
      marks={marks}
    />
  );
}
