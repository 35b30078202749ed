import type { Schemas } from '../../../../client/index.ts';
import { serverTimeOf } from '../../format/clock.ts';
import { states } from '../../strings/states.ts';
import { system } from '../../strings/system.ts';
import { ChartPanel } from '../chart/chart-panel.tsx';
import { everyBucket, type Point, type Series } from '../chart/series.ts';
import { Loaded } from '../loaded.tsx';
import { useBacklog } from './use-system.ts';

const text = system.depth;
const STEP_MS = 10 * 60_000;

/** In the order in which they are stacked; always the same, whichever there are. */
const SERIES: readonly Series[] = [
  { key: 'pending', label: states.pending, meaning: 'underWay' },
  { key: 'delivering', label: states.delivering, meaning: 'underWay', pattern: 'hatched' },
  { key: 'retrying', label: states.retrying, meaning: 'attention', pattern: 'hatched' },
  { key: 'parked', label: states.parked, meaning: 'waiting', pattern: 'dotted' },
  { key: 'blocked', label: states.blocked, meaning: 'waiting', pattern: 'hatched' },
  { key: 'held', label: states.held, meaning: 'waiting' },
];

/** Open deliveries by state over the last day, as stacked areas. */
export function DepthChart() {
  const backlog = useBacklog();
  return (
    <Loaded query={backlog}>
      {({ samples }) => <Drawn samples={samples} asOf={serverTimeOf(backlog.dataUpdatedAt)} />}
    </Loaded>
  );
}

function Drawn({ samples, asOf }: { readonly samples: readonly Sample[]; readonly asOf: Date }) {
  const latest = samples.at(-1);
  const known = highest(samples);
  const from = new Date(known[0]?.at ?? 0).toISOString();
  const to = new Date((known.at(-1)?.at ?? 0) + STEP_MS).toISOString();
  const present = SERIES.filter(({ key }) => samples.some((sample) => (sample.states[key] ?? 0) > 0));
  const series = present.length === 0 ? SERIES.slice(0, 1) : present;
  const unknown = Object.fromEntries(series.map(({ key }) => [key, null]));
  return (
    <ChartPanel
      kind="areas"
      name={text.name}
      sentence={latest ? text.latest(sumOf(latest)) : text.none}
      series={series}
      points={latest ? everyBucket({ from, to, stepMs: STEP_MS }, known, unknown) : []}
      stepMs={STEP_MS}
      range={text.range}
      asOf={asOf}
      {...(latest && { totals: { ...Object.fromEntries(series.map(({ key }) => [key, 0])), ...latest.states } })}
    />
  );
}

type Sample = Schemas['BacklogSample'];

/** Of every ten minutes the sample with the most, so that a short peak is seen. */
function highest(samples: readonly Sample[]): readonly Point[] {
  const buckets = Map.groupBy(samples, ({ at }) => Math.floor(Date.parse(at) / STEP_MS) * STEP_MS);
  return [...buckets].map(([at, inIt]) => {
    const most = inIt.reduce((a, b) => (sumOf(b) > sumOf(a) ? b : a));
    return { at, values: { ...Object.fromEntries(SERIES.map(({ key }) => [key, 0])), ...most.states } };
  });
}

function sumOf({ states: counts }: Sample): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
