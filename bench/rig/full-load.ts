import type { CalledProcess } from '../../test/support/called-process.ts';
import type { LoadCommands } from '../actors/load.ts';
import type { SinkCommands } from '../actors/sink.ts';
import { cpuOf, cpuOfFamily } from './cpu.ts';
import type { Target } from './event.ts';
import { Installation, type InstallationOptions } from './installation.ts';
import type { Rig } from './rig.ts';
import { makeTargets } from './tenants.ts';

export type Sink = CalledProcess<SinkCommands>;
export type Load = CalledProcess<LoadCommands>;

const ENDPOINTS = 20;
const TENANTS = 10;
const BATCH_SIZE = 100;
const LANES = 4;
const WITHIN_MS = 180_000;

export function startSink(rig: Rig): Sink {
  return rig.spawn<SinkCommands>({ name: 'sink', script: 'bench/actors/sink.ts' });
}

export function startLoad(rig: Rig): Load {
  return rig.spawn<LoadCommands>({ name: 'load', script: 'bench/actors/load.ts' });
}

export interface Stage {
  readonly installation: Installation;
  readonly sink: Sink;
  readonly load: Load;
  readonly ports: readonly number[];
  readonly targets: readonly Target[];
}

/** An installation with one worker, and endpoints that answer at once. */
export async function openStage(rig: Rig, options: InstallationOptions = {}): Promise<Stage> {
  const sink = startSink(rig);
  const load = startLoad(rig);
  const ports = await sink.call('listen', { endpoints: ENDPOINTS });
  const installation = await Installation.start(rig, options);
  return { installation, sink, load, ports, targets: await makeTargets(installation, ports, TENANTS) };
}

export async function sampleBody({ sink }: Pick<Stage, 'sink'>): Promise<string> {
  const sample = await sink.call('sample');
  if (!sample) throw new Error('nothing was delivered yet');
  return sample.body;
}

/** What one delivery took, microseconds of processor time. */
export interface FullLoadCosts {
  readonly deliveriesPerS: number;
  readonly apiUs: number;
  readonly workerUs: number;
  readonly postgresUs: number;
  readonly redisUs: number;
}

/** Posts events in batches as fast as the API takes them, and waits until all are delivered and settled. */
export async function deliver(rig: Rig, stage: Stage, events: number): Promise<{ readonly deliveriesPerS: number }> {
  const { installation, sink, load, ports, targets } = stage;
  const before = await sink.call('received', { ports });
  const { url } = installation;
  const run = rig.uniqueName();
  const { startedAtMs } = await load.call('postBatches', {
    url,
    targets,
    run,
    events,
    batchSize: BATCH_SIZE,
    lanes: LANES,
  });
  const { received, lastAtMs } = await sink.call('waitFor', { ports, total: before + events, withinMs: WITHIN_MS });
  if (received < before + events)
    throw new Error(`${received - before} of ${events} deliveries came within ${WITHIN_MS} ms`);
  await installation.settled();
  return { deliveriesPerS: events / ((lastAtMs - startedAtMs) / 1000) };
}

/** The same, with the processor time of every process. */
export async function deliverAndCost(rig: Rig, stage: Stage, events: number): Promise<FullLoadCosts> {
  const before = cpuNow(rig, stage.installation);
  const { deliveriesPerS } = await deliver(rig, stage, events);
  const after = cpuNow(rig, stage.installation);
  const each = (who: keyof typeof after): number => (after[who] - before[who]) / events;
  return {
    deliveriesPerS,
    apiUs: each('api'),
    workerUs: each('workers'),
    postgresUs: each('postgres'),
    redisUs: each('redis'),
  };
}

/** Microseconds of processor time so far. */
export function cpuNow(rig: Rig, { api, workers }: Installation) {
  return {
    api: cpuOf(api.pid),
    workers: workers.reduce((sum, { pid }) => sum + cpuOf(pid), 0),
    postgres: cpuOfFamily(rig.pidOf('postgres')),
    redis: cpuOf(rig.pidOf('redis')),
  };
}
