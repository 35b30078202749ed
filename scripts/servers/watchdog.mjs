// @ts-check
// Ends servers and deletes folders whose owner died without doing it, killed -9 included: the owner holds the other end of
// this process's standard input, which the system closes with it. Started by guard.mjs, detached, so that
// Ctrl-C in the terminal leaves it to do its work.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './alive.mjs';

const GRACE_MS = 10_000;
const LOOK_AGAIN_MS = 50;

/** @type {Map<number, NodeJS.Signals>} */
const processes = new Map();
/** @type {Set<string>} */
const folders = new Set();

for await (const line of createInterface({ input: process.stdin })) {
  const { watch, signal, forget, folder, release } = JSON.parse(line);
  if (watch !== undefined) processes.set(watch, signal);
  if (forget !== undefined) processes.delete(forget);
  if (folder !== undefined) folders.add(folder);
  if (release !== undefined) folders.delete(release);
}

await Promise.all([...processes].map(([pid, signal]) => end(pid, signal)));
for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });

/**
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
async function end(pid, signal) {
  send(pid, 'SIGCONT'); // a frozen process takes no other signal
  send(pid, signal);
  for (let waitedMs = 0; waitedMs < GRACE_MS; waitedMs += LOOK_AGAIN_MS) {
    if (!isAlive(pid)) return;
    await sleep(LOOK_AGAIN_MS);
  }
  send(pid, 'SIGKILL');
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}
