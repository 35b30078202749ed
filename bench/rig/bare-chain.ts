import { setTimeout as sleep } from 'node:timers/promises';
import type { BareChainCommands } from '../actors/bare-chain.ts';
import { cpuOf, cpuOfFamily } from './cpu.ts';
import type { Stage } from './full-load.ts';
import { type Latencies, measureLatency } from './open-loop.ts';
import type { Rig } from './rig.ts';

/** Latencies, and the processor time of everything that took part, by event. */
export interface ChainCost extends Latencies {
  readonly us: number;
}

export interface BareChain {
  measure(ratePerS: number, seconds: number): Promise<ChainCost>;
}

/** The baseline for single events: see actors/bare-chain.ts. Sends to the endpoints of the stage, on a database of its own. */
export async function startBareChain(rig: Rig, stage: Stage): Promise<BareChain> {
  const chain = rig.spawn<BareChainCommands>({ name: 'bare-chain', script: 'bench/actors/bare-chain.ts' });
  const endpoints = Object.fromEntries(
    stage.targets.map(({ templateId }, index) => [templateId, `http://127.0.0.1:${stage.ports[index]}/hooks`]),
  );
  const url = await chain.call('open', { databaseUrl: rig.urlOf(await rig.makeDatabase()), endpoints });
  const postgres = (): number => cpuOfFamily(rig.pidOf('postgres'));
  const idlePostgresUsPerS = await perSecond(postgres, rig.sizes.seconds);
  return {
    async measure(ratePerS, seconds) {
      const startedAtMs = performance.now();
      const before = [cpuOf(chain.pid), postgres()] as const;
      const latencies = await measureLatency({ ...stage, url, ratePerS, seconds });
      const tookS = (performance.now() - startedAtMs) / 1000;
      // the installation beside it is idle meanwhile, which costs Postgres something too
      const us = cpuOf(chain.pid) - before[0] + postgres() - before[1] - idlePostgresUsPerS * tookS;
      return { ...latencies, us: us / (ratePerS * seconds) };
    },
  };
}

async function perSecond(count: () => number, seconds: number): Promise<number> {
  const before = count();
  await sleep(seconds * 1000);
  return (count() - before) / seconds;
}
