// @ts-check
// Runs a program of this project on Postgres and Redis. Needs neither packages nor servers to begin with: it provides both.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ensureConsole } from './build-console.mjs';
import { ensureInstalled, NODE, ROOT, report } from './install.mjs';
import { guardProcess, releaseProcess } from './servers/guard.mjs';
import { provideServers } from './servers/provide.mjs';

/**
 * Provides packages and servers, runs `script` on them with this process's arguments, and stops what was started, on Ctrl-C
 * too. The script gets DATABASE_URL, REDIS_URL and SERVERS, which describes where they are; its exit code becomes this
 * process's.
 *
 * @param {string} name what the servers are for, in the names of their folder and containers
 * @param {string} script relative to the project's root
 */
export async function runWithServers(name, script) {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child;
  let stopping = false;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      stopping = true;
      child?.kill('SIGTERM'); // this process stays until the script has ended, and then stops the servers
    });
  }
  try {
    ensureInstalled();
    ensureConsole();
    const servers = await provideServers(name, report);
    try {
      if (stopping) return;
      child = start(script, servers);
      const pid = child.pid ?? 0;
      guardProcess(pid, 'SIGTERM');
      const [code] = await once(child, 'exit');
      releaseProcess(pid);
      process.exitCode = code ?? 1;
    } finally {
      await servers.stop();
    }
  } catch (error) {
    report(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

/**
 * @param {string} script
 * @param {import('./servers/provide.mjs').Provided} servers
 */
function start(script, { databaseUrl, redisUrl, described }) {
  return spawn(NODE, [join(ROOT, script), ...process.argv.slice(2)], {
    cwd: ROOT,
    env: { ...process.env, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, SERVERS: described },
    stdio: 'inherit',
    detached: true, // Ctrl-C comes to this process, and is passed on once
  });
}
