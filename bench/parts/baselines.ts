import { type Figure, figure, type PartResult, ratios } from '../rig/figures.ts';
import { deliver } from '../rig/full-load.ts';
import { type LoopCost, startLoops } from '../rig/loops.ts';
import type { Rig } from '../rig/rig.ts';
import { openStage, sampleBody } from './throughput.ts';

const FOR_A_SAMPLE = 100;

/** The loops alone. */
export async function baselines(rig: Rig): Promise<PartResult> {
  const { rounds, load: count } = rig.sizes;
  const stage = await openStage(rig);
  await deliver(rig, stage, FOR_A_SAMPLE);
  await stage.installation.end();
  const { got, undici, bullmq } = startLoops(rig, stage.ports, await sampleBody(stage));
  const costs: Record<'got' | 'undici' | 'bullmq', LoopCost[]> = { got: [], undici: [], bullmq: [] };
  for (const warmUp of [got, undici, bullmq]) await warmUp(count);
  for (let round = 0; round < rounds; round++) {
    costs.got.push(await got(count));
    costs.undici.push(await undici(count));
    costs.bullmq.push(await bullmq(count));
  }
  return { figures: loopFigures(costs.got, costs.undici, costs.bullmq) };
}

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
