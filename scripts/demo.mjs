// @ts-check
// `npm run demo`: Passwire at work on this machine, from nothing; `npm run demo -- --once` ends by itself and tells by its
// exit code whether every delivery is where it should be. This file provides packages and servers and needs neither;
// scripts/demo/main.ts is the demo itself.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { provideServers } from './demo/provide.mjs';
import { ensureInstalled, NODE, ROOT, say } from './install.mjs';
import { guardProcess, releaseProcess } from './servers/guard.mjs';

/** @type {import('node:child_process').ChildProcess | undefined} */
let demo;
let stopping = false;
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    stopping = true;
    demo?.kill('SIGTERM'); // this process stays until the demo has ended, and then stops the servers
  });
}

try {
  ensureInstalled();
  const servers = await provideServers(say);
  try {
    if (!stopping) process.exitCode = await runDemo(servers);
  } finally {
    await servers.stop();
  }
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/**
 * @param {import('./demo/provide.mjs').Provided} servers
 * @returns {Promise<number>} the demo's exit code
 */
async function runDemo({ databaseUrl, redisUrl, described }) {
  demo = spawn(NODE, [join(ROOT, 'scripts/demo/main.ts'), ...process.argv.slice(2)], {
    cwd: ROOT,
    env: { ...process.env, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, DEMO_SERVERS: described },
    stdio: 'inherit',
    detached: true, // Ctrl-C comes here, and goes on from here once
  });
  const pid = demo.pid ?? 0;
  guardProcess(pid, 'SIGTERM');
  const [code] = await once(demo, 'exit');
  releaseProcess(pid);
  return code ?? 1;
}
