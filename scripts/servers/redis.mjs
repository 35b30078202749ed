// @ts-check
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { owned } from './account.mjs';
import { freePort } from './ports.mjs';
import { Server } from './server.mjs';

const ANSWER_MS = 1000;
/** In cluster mode Redis also listens on a port this far above its own. */
const CLUSTER_BUS = 10_000;

/**
 * Starts an empty Redis with its data below `folder`: loopback only, password required, never evicting (BullMQ's condition).
 *
 * @param {object} wanted
 * @param {string} wanted.program
 * @param {import('./account.mjs').Account} wanted.account
 * @param {string} wanted.folder
 * @param {Record<string, string>} [wanted.settings] as in redis.conf, for example `{ appendonly: 'yes' }`; without, a restart is empty
 */
export async function startRedis({ program, account, folder, settings = {} }) {
  const data = join(folder, 'redis');
  mkdirSync(data, { mode: 0o700 });
  owned(data, account);
  const port = await freePort(settings['cluster-enabled'] === 'yes' ? CLUSTER_BUS : 0);
  const password = randomBytes(16).toString('hex');
  const all = {
    bind: '127.0.0.1',
    port: String(port),
    requirepass: password,
    dir: `"${data}"`,
    save: '""',
    appendonly: 'no',
    'maxmemory-policy': 'noeviction',
    ...settings,
  };
  // In a file, because every user of the machine can read a command line.
  const config = join(folder, 'redis.conf');
  const text = Object.entries(all).map(([name, value]) => `${name} ${value}\n`);
  writeFileSync(config, text.join(''), { mode: 0o600 });
  owned(config, account);
  const server = new Server({
    name: 'redis',
    program,
    args: [config],
    folder: data,
    logFile: join(folder, 'redis.log'),
    account,
    stopSignal: 'SIGTERM',
    answers: (pid) => isAnsweredBy(pid, port, password),
    url: `redis://:${password}@127.0.0.1:${port}/0`,
    port,
  });
  await server.start();
  return server;
}

/**
 * Asks who listens on the port, so that another server there is not taken for ours.
 *
 * @param {number} pid
 * @param {number} port
 * @param {string} password
 * @returns {Promise<boolean>}
 */
function isAnsweredBy(pid, port, password) {
  return new Promise((resolve) => {
    let text = '';
    const socket = createConnection(port, '127.0.0.1');
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
    socket.on('connect', () => socket.write(`AUTH ${password}\r\nINFO server\r\nINFO persistence\r\nQUIT\r\n`));
    socket.on('data', (chunk) => (text += chunk));
    socket.on('error', () => {});
    socket.on('close', () => resolve(text.includes(`\nprocess_id:${pid}\r`) && text.includes('\nloading:0\r')));
  });
}
