import { queueBacklog } from '../rig/backlog.ts';
import { atMost, type Figure, figure, median, type PartResult } from '../rig/figures.ts';
import { startLoad, startSink } from '../rig/full-load.ts';
import { Installation } from '../rig/installation.ts';
import { type Latencies, measureLatency } from '../rig/open-loop.ts';
import type { Rig } from '../rig/rig.ts';
import { makeTargets } from '../rig/tenants.ts';

const BIG_TENANTS_ENDPOINTS = 20;
const SMALL_TENANTS_ENDPOINTS = 5;
const RATE_PER_S = 50;
const WARM_UP_S = 4;
const ALONE_PLUS_MS = 60;
const OVER_SMALL_BACKLOG = 1.2;

/**
 * How long a small tenant waits while another tenant's events are queued, whose endpoints answer at once. They are queued
 * before the worker starts. `kept up` means that as many are posted as are delivered meanwhile: a backlog of 1,000 would
 * otherwise last a second, and a small and a big one are compared under the same load.
 */
export async function fairness(rig: Rig): Promise<PartResult> {
  const { rounds, smallBacklog, backlog } = rig.sizes;
  const measured: Measured = { alone: [], small: [], big: [], bigKeptUp: [] };
  for (let round = 0; round < rounds; round++) {
    await measure(rig, 0, async ({ latencies }) => void measured.alone.push(await latencies()));
    await measure(rig, smallBacklog, async ({ keepUp, latencies }) => {
      await keepUp();
      measured.small.push(await latencies());
    });
    await measure(rig, backlog, async ({ keepUp, latencies }) => {
      measured.big.push(await latencies());
      await keepUp();
      measured.bigKeptUp.push(await latencies());
    });
  }
  const [small, big] = [smallBacklog, backlog].map((size) => size.toLocaleString('en-US'));
  const p99 = (name: keyof Measured): number[] => measured[name].map((one) => one.p99);
  const aloneLimit = median(p99('alone')) + ALONE_PLUS_MS;
  const smallLimit = OVER_SMALL_BACKLOG * median(p99('small'));
  return {
    figures: [
      ...figuresOf('alone', measured.alone),
      ...figuresOf(`${big} queued`, measured.big, { limit: aloneLimit, why: 'alone + 60 ms' }),
      ...figuresOf(`${small} queued, kept up`, measured.small),
      ...figuresOf(`${big} queued, kept up`, measured.bigKeptUp, { limit: smallLimit, why: `1.2 x ${small} queued` }),
    ],
    detail: measured,
  };
}

type Measured = Record<'alone' | 'small' | 'big' | 'bigKeptUp', Latencies[]>;

interface Scene {
  keepUp(): Promise<void>;
  /** Of the small tenant. */
  latencies(): Promise<Latencies>;
}

/** Makes an installation with `size` deliveries queued of another tenant, and a worker that has just begun with them. */
async function measure(rig: Rig, size: number, look: (scene: Scene) => Promise<void>): Promise<void> {
  const sink = startSink(rig);
  const ports = await sink.call('listen', { endpoints: SMALL_TENANTS_ENDPOINTS });
  const bigPorts = await sink.call('listen', { endpoints: BIG_TENANTS_ENDPOINTS });
  const installation = await Installation.start(rig, { workers: 0 });
  const { url } = installation;
  const targets = await makeTargets(installation, ports, 1);
  const bigTargets = await makeTargets(installation, bigPorts, 1);
  const backlog = await queueBacklog({ url, sink, load: startLoad(rig), ports: bigPorts, targets: bigTargets, size });
  const stage = { url, sink, load: startLoad(rig), ports, targets, ratePerS: RATE_PER_S };
  await installation.startWorker();
  await measureLatency({ ...stage, seconds: WARM_UP_S });
  await look({
    keepUp: () => backlog.keepUp(),
    latencies: () => measureLatency({ ...stage, seconds: rig.sizes.seconds }),
  });
  await backlog.stop();
  await installation.end();
  await rig.endProcesses();
}

function figuresOf(name: string, measured: readonly Latencies[], target?: { limit: number; why: string }): Figure[] {
  const of = (what: keyof Latencies): number[] => measured.map((one) => one[what]);
  const p99 = `${name}: p99`;
  return [
    figure(`${name}: p50`, 'ms', of('p50')),
    target ? atMost(p99, 'ms', of('p99'), target.limit, target.why) : figure(p99, 'ms', of('p99')),
    figure(`${name}: max`, 'ms', of('max')),
    figure(`${name}: API's answer p99`, 'ms', of('answerP99')),
  ];
}
