import { showDuration, showShortDuration } from '../format/time.ts';
import { charts } from '../strings/charts.ts';
import type { ChartedStatistics } from './attempts-chart.tsx';
import { ChartPanel } from './chart/chart-panel.tsx';
import { everyBucket, type Series } from './chart/series.ts';

const text = charts.answers;
const NONE = { p50: null, p95: null, p99: null };
/** In ink: slow is neither good nor bad by itself. */
const SERIES: readonly Series[] = [
  { key: 'p50', label: text.series.p50 },
  { key: 'p95', label: text.series.p95, pattern: 'dashed' },
  { key: 'p99', label: text.series.p99, pattern: 'dotted' },
];

/** How long answers took over time, as lines of percentiles. */
export function AnswerTimeChart({ statistics }: { readonly statistics: ChartedStatistics }) {
  const { group, stepMs, range, asOf } = statistics;
  const known = (group?.buckets ?? []).map(({ at, answerMs }) => ({ at: Date.parse(at), values: answerMs ?? NONE }));
  const whole = group?.answerMs ?? undefined;
  return (
    <ChartPanel
      kind="lines"
      name={text.name}
      sentence={whole ? text.sentence(whole) : text.none}
      series={SERIES}
      points={everyBucket(statistics, known, NONE)}
      stepMs={stepMs}
      range={range}
      asOf={asOf}
      format={showDuration}
      axisFormat={showShortDuration}
      {...(whole && { totals: whole })}
    />
  );
}
