import type { CalledProcess } from '../../test/support/called-process.ts';
import type { BullmqCommands } from '../actors/bullmq-loop.ts';
import type { LoopCommands } from '../actors/got-loop.ts';
import { cpuOf } from './cpu.ts';
import { type Figure, figure, ratios } from './figures.ts';
import type { Rig } from './rig.ts';

// The baselines: loops around a single operation, each in a process of its own.

/** As the worker's default. */
const CONCURRENCY = 100;

export interface LoopCost {
  readonly perS: number;
  /** Processor time of the loop's process for one request or job, microseconds. */
  readonly us: number;
}

export interface Loops {
  got(count: number): Promise<LoopCost>;
  undici(count: number): Promise<LoopCost>;
  bullmq(count: number): Promise<LoopCost>;
}

/** @param body what each POST sends */
export function startLoops(rig: Rig, ports: readonly number[], body: string): Loops {
  const urls = ports.map((port) => `http://127.0.0.1:${port}/hooks`);
  const got = rig.spawn<LoopCommands>({ name: 'got-loop', script: 'bench/actors/got-loop.ts' });
  const undici = rig.spawn<LoopCommands>({ name: 'undici-loop', script: 'bench/actors/undici-loop.ts' });
  const bullmq = rig.spawn<BullmqCommands>({ name: 'bullmq-loop', script: 'bench/actors/bullmq-loop.ts' });
  const redisUrl = rig.servers.redis.url;
  const post = (loop: CalledProcess<LoopCommands>, count: number): Promise<LoopCost> =>
    costOf(loop, count, () => loop.call('run', { urls, body, count, concurrency: CONCURRENCY }));
  return {
    got: (count) => post(got, count),
    undici: (count) => post(undici, count),
    async bullmq(count) {
      await bullmq.call('fill', { redisUrl, count });
      return costOf(bullmq, count, () => bullmq.call('drain', { redisUrl, count, concurrency: CONCURRENCY }));
    },
  };
}

async function costOf({ pid }: { readonly pid: number }, count: number, run: () => Promise<number>): Promise<LoopCost> {
  const before = cpuOf(pid);
  const elapsedMs = await run();
  return { perS: count / (elapsedMs / 1000), us: (cpuOf(pid) - before) / count };
}

/** The results of the loops, as figures. */
export function loopFigures(
  got: readonly LoopCost[],
  undici: readonly LoopCost[],
  bullmq: readonly LoopCost[],
): readonly Figure[] {
  const us = (costs: readonly LoopCost[]): number[] => costs.map((cost) => cost.us);
  const perS = (costs: readonly LoopCost[]): number[] => costs.map((cost) => cost.perS);
  return [
    figure('bare got, per request', 'us', us(got)),
    figure('bare got', '/s', perS(got)),
    figure('bare undici, per request', 'us', us(undici)),
    figure('bare undici', '/s', perS(undici)),
    figure('got / undici', 'x', ratios(us(got), us(undici))),
    figure('BullMQ no-op, per job', 'us', us(bullmq)),
    figure('BullMQ no-op', '/s', perS(bullmq)),
  ];
}
