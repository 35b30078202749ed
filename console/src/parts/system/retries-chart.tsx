import type { Schemas } from '../../../../client/index.ts';
import { serverTimeOf } from '../../format/clock.ts';
import { system } from '../../strings/system.ts';
import { ChartPanel } from '../chart/chart-panel.tsx';
import { everyBucket, type Series } from '../chart/series.ts';
import { Loaded } from '../loaded.tsx';
import { useRetriesAhead } from './use-system.ts';

const text = system.retries;
const STEP_MS = 3_600_000;
const BUCKETS = 24;
const SERIES: readonly Series[] = [{ key: 'count', label: text.series, meaning: 'attention', pattern: 'hatched' }];

/** The retries that are due in the next day, as bars. */
export function RetriesChart() {
  const ahead = useRetriesAhead();
  return <Loaded query={ahead}>{(data) => <Drawn ahead={data} asOf={serverTimeOf(ahead.dataUpdatedAt)} />}</Loaded>;
}

function Drawn({ ahead: { buckets, complete }, asOf }: { readonly ahead: Schemas['RetriesAhead']; readonly asOf: Date }) {
  const known = buckets.map(({ at, count }) => ({ at: Date.parse(at), values: { count } }));
  const count = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  const firstMs = Math.min(Math.floor(asOf.getTime() / STEP_MS) * STEP_MS, known[0]?.at ?? Number.POSITIVE_INFINITY);
  const lastMs = Math.max(firstMs + BUCKETS * STEP_MS, (known.at(-1)?.at ?? 0) + STEP_MS);
  const period = { from: new Date(firstMs).toISOString(), to: new Date(lastMs).toISOString(), stepMs: STEP_MS };
  return (
    <ChartPanel
      kind="bars"
      name={text.name}
      sentence={text.sentence(count, complete)}
      series={SERIES}
      points={everyBucket(period, known, { count: 0 })}
      stepMs={STEP_MS}
      range={text.range}
      asOf={asOf}
      totals={{ count }}
      linkOf={() => ({ to: '/deliveries', search: { state: 'retrying' } })}
    />
  );
}
