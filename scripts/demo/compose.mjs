// @ts-check
// Postgres and Redis in containers of the demo's own.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** @typedef {import('../servers.mjs').Kind} Kind */

const FILE = fileURLToPath(new URL('docker-compose.yml', import.meta.url));
const COMPOSE = ['compose', '--project-name', 'passwire-demo', '--file', FILE];

/** Whether there is Compose and an engine that it reaches. */
export function hasCompose() {
  const commands = [['compose', 'version'], ['info']];
  return commands.every((args) => spawnSync('docker', args, { stdio: 'ignore' }).status === 0);
}

/**
 * @param {readonly Kind[]} kinds
 * @param {(line: string) => void} say
 */
export async function composeUp(kinds, say) {
  say('starting Postgres and Redis in containers (docker compose)');
  const stop = async () => void docker(['down', '--volumes', '--timeout', '5']);
  await stop(); // what a demo left that was killed
  docker(['up', '--detach', '--wait', ...kinds]);
  const urls = {
    postgres: () => `postgresql://passwire:passwire@${address('postgres', 5432)}/postgres`,
    redis: () => `redis://${address('redis', 6379)}/0`,
  };
  return { urls: Object.fromEntries(kinds.map((kind) => [kind, urls[kind]()])), described: 'containers', stop };
}

/**
 * @param {Kind} kind
 * @param {number} port
 */
function address(kind, port) {
  return docker(['port', kind, String(port)]).trim();
}

/** @param {string[]} args */
function docker(args) {
  const { status, stdout, stderr, error } = spawnSync('docker', [...COMPOSE, ...args], { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`docker compose ${args.join(' ')} failed:\n${stderr}`);
  return stdout;
}
