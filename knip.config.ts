import type { KnipConfig } from 'knip';

export default {
  entry: ['src/main.ts', 'workers/main.ts', 'prisma/migrate.ts', 'scripts/*.mjs', 'test/**/*.test.ts'],
  project: ['src/**/*.ts', 'workers/**/*.ts', 'prisma/**/*.ts', 'scripts/**/*.{mjs,ts}', 'test/**/*.ts'],
  ignore: ['src/store/generated/**'],
  // the generated Prisma client imports it
  ignoreDependencies: ['@prisma/client'],
  ignoreBinaries: ['apt-get', 'openssl', 'python3', 'docker'],
  // types that stand in a public signature are exported beside it
  ignoreExportsUsedInFile: { interface: true, type: true },
} satisfies KnipConfig;
