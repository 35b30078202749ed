import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, type Figure, figure, median, type PartResult } from '../rig/figures.ts';
import { deliver, startLoad, startSink } from '../rig/full-load.ts';
import { Installation } from '../rig/installation.ts';
import { type Latencies, measureLatency } from '../rig/open-loop.ts';
import { letDie, prefill } from '../rig/prefill.ts';
import type { Rig } from '../rig/rig.ts';
import { makeTargets } from '../rig/tenants.ts';

const LIVE_ENDPOINTS = 20;
const LIVE_TENANTS = 4;
const LIVE_RATE = 200;
const DEAD_ENDPOINTS = 4;
/** Replayed a second; the last is the most that a replay may be asked for. */
const REPLAY_RATES = [100, 500] as const;
const SAMPLES = 20;
const WARM_UP_S = 4;
const BEGUN_MS = 2000;
const POLL_MS = 1000;
const WITHIN_MS = 10 * 60_000;
const AT_MOST_TIMES = 1.15;
const OR_MORE_MS = 5;

/** How long live events wait while all dead deliveries of another tenant are replayed. */
export async function replaying(rig: Rig): Promise<PartResult> {
  const { rounds, seconds, stored } = rig.sizes;
  const size = stored.at(-2) ?? 0;
  const sink = startSink(rig);
  const load = startLoad(rig);
  const deadPorts = await sink.call('listen', { endpoints: DEAD_ENDPOINTS });
  const ports = await sink.call('listen', { endpoints: LIVE_ENDPOINTS });
  const installation = await Installation.start(rig);
  const { url } = installation;
  const dead = await makeTargets(installation, deadPorts, 1);
  await deliver(rig, { installation, sink, load, ports: deadPorts, targets: dead }, SAMPLES);
  await prefill(rig.urlOf(installation.database), size);
  await letDie(installation.sql, 1);
  const targets = await makeTargets(installation, ports, LIVE_TENANTS);
  const stage = { url, sink, load, ports, targets, ratePerS: LIVE_RATE };
  const measure = async (): Promise<Latencies[]> => {
    const measured: Latencies[] = [];
    for (let round = 0; round < rounds; round++) measured.push(await measureLatency({ ...stage, seconds }));
    return measured;
  };
  await measureLatency({ ...stage, seconds: WARM_UP_S });
  const alone = await measure();
  const before = await sink.call('received', { ports: deadPorts });
  const replay = await startReplay(url, dead[0]?.key ?? '');
  const beside = new Map<number, Latencies[]>();
  for (const rate of REPLAY_RATES) {
    await replay.setRate(rate);
    await sleep(BEGUN_MS);
    beside.set(rate, await measure());
  }
  const { state: stateMeanwhile } = await replay.progress();
  const ended = await endOf(replay);
  const received = (await sink.call('received', { ports: deadPorts })) - before;
  await installation.end();
  return {
    figures: [
      ...figuresOf('nothing replayed', alone),
      ...[...beside].flatMap(([rate, measured]) =>
        figuresOf(`${size.toLocaleString('en-US')} replayed, ${rate}/s`, measured, limitOf(alone)),
      ),
      figure('replayed', '', [ended.total]),
      figure('received of it', '', [received]),
    ],
    notes: [`the replay was ${stateMeanwhile} when the last round beside it ended`],
    detail: { alone, beside: Object.fromEntries(beside), ended },
  };
}

interface Progress {
  readonly state: string;
  readonly total: number;
}

interface RunningReplay {
  progress(): Promise<Progress>;
  setRate(ratePerSecond: number): Promise<Progress>;
}

async function startReplay(url: string, key: string): Promise<RunningReplay> {
  const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${url}/v1/replays${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} /v1/replays${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const filter = { states: ['dead'], after: new Date(0).toISOString() };
  const { confirmToken } = await call<{ confirmToken: string }>('POST', '/dry-run', filter);
  const { id } = await call<{ id: string }>('POST', '', { confirmToken, ratePerSecond: REPLAY_RATES[0] });
  return {
    progress: () => call<Progress>('GET', `/${id}`),
    setRate: (ratePerSecond) => call<Progress>('PATCH', `/${id}`, { ratePerSecond }),
  };
}

async function endOf(replay: RunningReplay): Promise<Progress> {
  for (const deadlineMs = performance.now() + WITHIN_MS; performance.now() < deadlineMs; await sleep(POLL_MS)) {
    const progress = await replay.progress();
    if (progress.state !== 'running') return progress;
  }
  throw new Error(`the replay did not end within ${WITHIN_MS} ms`);
}

/** As for an endpoint that hangs: see `isolation`. */
function limitOf(alone: readonly Latencies[]): number {
  const aloneMs = median(alone.map(({ p99 }) => p99));
  return Math.max(AT_MOST_TIMES * aloneMs, aloneMs + OR_MORE_MS);
}

function figuresOf(name: string, measured: readonly Latencies[], limitMs?: number): Figure[] {
  const of = (what: keyof Latencies): number[] => measured.map((one) => one[what]);
  const p99 = `${name}: p99`;
  return [
    figure(`${name}: p50`, 'ms', of('p50')),
    limitMs === undefined ? figure(p99, 'ms', of('p99')) : atMost(p99, 'ms', of('p99'), limitMs),
    figure(`${name}: max`, 'ms', of('max')),
    figure(`${name}: not delivered in time`, '', of('missing')),
  ];
}
