// @ts-check
// Postgres and Redis in containers of a program's own.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** @typedef {import('../servers.mjs').Kind} Kind */

const FILE = fileURLToPath(new URL('docker-compose.yml', import.meta.url));

/** Whether there is Compose and an engine that it reaches. */
export function hasCompose() {
  const commands = [['compose', 'version'], ['info']];
  return commands.every((args) => spawnSync('docker', args, { stdio: 'ignore' }).status === 0);
}

/**
 * @param {readonly Kind[]} kinds
 * @param {string} name of the program
 * @param {(line: string) => void} report
 */
export async function composeUp(kinds, name, report) {
  report('starting Postgres and Redis in containers (docker compose)');
  const stop = async () => void docker(name, ['down', '--volumes', '--timeout', '5']);
  await stop(); // what a run left that was killed
  docker(name, ['up', '--detach', '--wait', ...kinds]);
  const urls = {
    postgres: () => `postgresql://passwire:passwire@${address(name, 'postgres', 5432)}/postgres`,
    redis: () => `redis://${address(name, 'redis', 6379)}/0`,
  };
  return { urls: Object.fromEntries(kinds.map((kind) => [kind, urls[kind]()])), described: 'containers', stop };
}

/**
 * @param {string} name
 * @param {Kind} kind
 * @param {number} port
 */
function address(name, kind, port) {
  return docker(name, ['port', kind, String(port)]).trim();
}

/**
 * @param {string} name
 * @param {string[]} args
 */
function docker(name, args) {
  const compose = ['compose', '--project-name', `passwire-${name}`, '--file', FILE];
  const { status, stdout, stderr, error } = spawnSync('docker', [...compose, ...args], { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`docker compose ${args.join(' ')} failed:\n${stderr}`);
  return stdout;
}
