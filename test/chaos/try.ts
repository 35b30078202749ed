import { expect, test } from 'vitest';
import { Installation } from './installation.ts';
import { SHORT } from './run.ts';
import { runScenario } from './run-scenario.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { canMountDisks } from './small-disk.ts';

/** A test for each scenario, with few events and short outages. */
export function tryAll(scenarios: readonly Scenario[]): void {
  for (const scenario of scenarios) {
    test.skipIf(scenario.diskMiB !== undefined && !canMountDisks())(scenario.what, async ({ onTestFinished }) => {
      const installation = await Installation.start({ RECOVER_INTERVAL_MS: '1000', ...scenario.env }, scenario.diskMiB);
      onTestFinished(async ({ task }) => {
        if (task.result?.state === 'fail') console.error(installation.lastWords);
        await installation.stop();
      });
      const { broken, ...outcome } = await runScenario(installation, scenario, SHORT);
      expect(broken, JSON.stringify(outcome)).toEqual([]);
      expect(outcome.accepted).toBe(SHORT.events);
    });
  }
}
