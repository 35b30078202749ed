// @ts-check
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const WATCHDOG = fileURLToPath(new URL('watchdog.mjs', import.meta.url));

/** @type {import('node:stream').Writable | undefined} */
let watchdog;

/**
 * Tells this process's watchdog, started on first use and without keeping this process alive.
 *
 * @param {object} message
 */
function send(message) {
  if (!watchdog) {
    const child = spawn(process.execPath, [WATCHDOG], { detached: true, cwd: '/', stdio: ['pipe', 'ignore', 'ignore'] });
    child.unref();
    // a killed watchdog must not end its owner
    child.stdin.on('error', () => {});
    /** @type {import('node:net').Socket} */ (child.stdin).unref();
    watchdog = child.stdin;
  }
  watchdog.write(`${JSON.stringify(message)}\n`);
}

/**
 * From now on, if this process dies in any way, `pid` gets `signal`, and SIGKILL if that does not end it.
 *
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
export function guardProcess(pid, signal) {
  send({ watch: pid, signal });
}

/** @param {number} pid a process that has ended: its number may be another's now */
export function releaseProcess(pid) {
  send({ forget: pid });
}

/**
 * From now on, if this process dies in any way, `folder` is deleted after its processes have ended.
 *
 * @param {string} folder
 */
export function guardFolder(folder) {
  send({ folder });
}

/** @param {string} folder */
export function releaseFolder(folder) {
  send({ release: folder });
}
