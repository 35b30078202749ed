import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CalledProcess } from '../../test/support/called-process.ts';
import { ROOT } from '../../test/support/node-process.ts';
import type { ProfilerCommands } from '../preload/profiler.ts';
import { figure, type PartResult } from '../rig/figures.ts';
import { deliver, startLoad, startSink } from '../rig/full-load.ts';
import { Installation } from '../rig/installation.ts';
import { measureLatency } from '../rig/open-loop.ts';
import { type Profile, type Share, sharesOf } from '../rig/profile.ts';
import type { Rig } from '../rig/rig.ts';
import { makeTargets } from '../rig/tenants.ts';

const ENDPOINTS = 20;
const TENANTS = 10;
const PRELOAD = 'bench/preload/profiler.ts';
const TOP_PARTS = 25;
const TOP_FUNCTIONS = 40;
const LEAST_US = 0.5;
const STORED_FUNCTIONS = 200;

type Profiled = 'api' | 'worker';
/** `one by one`: single events, 100 a second. */
type Load = 'full load' | 'one by one';
const RATE = 100;

/** Where API and worker spend their time, by package and by function. Not among the parts that run by default. */
export async function profile(rig: Rig): Promise<PartResult> {
  const sink = startSink(rig);
  const ports = await sink.call('listen', { endpoints: ENDPOINTS });
  const installation = await Installation.start(rig, { workers: 0, apiPreload: PRELOAD });
  const worker = await installation.startWorker<ProfilerCommands>(PRELOAD);
  const api = installation.api as CalledProcess<ProfilerCommands>;
  const targets = await makeTargets(installation, ports, TENANTS);
  const stage = { installation, sink, load: startLoad(rig), ports, targets };
  await deliver(rig, stage, rig.sizes.load);
  const take = async (load: Load, run: () => Promise<unknown>, deliveries: number): Promise<PartResult> => {
    await Promise.all([api.call('startProfile'), worker.call('startProfile')]);
    await run();
    const files = { api: fileOf('api', load), worker: fileOf('worker', load) };
    await Promise.all([api.call('stopProfile', { file: files.api }), worker.call('stopProfile', { file: files.worker })]);
    return resultOf(load, files, deliveries);
  };
  const { load, seconds } = rig.sizes;
  const full = await take('full load', () => deliver(rig, stage, load), load);
  const alone = await take(
    'one by one',
    () => measureLatency({ ...stage, url: installation.url, ratePerS: RATE, seconds }),
    RATE * seconds,
  );
  await installation.end();
  return {
    figures: [...full.figures, ...alone.figures],
    notes: [...(full.notes ?? []), ...(alone.notes ?? [])],
    detail: { full: full.detail, alone: alone.detail },
  };
}

function resultOf(load: Load, files: Readonly<Record<Profiled, string>>, deliveries: number): PartResult {
  const parts = (['worker', 'api'] as const).map((process) => ({
    process,
    file: files[process],
    name: `${process}, ${load}`,
    shares: sharesOf(JSON.parse(readFileSync(files[process], 'utf8')) as Profile, ROOT),
  }));
  return {
    figures: parts.flatMap(({ name, shares }) => figuresOf(name, shares, deliveries)),
    notes: parts.flatMap(({ name, shares, file }) => notesOf(name, shares, deliveries, file)),
    detail: Object.fromEntries(parts.map(({ process, shares }) => [process, shortened(shares)])),
  };
}

function fileOf(name: Profiled, load: Load): string {
  const folder = join(ROOT, 'bench/results');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}-${load.replaceAll(' ', '-')}.cpuprofile`);
}

type Shares = ReturnType<typeof sharesOf>;

function figuresOf(name: string, { charged }: Shares, deliveries: number): PartResult['figures'] {
  return charged
    .map((share) => ({ share, us: share.us / deliveries }))
    .filter(({ us }) => us >= LEAST_US)
    .map(({ share, us }) => figure(`${name}: ${share.name}`, 'us', [us]));
}

function notesOf(name: string, { self, functions }: Shares, deliveries: number, file: string): string[] {
  const lines = (some: readonly Share[]): string[] =>
    some.map((share) => `${(share.us / deliveries).toFixed(1).padStart(7)} us  ${share.name}`);
  return [
    `${name}: time per delivery, Node's work charged to the package that called it; ${file} opens in Chrome's DevTools`,
    `${name}: who runs:`,
    ...lines(self.slice(0, TOP_PARTS)),
    `${name}: functions without what they call:`,
    ...lines(functions.slice(0, TOP_FUNCTIONS)),
  ];
}

function shortened(shares: Shares): object {
  return { ...shares, functions: shares.functions.slice(0, STORED_FUNCTIONS) };
}
