import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CalledProcess } from '../../test/support/called-process.ts';
import { ROOT } from '../../test/support/node-process.ts';
import type { ProfilerCommands } from '../preload/profiler.ts';
import { figure, type PartResult } from '../rig/figures.ts';
import { deliver, startLoad, startSink } from '../rig/full-load.ts';
import { Installation } from '../rig/installation.ts';
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

/** Where API and worker spend their time at full load, by package and by function. Not among the parts that run by default. */
export async function profile(rig: Rig): Promise<PartResult> {
  const sink = startSink(rig);
  const ports = await sink.call('listen', { endpoints: ENDPOINTS });
  const installation = await Installation.start(rig, { workers: 0, apiPreload: PRELOAD });
  const worker = await installation.startWorker<ProfilerCommands>(PRELOAD);
  const api = installation.api as CalledProcess<ProfilerCommands>;
  const targets = await makeTargets(installation, ports, TENANTS);
  const stage = { installation, sink, load: startLoad(rig), ports, targets };
  await deliver(rig, stage, rig.sizes.load);
  await Promise.all([api.call('startProfile'), worker.call('startProfile')]);
  await deliver(rig, stage, rig.sizes.load);
  await Promise.all([
    api.call('stopProfile', { file: fileOf('api') }),
    worker.call('stopProfile', { file: fileOf('worker') }),
  ]);
  await installation.end();
  const profiles = { worker: read('worker'), api: read('api') };
  const { load } = rig.sizes;
  return {
    figures: [...figuresOf('worker', profiles.worker, load), ...figuresOf('api', profiles.api, load)],
    notes: [...notesOf('worker', profiles.worker, load), ...notesOf('api', profiles.api, load)],
    detail: { worker: shortened(profiles.worker), api: shortened(profiles.api) },
  };
}

function fileOf(name: Profiled): string {
  const folder = join(ROOT, 'bench/results');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.cpuprofile`);
}

type Shares = ReturnType<typeof sharesOf>;

function read(name: Profiled): Shares {
  return sharesOf(JSON.parse(readFileSync(fileOf(name), 'utf8')) as Profile, ROOT);
}

function figuresOf(name: Profiled, { charged }: Shares, deliveries: number): PartResult['figures'] {
  return charged
    .map((share) => ({ share, us: share.us / deliveries }))
    .filter(({ us }) => us >= LEAST_US)
    .map(({ share, us }) => figure(`${name}: ${share.name}`, 'us', [us]));
}

function notesOf(name: Profiled, { self, functions }: Shares, deliveries: number): string[] {
  const lines = (some: readonly Share[]): string[] =>
    some.map((share) => `${(share.us / deliveries).toFixed(1).padStart(7)} us  ${share.name}`);
  return [
    `${name}: time per delivery, Node's work charged to the package that called it; ${fileOf(name)} opens in Chrome's DevTools`,
    `${name}: who runs:`,
    ...lines(self.slice(0, TOP_PARTS)),
    `${name}: functions without what they call:`,
    ...lines(functions.slice(0, TOP_FUNCTIONS)),
  ];
}

function shortened(shares: Shares): object {
  return { ...shares, functions: shares.functions.slice(0, STORED_FUNCTIONS) };
}
