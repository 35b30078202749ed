import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** Where the worker's time goes at full load, by package and by function. Not among the parts that run by default. */
export async function profile(rig: Rig): Promise<PartResult> {
  const sink = startSink(rig);
  const ports = await sink.call('listen', { endpoints: ENDPOINTS });
  const installation = await Installation.start(rig, { workers: 0 });
  const worker = await installation.startWorker<ProfilerCommands>(PRELOAD);
  const targets = await makeTargets(installation, ports, TENANTS);
  const stage = { installation, sink, load: startLoad(rig), ports, targets };
  await deliver(rig, stage, rig.sizes.load);
  const folder = join(ROOT, 'bench/results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'worker.cpuprofile');
  await worker.call('startProfile');
  await deliver(rig, stage, rig.sizes.load);
  await worker.call('stopProfile', { file });
  await installation.end();
  const shares = sharesOf(JSON.parse(readFileSync(file, 'utf8')) as Profile, ROOT);
  const perDelivery = ({ us }: Share): number => us / rig.sizes.load;
  const lines = (some: readonly Share[]): string[] =>
    some.map((share) => `${perDelivery(share).toFixed(1).padStart(7)} us  ${share.name}`);
  return {
    figures: shares.charged
      .filter((share) => perDelivery(share) >= LEAST_US)
      .map((share) => figure(share.name, 'us', [perDelivery(share)])),
    notes: [
      `time per delivery, Node's work charged to the package that called it; ${file} opens in Chrome's DevTools`,
      'who runs:',
      ...lines(shares.self.slice(0, TOP_PARTS)),
      'functions without what they call:',
      ...lines(shares.functions.slice(0, TOP_FUNCTIONS)),
    ],
    detail: { ...shares, functions: shares.functions.slice(0, 200) },
  };
}
