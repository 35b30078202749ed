// @ts-check
// `npm test`: all tests, or those that the arguments name, on private servers that are removed afterwards. Arguments go to
// Vitest: `npm test -- test/unit`, `npm test -- -t mapping`. `npm test -- --watch FILE` stays, and runs the file again
// whenever it or what it imports changes; `q` or Ctrl-C ends that.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ensureConsole } from './build-console.mjs';
import { ensureInstalled, NODE, ROOT, report } from './install.mjs';
import { guardProcess, releaseProcess } from './servers/guard.mjs';
import { findOrInstallPrograms, KINDS, startServers } from './servers.mjs';

// What is slow and makes data safe on a crash of the machine; a killed server loses nothing without it.
const FAST = { fsync: 'off', full_page_writes: 'off' };

const isWatch = process.argv.includes('--watch');
const args = process.argv.slice(2).filter((arg) => arg !== '--watch');
/** @type {import('node:child_process').ChildProcess | undefined} */
let vitest;
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  // This process stays until Vitest has ended, and then cleans up.
  process.on(signal, () => vitest?.kill('SIGTERM') ?? process.exit(1));
}

try {
  ensureInstalled();
  if (needsServers()) ensureConsole();
  process.exitCode = needsServers() ? await runOnServers() : await runVitest({});
} catch (error) {
  report(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/** Unit tests touch no server, so a run of nothing else starts none. */
function needsServers() {
  const folders = args.filter((arg) => arg.startsWith('test/'));
  return folders.length === 0 || !folders.every((folder) => /^test\/unit(\/|$)/.test(folder));
}

async function runOnServers() {
  const servers = await startServers({ programs: findOrInstallPrograms(KINDS, report), postgres: FAST });
  try {
    return await runVitest({ TEST_DATABASE_URL: servers.postgres.url, TEST_REDIS_URL: servers.redis.url });
  } finally {
    await servers.stop();
  }
}

/**
 * @param {Record<string, string>} urls
 * @returns {Promise<number>} Vitest's exit code
 */
async function runVitest(urls) {
  // Tests flush and restart servers: never those that the environment names.
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...env } = process.env;
  vitest = spawn(NODE, [join(ROOT, 'node_modules/vitest/vitest.mjs'), isWatch ? 'watch' : 'run', ...args], {
    cwd: ROOT,
    env: { ...env, ...urls },
    stdio: 'inherit',
    detached: true, // Ctrl-C comes here, and goes on from here once
  });
  const pid = vitest.pid ?? 0;
  guardProcess(pid, 'SIGTERM');
  const [code] = await once(vitest, 'exit');
  releaseProcess(pid);
  vitest = undefined;
  return code ?? 1;
}
