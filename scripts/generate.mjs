// Generates the Prisma client. Prisma asks for its schema engine even where none is used (ours is plain SQL, see
// prisma/migrate.ts), and downloads it if told nothing, so an existing program is named instead.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const prisma = join(dirname(createRequire(import.meta.url).resolve('prisma/package.json')), 'build', 'index.js');
const { status, error, stdout, stderr } = spawnSync(process.execPath, [prisma, 'generate', '--no-hints'], {
  env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? process.execPath },
  stdio: ['ignore', 'pipe', 'pipe'],
  encoding: 'utf8',
});
if (error) throw error;
if (status !== 0) console.error(stdout + stderr); // what it says when all is well is of no use
process.exit(status ?? 1);
