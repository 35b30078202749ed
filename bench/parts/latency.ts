import { atMost, type Figure, figure, type PartResult } from '../rig/figures.ts';
import { cpuNow, deliver, openStage } from '../rig/full-load.ts';
import { type Latencies, measureLatency } from '../rig/open-loop.ts';
import type { Rig } from '../rig/rig.ts';

const RATES = [100, 200] as const;
/** The rate that the targets are for. */
const TARGET_RATE = 100;
const P50_MS = 10;
const P99_MS = 50;

/** From the instant that an event is to be sent until its delivery is received, at rates far from full load. */
export async function latency(rig: Rig): Promise<PartResult> {
  const stage = await openStage(rig);
  const { url } = stage.installation;
  const measure = async (ratePerS: number, seconds: number): Promise<Measured> => {
    const before = cpuNow(rig, stage.installation);
    const latencies = await measureLatency({ ...stage, url, ratePerS, seconds });
    const after = cpuNow(rig, stage.installation);
    const each = (who: keyof typeof after): number => (after[who] - before[who]) / (ratePerS * seconds);
    return {
      ...latencies,
      apiUs: each('api'),
      workerUs: each('workers'),
      postgresUs: each('postgres'),
      redisUs: each('redis'),
    };
  };
  const measured = new Map<number, Measured[]>(RATES.map((rate) => [rate, []]));
  await deliver(rig, stage, rig.sizes.load / 2);
  await measure(Math.max(...RATES), 2 * rig.sizes.seconds);
  for (let round = 0; round < rig.sizes.rounds; round++) {
    for (const rate of RATES) measured.get(rate)?.push(await measure(rate, rig.sizes.seconds));
  }
  return {
    figures: [...measured].flatMap(([rate, latencies]) => figuresAt(rate, latencies)),
    detail: Object.fromEntries(measured),
  };
}

/** With the processor time that each event took, posted alone: what is shared at full load is not shared here. */
type Measured = Latencies & Record<'apiUs' | 'workerUs' | 'postgresUs' | 'redisUs', number>;

function figuresAt(rate: number, latencies: readonly Measured[]): Figure[] {
  const of = (what: keyof Measured): number[] => latencies.map((one) => one[what]);
  const [p50, p99] = [`at ${rate}/s: p50`, `at ${rate}/s: p99`];
  const judged = rate === TARGET_RATE;
  return [
    judged ? atMost(p50, 'ms', of('p50'), P50_MS) : figure(p50, 'ms', of('p50')),
    judged ? atMost(p99, 'ms', of('p99'), P99_MS) : figure(p99, 'ms', of('p99')),
    figure(`at ${rate}/s: max`, 'ms', of('max')),
    figure(`at ${rate}/s: API's answer p50`, 'ms', of('answerP50')),
    figure(`at ${rate}/s: API's answer p99`, 'ms', of('answerP99')),
    figure(`at ${rate}/s: load generator late, p99`, 'ms', of('lateP99')),
    figure(`at ${rate}/s: API per event`, 'us', of('apiUs')),
    figure(`at ${rate}/s: worker per event`, 'us', of('workerUs')),
    figure(`at ${rate}/s: Postgres per event`, 'us', of('postgresUs')),
    figure(`at ${rate}/s: Redis per event`, 'us', of('redisUs')),
  ];
}
