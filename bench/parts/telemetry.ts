import { atMost, figure, type PartResult, ratios } from '../rig/figures.ts';
import { deliver, deliverAndCost, type FullLoadCosts, openStage } from '../rig/full-load.ts';
import type { InstallationOptions } from '../rig/installation.ts';
import type { Rig } from '../rig/rig.ts';

const WITH_OVER_WITHOUT = 1.05;
const NO_METRICS = 'bench/preload/no-metrics.ts';
const WITHOUT: InstallationOptions = {
  env: { LOG_LEVEL: 'silent' },
  apiPreload: NO_METRICS,
  workerPreload: NO_METRICS,
};

/** What logs (at the default level) and metrics cost together: rounds with and without them, the first of each pair in turn. */
export async function telemetry(rig: Rig): Promise<PartResult> {
  const withIt: FullLoadCosts[] = [];
  const without: FullLoadCosts[] = [];
  for (let round = 0; round < 2 * rig.sizes.rounds; round++) {
    const pair = [
      async () => void withIt.push(await costsOf(rig, {})),
      async () => void without.push(await costsOf(rig, WITHOUT)),
    ];
    for (const measure of round % 2 === 0 ? pair : pair.reverse()) await measure();
  }
  const workerUs = (costs: readonly FullLoadCosts[]): number[] => costs.map((cost) => cost.workerUs);
  const apiUs = (costs: readonly FullLoadCosts[]): number[] => costs.map((cost) => cost.apiUs);
  return {
    figures: [
      figure('worker per delivery, with logs and metrics', 'us', workerUs(withIt)),
      figure('worker per delivery, without', 'us', workerUs(without)),
      atMost('worker with / without', 'x', ratios(workerUs(withIt), workerUs(without)), WITH_OVER_WITHOUT),
      figure('API with / without', 'x', ratios(apiUs(withIt), apiUs(without))),
    ],
  };
}

/** Of an installation of its own, warmed up. */
async function costsOf(rig: Rig, options: InstallationOptions): Promise<FullLoadCosts> {
  const { load: events } = rig.sizes;
  const stage = await openStage(rig, options);
  await deliver(rig, stage, events);
  const costs = await deliverAndCost(rig, stage, events);
  await rig.endProcesses();
  return costs;
}
