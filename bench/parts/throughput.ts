import { mostResidentBytes } from '../rig/cpu.ts';
import { atMost, type Figure, figure, type PartResult, ratios } from '../rig/figures.ts';
import { deliver, deliverAndCost, type FullLoadCosts, openStage, sampleBody } from '../rig/full-load.ts';
import type { Installation } from '../rig/installation.ts';
import { type LoopCost, loopFigures, startLoops } from '../rig/loops.ts';
import type { Rig } from '../rig/rig.ts';
import { countFigures } from './counts.ts';

const WORKER_OVER_GOT = 1.2;
const API_OVER_GOT = 0.3;
const RESIDENT_MIB = 350;

/** Full load from end to end, between the baselines, round by round; then a round that counts statements and round trips. */
export async function throughput(rig: Rig): Promise<PartResult> {
  const { rounds, load: events } = rig.sizes;
  const stage = await openStage(rig);
  await deliver(rig, stage, events);
  const loops = startLoops(rig, stage.ports, await sampleBody(stage));
  for (const loop of [loops.got, loops.undici, loops.bullmq]) await loop(events);
  const costs: FullLoadCosts[] = [];
  const got: LoopCost[] = [];
  const undici: LoopCost[] = [];
  const bullmq: LoopCost[] = [];
  for (let round = 0; round < rounds; round++) {
    costs.push(await deliverAndCost(rig, stage, events));
    got.push(await loops.got(events));
    undici.push(await loops.undici(events));
    bullmq.push(await loops.bullmq(events));
  }
  const resident = residentFigure(stage.installation);
  await stage.installation.end();
  const counted = await countFigures(rig, stage.sink, stage.ports);
  return {
    figures: [...costFigures(costs, got), resident, ...counted.figures, ...loopFigures(got, undici, bullmq)],
    detail: counted.detail,
  };
}

function residentFigure({ api, workers }: Installation): Figure {
  const bytes = [api, ...workers].reduce((sum, { pid }) => sum + mostResidentBytes(pid), 0);
  return atMost('API and worker, most resident memory', 'MiB', [bytes / 2 ** 20], RESIDENT_MIB);
}

function costFigures(costs: readonly FullLoadCosts[], got: readonly LoopCost[]): Figure[] {
  const of = (what: keyof FullLoadCosts): number[] => costs.map((cost) => cost[what]);
  const gotUs = got.map(({ us }) => us);
  return [
    figure('deliveries, end to end', '/s', of('deliveriesPerS')),
    figure('API per event, batches of 100', 'us', of('apiUs')),
    figure('worker per delivery', 'us', of('workerUs')),
    figure('Postgres per delivery', 'us', of('postgresUs')),
    figure('Redis per delivery', 'us', of('redisUs')),
    atMost('worker / bare got', 'x', ratios(of('workerUs'), gotUs), WORKER_OVER_GOT),
    atMost('API per event / bare got', 'x', ratios(of('apiUs'), gotUs), API_OVER_GOT),
  ];
}
