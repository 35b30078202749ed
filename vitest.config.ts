import { defineConfig } from 'vitest/config';

const SECOND = 1000;

/** A folder of tests. `npm test` starts the servers that all but unit tests need (scripts/test.mjs). */
function project(name: string, testTimeout: number, groupOrder: number) {
  return {
    extends: true as const,
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      testTimeout,
      hookTimeout: Math.max(testTimeout, 60 * SECOND),
      sequence: { groupOrder },
    },
  };
}

export default defineConfig({
  test: {
    projects: [
      project('unit', 10 * SECOND, 0),
      project('integration', 60 * SECOND, 1),
      project('e2e', 120 * SECOND, 2), // last and apart: its processes want the machine for themselves
      project('chaos', 120 * SECOND, 3),
    ],
    maxWorkers: 2,
    teardownTimeout: 20 * SECOND,
  },
});
