// @ts-check
import { readFileSync } from 'node:fs';

/**
 * Whether a process runs. One that ended stays in the table until its parent asks for its status, and the parent of an
 * orphan, process 1, may take its time or never ask (in a container): state Z, which is not alive.
 *
 * @param {number} pid
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return process.platform !== 'linux';
  }
}
