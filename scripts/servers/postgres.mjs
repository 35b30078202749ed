// @ts-check
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { owned } from './account.mjs';
import { guardProcess, releaseProcess } from './guard.mjs';
import { freePort } from './ports.mjs';
import { Server } from './server.mjs';

const USER = 'passwire';
const STATUS_LINE = 7;

/**
 * Makes an empty cluster below `folder` and starts it: loopback only, password required, no Unix socket.
 *
 * @param {object} wanted
 * @param {string} wanted.program the server, with `initdb` beside it
 * @param {import('./account.mjs').Account} wanted.account
 * @param {string} wanted.folder
 * @param {Record<string, string>} [wanted.settings] as in postgresql.conf, for example `{ fsync: 'off' }`
 */
export async function startPostgres({ program, account, folder, settings = {} }) {
  const data = join(folder, 'postgres');
  const password = randomBytes(16).toString('hex');
  await initialise({ initdb: join(dirname(program), 'initdb'), account, folder, data, password });
  const port = await freePort();
  const all = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '128MB',
    log_timezone: 'UTC',
    timezone: 'UTC',
    ...settings,
  };
  const server = new Server({
    name: 'postgres',
    program,
    args: ['-D', data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    folder: data,
    logFile: join(folder, 'postgres.log'),
    account,
    stopSignal: 'SIGINT', // "fast": open connections are ended
    answers: (pid) => isReady(data, pid),
    url: `postgresql://${USER}:${password}@127.0.0.1:${port}/postgres`,
    port,
  });
  await server.start();
  return server;
}

/**
 * @param {object} wanted
 * @param {string} wanted.initdb
 * @param {import('./account.mjs').Account} wanted.account
 * @param {string} wanted.folder
 * @param {string} wanted.data
 * @param {string} wanted.password
 */
async function initialise({ initdb, account, folder, data, password }) {
  mkdirSync(data, { mode: 0o700 });
  owned(data, account);
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  owned(passwordFile, account);
  const args = ['-D', data, '-U', USER, '--pwfile', passwordFile, '--auth', 'scram-sha-256'];
  const child = spawn(initdb, [...args, '-E', 'UTF8', '--locale', 'C', '--no-sync', '--no-instructions'], {
    ...account,
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  if (child.pid) guardProcess(child.pid, 'SIGTERM');
  const [status] = await once(child, 'close');
  if (child.pid) releaseProcess(child.pid);
  rmSync(passwordFile);
  if (status !== 0) throw new Error(`initdb failed:\n${output}`);
}

/**
 * What pg_ctl relies on: the server itself writes its state into postmaster.pid, and its own process id, so that the file of
 * a former life is not taken for this one's.
 *
 * @param {string} data
 * @param {number} pid
 */
function isReady(data, pid) {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[STATUS_LINE]?.trim() === 'ready';
  } catch {
    return false;
  }
}
