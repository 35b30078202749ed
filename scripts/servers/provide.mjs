// @ts-check
// Postgres and Redis for a program, from the first of: the environment, private instances, Debian's packages, Docker.
import { join } from 'node:path';
import { ROOT } from '../install.mjs';
import { findOrInstallPrograms, KINDS, MissingPrograms, startServers } from '../servers.mjs';
import { composeUp, hasCompose } from './compose.mjs';

/** @typedef {import('../servers.mjs').Kind} Kind */

/**
 * @typedef {object} Provided
 * @property {string} databaseUrl
 * @property {string} redisUrl
 * @property {string} described where the servers are from, in words
 * @property {() => Promise<void>} stop stops what was started, nothing else
 */

/** @typedef {{ urls: Partial<Record<Kind, string>>, described: string, stop: () => Promise<void> }} Source */

const VARIABLES = { postgres: 'DATABASE_URL', redis: 'REDIS_URL' };

/**
 * @param {string} name what the servers are for, in the names of their folder and containers
 * @param {(line: string) => void} report
 * @returns {Promise<Provided>}
 * @throws {MissingPrograms} saying what to install
 */
export async function provideServers(name, report) {
  const given = { postgres: process.env.DATABASE_URL, redis: process.env.REDIS_URL };
  const wanted = KINDS.filter((kind) => !given[kind]);
  const named = KINDS.filter((kind) => given[kind]).map((kind) => VARIABLES[kind]);
  const started = wanted.length > 0 ? await start(wanted, name, report) : undefined;
  const described = [...(named.length > 0 ? [`from ${named.join(' and ')}`] : []), ...(started ? [started.described] : [])];
  return {
    databaseUrl: given.postgres || (started?.urls.postgres ?? ''),
    redisUrl: given.redis || (started?.urls.redis ?? ''),
    described: described.join('; '),
    stop: async () => started?.stop(),
  };
}

/**
 * @param {readonly Kind[]} kinds
 * @param {string} name
 * @param {(line: string) => void} report
 * @returns {Promise<Source>}
 */
async function start(kinds, name, report) {
  try {
    return await startPrivate(kinds, name, report);
  } catch (error) {
    if (!(error instanceof MissingPrograms) || !hasCompose()) throw error;
    return await composeUp(kinds, name, report);
  }
}

/**
 * @param {readonly Kind[]} kinds
 * @param {string} name
 * @param {(line: string) => void} report
 * @returns {Promise<Source>}
 */
async function startPrivate(kinds, name, report) {
  const programs = findOrInstallPrograms(kinds, report);
  // By process, so that two runs from one clone do not share data.
  const wanted = join(ROOT, '.passwire', `${name}-${process.pid}`);
  const { folder, stop, ...servers } = await startServers({ kinds, programs, folder: wanted });
  const urls = Object.fromEntries(kinds.map((kind) => [kind, servers[kind].url]));
  return { urls, described: `private instances, data in ${folder}`, stop };
}
