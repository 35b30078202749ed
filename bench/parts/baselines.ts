import type { PartResult } from '../rig/figures.ts';
import { deliver, openStage, sampleBody } from '../rig/full-load.ts';
import { type LoopCost, loopFigures, startLoops } from '../rig/loops.ts';
import type { Rig } from '../rig/rig.ts';

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
