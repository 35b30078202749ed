import type { KnipConfig } from 'knip';

export default {
  entry: [
    'scripts/*.mjs',
    'scripts/demo/main.ts',
    'scripts/dev/main.ts',
    'client/index.ts',
    'console/vite.config.ts',
    'console/src/main.tsx',
    'console/src/docs/main.tsx',
    'console/src/theme/before-paint.js',
    'console/src/pages/*/page.ts',
    // what pages are made of, whether or not one needs it now
    'console/src/{format,parts,router,strings}/*.{ts,tsx}',
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
    'console/**/*.{ts,tsx,js}',
    '!console/dist/**',
    'workers/**/*.ts',
    'prisma/*.{ts,prisma}',
    'scripts/**/*.{mjs,ts}',
    'test/**/*.ts',
    'bench/**/*.ts',
  ],
  // one schema has the names of its component and of each operation that uses it
  ignore: ['client/generated/**'],
  // the generated Prisma client imports it
  ignoreDependencies: [
    '@prisma/client',
    // of pages that are being written
    '@mantine/dates',
    'dayjs',
  ].map((name) => new RegExp(`^${name}$`)),
  ignoreBinaries: ['apt-get', 'mount', 'openssl', 'umount'],
  // types that stand in a public signature are exported beside it
  ignoreExportsUsedInFile: { interface: true, type: true },
} satisfies KnipConfig;
