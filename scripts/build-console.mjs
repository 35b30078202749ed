// @ts-check
// Builds the console into console/dist, where the API serves it from, unless the build is newer than all that it is made of.
// Also a program: `node scripts/build-console.mjs`.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE, ROOT, report } from './install.mjs';

const BUILT = join(ROOT, 'console/dist/index.html');
const SOURCES = [
  'console/src',
  'console/index.html',
  'console/docs.html',
  'console/vite.config.ts',
  'docs',
  'client',
  'package-lock.json',
];

/** @throws {Error} when the build fails; its output is on the terminal */
export function ensureConsole() {
  if (existsSync(BUILT) && statSync(BUILT).mtimeMs > Math.max(...SOURCES.map((path) => newest(join(ROOT, path))))) return;
  report('building the console, a few seconds');
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  const { status, error } = spawnSync(NODE, [vite, 'build', 'console', '--logLevel', 'warn'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (error) throw error;
  if (status !== 0) throw new Error('the console could not be built');
}

/**
 * @param {string} path
 * @returns {number} when it or anything in it changed last, in Unix milliseconds
 */
function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureConsole();
