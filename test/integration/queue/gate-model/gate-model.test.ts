import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, test } from 'vitest';
import { sharedServers } from '../../../support/servers.ts';
import { GateRun } from './gate-run.ts';
import { scripts } from './script.ts';

// gate.lua on a real Redis and a model on the rules of src/domain go through the same random runs, and must agree after each
// step. A failure prints seed, path and the shortest run found; `GATE_RUNS=2000 npm test -- test/integration/queue/gate-model`
// makes more runs, `GATE_SEED=<seed>` repeats them.

const RUNS = Number(process.env.GATE_RUNS ?? 60);
const SEED = process.env.GATE_SEED;
/** Alone a run takes a tenth of a second; the rest of the time is for finding the shortest failing run. */
const TIME_LIMIT_MS = 60_000 + 1000 * RUNS;

let redis: Redis;
beforeAll(() => {
  redis = new Redis(sharedServers().redisUrl);
});
afterAll(() => redis.disconnect());

test('gate.lua follows the rules of src/domain, and its state stays consistent', {
  timeout: TIME_LIMIT_MS + 10_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(scripts, async ({ rules, commands }) => {
      const run = new GateRun(redis, rules);
      try {
        for (const command of commands) await run.execute(command);
        await run.drain();
      } finally {
        await run.end();
      }
    }),
    {
      numRuns: RUNS,
      interruptAfterTimeLimit: TIME_LIMIT_MS,
      markInterruptAsFailure: true,
      ...(SEED && { seed: Number(SEED) }),
    },
  );
});
