// @ts-check
// Private Postgres and Redis for the demo and the tests: free ports of 127.0.0.1, data in a folder of their own, removed with
// the process that started them. No dependencies, since this runs before anything is installed. Node 20 or newer.
import { rmSync } from 'node:fs';
import { makeFolder, serverAccount } from './servers/account.mjs';
import { guardFolder, releaseFolder } from './servers/guard.mjs';
import { startPostgres } from './servers/postgres.mjs';
import { findPrograms, MissingPrograms } from './servers/programs.mjs';
import { startRedis } from './servers/redis.mjs';

export { freePort, isFree } from './servers/ports.mjs';
export { findOrInstallPrograms, MissingPrograms } from './servers/programs.mjs';

/** @typedef {import('./servers/server.mjs').Server} Server */
/** @typedef {import('./servers/programs.mjs').Kind} Kind */
/** @typedef {import('./servers/programs.mjs').Programs} Programs */

/**
 * Servers by kind; Postgres' `url` names its database `postgres`, as a superuser. `stop` stops all and deletes the folder.
 *
 * @template {Kind} [K=Kind]
 * @typedef {Record<K, Server> & { readonly folder: string, readonly stop: () => Promise<void> }} Servers
 */

/**
 * @template {Kind} K
 * @typedef {object} StartOptions
 * @property {readonly K[]} [kinds] both if absent
 * @property {Programs} [programs] found on this machine if absent
 * @property {string} [folder] emptied first; else, and where servers cannot reach it, one among the temporary files
 * @property {Record<string, string>} [postgres] settings, for example `{ fsync: 'off' }`
 * @property {Record<string, string>} [redis] settings, for example `{ appendonly: 'yes' }`
 */

const START = { postgres: startPostgres, redis: startRedis };

/** @type {readonly Kind[]} */
export const KINDS = ['postgres', 'redis'];

/**
 * Starts servers and waits until they answer.
 *
 * @template {Kind} [K=Kind]
 * @param {StartOptions<K>} [options]
 * @returns {Promise<Servers<K>>}
 * @throws {import('./servers/programs.mjs').MissingPrograms} when there are no programs
 */
export async function startServers(options = {}) {
  const kinds = /** @type {readonly K[]} */ (options.kinds ?? KINDS);
  const programs = options.programs ?? findPrograms(kinds);
  const account = serverAccount();
  const folder = makeFolder(account, options.folder);
  guardFolder(folder);
  /** @type {Partial<Record<Kind, Server>>} */
  const started = {};
  const stop = async () => {
    await Promise.all(Object.values(started).map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    releaseFolder(folder);
  };
  const starting = kinds.map(async (kind) => {
    const program = programs[kind];
    if (program === undefined) throw new MissingPrograms([kind]);
    started[kind] = await START[kind]({ program, account, folder, settings: options[kind] ?? {} });
  });
  try {
    await Promise.allSettled(starting); // one that fails must not leave the other behind
    await Promise.all(starting);
    return /** @type {Servers<K>} */ (/** @type {unknown} */ ({ ...started, folder, stop }));
  } catch (error) {
    await stop();
    throw error;
  }
}
