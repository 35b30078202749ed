// @ts-check
// Generates the Prisma client into src/store/generated. Prisma asks for its schema engine even where none is used (ours is
// plain SQL, see prisma/migrate.ts), and downloads it unless a program is named, so an existing one is.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PRISMA = fileURLToPath(new URL('../node_modules/prisma/build/index.js', import.meta.url));

if (existsSync(PRISMA)) {
  process.exitCode = generate();
} else if (process.env.npm_lifecycle_event === 'postinstall') {
  // `npm ci --omit=dev`: production has the generated client copied in (see Dockerfile), not the CLI, which weighs more
  // than everything else together.
  console.error('passwire: the Prisma client is not generated, since the Prisma CLI is a development package');
} else {
  console.error('passwire: the Prisma CLI is not installed; `npm ci` installs it');
  process.exitCode = 1;
}

/** @returns {number} the exit code */
function generate() {
  const { status, error, stdout, stderr } = spawnSync(process.execPath, [PRISMA, 'generate', '--no-hints'], {
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? process.execPath },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (error) throw error;
  if (status !== 0) console.error(stdout + stderr); // its output on success is of no use
  return status ?? 1;
}
