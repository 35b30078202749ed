import type { KnipConfig } from 'knip';

export default {
  entry: [
    'scripts/*.mjs',
    'scripts/demo/main.ts',
    'scripts/dev/main.ts',
    'client/index.ts',
    'client/generated/zod.ts',
    'test/**/*.test.ts',
    'test/chaos/actors/receiver.ts',
    'test/support/shifted-clock.ts',
    'bench/actors/*.ts',
    'bench/preload/*.ts',
  ],
  project: [
    'src/**/*.ts',
    'client/**/*.ts',
    'cli/**/*.ts',
    'workers/**/*.ts',
    'prisma/*.{ts,prisma}',
    'scripts/**/*.{mjs,ts}',
    'test/**/*.ts',
    'bench/**/*.ts',
  ],
  // one schema has the names of its component and of each operation that uses it
  ignore: ['client/generated/**'],
  // the generated Prisma client imports it
  ignoreDependencies: ['@prisma/client'],
  ignoreBinaries: ['apt-get', 'mount', 'openssl', 'umount'],
  // types that stand in a public signature are exported beside it
  ignoreExportsUsedInFile: { interface: true, type: true },
} satisfies KnipConfig;
