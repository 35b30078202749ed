// @ts-check
// Private Postgres and Redis for the demo and the tests: free ports of 127.0.0.1, data in a folder of their own, gone with
// the process that started them. No dependencies, since this runs before anything is installed. Node 20 or newer.
import { rmSync } from 'node:fs';
import { makeFolder, serverAccount } from './servers/account.mjs';
import { guardFolder, releaseFolder } from './servers/guard.mjs';
import { startPostgres } from './servers/postgres.mjs';
import { findPrograms } from './servers/programs.mjs';
import { startRedis } from './servers/redis.mjs';

export { freePort, isFree } from './servers/ports.mjs';
export { findOrInstallPrograms, findPrograms, MissingPrograms } from './servers/programs.mjs';

/** @typedef {import('./servers/server.mjs').Server} Server */
/** @typedef {import('./servers/programs.mjs').Programs} Programs */

/**
 * @typedef {object} Servers
 * @property {Server} postgres its `url` names the database `postgres`, as a superuser
 * @property {Server} redis
 * @property {string} folder
 * @property {() => Promise<void>} stop stops both and deletes the folder
 */

/**
 * Starts both servers and waits until they answer.
 *
 * @param {object} [options]
 * @param {Programs} [options.programs] found on this machine if absent
 * @param {string} [options.folder] emptied first; else, and where servers cannot reach it, one among the temporary files
 * @param {Record<string, string>} [options.postgres] settings, for example `{ fsync: 'off' }`
 * @param {Record<string, string>} [options.redis] settings, for example `{ appendonly: 'yes' }`
 * @returns {Promise<Servers>}
 * @throws {import('./servers/programs.mjs').MissingPrograms} when there are no programs
 */
export async function startServers(options = {}) {
  const programs = options.programs ?? findPrograms();
  const account = serverAccount();
  const folder = makeFolder(account, options.folder);
  guardFolder(folder);
  /** @type {Server[]} */
  const started = [];
  const stop = async () => {
    await Promise.all(started.map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    releaseFolder(folder);
  };
  try {
    const both = { programs, account, folder };
    const starting = /** @type {const} */ ([
      startPostgres({ ...both, settings: options.postgres ?? {} }),
      startRedis({ ...both, settings: options.redis ?? {} }),
    ]);
    for (const one of starting) one.then((server) => started.push(server)).catch(() => {});
    await Promise.allSettled(starting);
    const [postgres, redis] = await Promise.all(starting);
    return { postgres, redis, folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
