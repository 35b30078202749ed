import { defineConfig } from 'vitest/config';

const SECOND = 1000;

/**
 * A folder of tests. The limits are for a test that hangs: a machine that is busy with other work takes ten times as long as
 * an idle one, and must not fail for that. `npm test` starts the servers
 * that all but unit tests need (scripts/test.mjs).
 */
function project(name: string, testTimeout: number, groupOrder: number) {
  return {
    extends: true as const,
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      testTimeout,
      hookTimeout: Math.max(testTimeout, 180 * SECOND),
      sequence: { groupOrder },
    },
  };
}

export default defineConfig({
  test: {
    projects: [
      project('unit', 60 * SECOND, 0),
      project('integration', 180 * SECOND, 1),
      project('e2e', 300 * SECOND, 2), // last and apart: its processes want the machine for themselves
      project('console', 300 * SECOND, 3),
      project('chaos', 900 * SECOND, 4),
    ],
    maxWorkers: 2,
    expect: { poll: { timeout: 30 * SECOND } },
    teardownTimeout: 60 * SECOND,
  },
});
