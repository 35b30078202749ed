// @ts-check
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below every system's ephemeral range (Linux from 32768, macOS from 49152): a client that dials again and again a server which is
// down would otherwise be given the server's port for its own end, connect to itself and block the server's return.
const FIRST = 20_000;
const LAST = 32_000;
const TRIES = 50;

/**
 * A port of 127.0.0.1 without a listener.
 *
 * @param {number} [besides] the port this far above it has no listener either
 * @returns {Promise<number>}
 */
export async function freePort(besides = 0) {
  for (let tried = 0; tried < TRIES; tried++) {
    const port = randomInt(FIRST, LAST - besides);
    if ((await isFree(port)) && (besides === 0 || (await isFree(port + besides)))) return port;
  }
  throw new Error(`no free port on 127.0.0.1 between ${FIRST} and ${LAST}`);
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
