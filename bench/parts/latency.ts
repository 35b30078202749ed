import { type ChainCost, startBareChain } from '../rig/bare-chain.ts';
import { atMost, type Figure, figure, type PartResult, ratios } from '../rig/figures.ts';
import { cpuNow, deliver, openStage } from '../rig/full-load.ts';
import { type Latencies, measureLatency } from '../rig/open-loop.ts';
import type { Rig } from '../rig/rig.ts';

const RATES = [100, 200] as const;
/** The rate that the targets are for. */
const TARGET_RATE = 100;
/** The most that an event may take, in bare chains. */
const P50_CHAINS = 1.5;
const P99_CHAINS = 2;
const CPU_CHAINS = 1.6;

/**
 * From the instant that an event is to be sent until its delivery is received, at rates far from full load; each round beside one
 * of the bare chain.
 */
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
  const chain = await startBareChain(rig, stage);
  const measured = new Map(RATES.map((rate) => [rate, { passwire: [] as Measured[], chain: [] as ChainCost[] }]));
  await deliver(rig, stage, rig.sizes.load / 2);
  for (const measuring of [measure, chain.measure]) await measuring(Math.max(...RATES), 2 * rig.sizes.seconds);
  for (let round = 0; round < rig.sizes.rounds; round++) {
    for (const [rate, rounds] of measured) {
      rounds.passwire.push(await measure(rate, rig.sizes.seconds));
      rounds.chain.push(await chain.measure(rate, rig.sizes.seconds));
    }
  }
  return {
    figures: [...measured].flatMap(([rate, rounds]) => [
      ...figuresAt(rate, rounds.passwire),
      ...chainFigures(rate, rounds.passwire, rounds.chain),
    ]),
    detail: Object.fromEntries(measured),
  };
}

/** With the processor time that each event took, posted alone: what is shared at full load is not shared here. */
type Measured = Latencies & Record<'apiUs' | 'workerUs' | 'postgresUs' | 'redisUs', number>;

function figuresAt(rate: number, latencies: readonly Measured[]): Figure[] {
  const of = (what: keyof Measured): number[] => latencies.map((one) => one[what]);
  return [
    figure(`at ${rate}/s: p50`, 'ms', of('p50')),
    figure(`at ${rate}/s: p99`, 'ms', of('p99')),
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

/** The bare chain, and how many of them an event takes. */
function chainFigures(rate: number, passwire: readonly Measured[], chain: readonly ChainCost[]): Figure[] {
  const of = (what: keyof ChainCost): number[] => chain.map((one) => one[what]);
  const cpu = passwire.map(({ apiUs, workerUs, postgresUs, redisUs }) => apiUs + workerUs + postgresUs + redisUs);
  const compared = (what: string, over: readonly number[], under: readonly number[], limit: number): Figure => {
    const name = `at ${rate}/s: ${what} / bare chain`;
    return rate === TARGET_RATE ? atMost(name, 'x', ratios(over, under), limit) : figure(name, 'x', ratios(over, under));
  };
  const latencies = (what: 'p50' | 'p99'): number[] => passwire.map((one) => one[what]);
  return [
    figure(`at ${rate}/s: bare chain p50`, 'ms', of('p50')),
    figure(`at ${rate}/s: bare chain p99`, 'ms', of('p99')),
    figure(`at ${rate}/s: bare chain per event`, 'us', of('us')),
    compared('p50', latencies('p50'), of('p50'), P50_CHAINS),
    compared('p99', latencies('p99'), of('p99'), P99_CHAINS),
    compared('CPU', cpu, of('us'), CPU_CHAINS),
  ];
}
