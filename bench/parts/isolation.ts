import { atMost, type Figure, figure, median, type PartResult } from '../rig/figures.ts';
import { type Load, type Sink, startLoad, startSink } from '../rig/full-load.ts';
import { Installation } from '../rig/installation.ts';
import { type Latencies, measureLatency } from '../rig/open-loop.ts';
import type { Rig } from '../rig/rig.ts';
import { makeTargets } from '../rig/tenants.ts';

const HEALTHY = 20;
const TENANTS = 4;
const RATE_PER_S = 200;
const WARM_UP_S = 4;
const AT_MOST_TIMES = 1.15;
const OR_MORE_MS = 5;

/** Endpoints that take requests and never answer. One belongs to a tenant that has healthy ones too; many have their own. */
const CASES = {
  'nothing wrong': { endpoints: 0, ownTenant: false },
  'one hanging': { endpoints: 1, ownTenant: false },
  '200 hanging': { endpoints: 200, ownTenant: true },
} as const;
type Case = keyof typeof CASES;
const NAMES = Object.keys(CASES) as readonly Case[];

/** How long twenty healthy endpoints wait while others hang. Each measurement has an installation of its own. */
export async function isolation(rig: Rig): Promise<PartResult> {
  const actors = { sink: startSink(rig), load: startLoad(rig) };
  const healthy = await actors.sink.call('listen', { endpoints: HEALTHY });
  const measured: Record<Case, Latencies[]> = { 'nothing wrong': [], 'one hanging': [], '200 hanging': [] };
  for (let round = 0; round < rig.sizes.rounds; round++) {
    for (const name of NAMES) measured[name].push(await measure(rig, actors, healthy, name));
  }
  return {
    figures: NAMES.flatMap((name) => figuresOf(name, measured[name], measured['nothing wrong'])),
    notes: [`${rig.sizes.hanging} deliveries were queued for the hanging endpoints`],
    detail: measured,
  };
}

interface Actors {
  readonly sink: Sink;
  readonly load: Load;
}

async function measure(rig: Rig, { sink, load }: Actors, healthy: readonly number[], name: Case): Promise<Latencies> {
  const { endpoints, ownTenant } = CASES[name];
  const installation = await Installation.start(rig);
  const hanging = await sink.call('listenAndHang', { endpoints });
  const both = await makeTargets(installation, [...healthy, ...(ownTenant ? [] : hanging)], TENANTS);
  const targets = both.slice(0, HEALTHY);
  const bad = ownTenant ? await makeTargets(installation, hanging, 1) : both.slice(HEALTHY);
  const { url } = installation;
  const stage = { url, sink, load, ports: healthy, targets, ratePerS: RATE_PER_S };
  await measureLatency({ ...stage, seconds: WARM_UP_S });
  if (bad.length > 0) {
    const run = rig.uniqueName();
    await load.call('postBatches', { url, targets: bad, run, events: rig.sizes.hanging, batchSize: 100, lanes: 2 });
  }
  const latencies = await measureLatency({ ...stage, seconds: rig.sizes.seconds });
  await installation.end();
  return latencies;
}

function figuresOf(name: Case, measured: readonly Latencies[], alone: readonly Latencies[]): Figure[] {
  const of = (what: keyof Latencies): number[] => measured.map((one) => one[what]);
  const aloneMs = median(alone.map(({ p99 }) => p99));
  const limitMs = Math.max(AT_MOST_TIMES * aloneMs, aloneMs + OR_MORE_MS);
  const p99 = `${name}: p99`;
  return [
    figure(`${name}: p50`, 'ms', of('p50')),
    name === 'nothing wrong' ? figure(p99, 'ms', of('p99')) : atMost(p99, 'ms', of('p99'), limitMs),
    figure(`${name}: max`, 'ms', of('max')),
    figure(`${name}: not delivered in time`, '', of('missing')),
  ];
}
