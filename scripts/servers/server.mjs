// @ts-check
// One server process of ours: started, watched, stopped, killed, frozen, started again on the same port and data.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { guardProcess, releaseProcess } from './guard.mjs';

const START_MS = 60_000;
const STOP_MS = 20_000;
const LOOK_AGAIN_MS = 25;
const START_TRIES = 8;
const LOG_TAIL_CHARS = 2000;

/**
 * @typedef {object} ServerSpec
 * @property {string} name
 * @property {string} program
 * @property {string[]} args
 * @property {string} folder with its data
 * @property {string} logFile
 * @property {import('./account.mjs').Account} account
 * @property {NodeJS.Signals} stopSignal what makes it stop in good order
 * @property {(pid: number) => boolean | Promise<boolean>} answers whether this very process (and no other that took its port) answers
 * @property {string} url
 * @property {number} port
 */

/** A private server. Everything that it does ends with the process that made it. */
export class Server {
  #spec;
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;
  #hasRun = false;
  /** @type {number[]} */
  #frozen = [];

  /** @param {ServerSpec} spec */
  constructor(spec) {
    this.#spec = spec;
    this.name = spec.name;
    /** What clients connect to, credentials included. Stays the same over restarts. */
    this.url = spec.url;
    this.port = spec.port;
    this.folder = spec.folder;
    this.logFile = spec.logFile;
  }

  /** The process's id; undefined while it is not running. */
  get pid() {
    return this.running ? this.#child?.pid : undefined;
  }

  get running() {
    const child = this.#child;
    return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /**
   * Starts it and waits until it answers. A start after a kill may need more than one try: Postgres refuses while a process
   * of its former life still ends.
   *
   * @throws {Error} with the end of its log
   */
  async start() {
    if (this.running) return;
    const tries = this.#hasRun ? START_TRIES : 1;
    for (let tried = 1; tried <= tries; tried++) {
      if (await this.#startOnce()) return;
      await sleep(100 * tried);
    }
    throw new Error(`${this.name} does not start:\n${this.#logTail()}`);
  }

  async #startOnce() {
    const { program, args, folder, logFile, account, stopSignal, answers } = this.#spec;
    const log = openSync(logFile, 'a');
    const child = spawn(program, args, { ...account, cwd: folder, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    this.#child = child;
    await once(child, 'spawn');
    const pid = /** @type {number} */ (child.pid);
    guardProcess(pid, stopSignal);
    child.once('exit', () => releaseProcess(pid));
    child.unref();
    const giveUpAt = Date.now() + START_MS;
    while (this.running) {
      if (await answers(pid)) {
        this.#hasRun = true;
        return true;
      }
      if (Date.now() > giveUpAt) await this.kill();
      else await sleep(LOOK_AGAIN_MS);
    }
    return false;
  }

  /** Stops it in good order, by force if that takes too long. */
  async stop() {
    await this.#end(this.#spec.stopSignal);
  }

  /**
   * Kills it and waits until it has ended.
   *
   * @param {NodeJS.Signals} signal
   */
  async kill(signal = 'SIGKILL') {
    await this.#end(signal);
  }

  /** Stops and starts it: same URL, same data. */
  async restart() {
    await this.stop();
    await this.start();
  }

  /** Makes it hang with all its processes (Postgres has one for each connection): connections stay open and are not answered. */
  freeze() {
    const { pid } = this;
    if (pid === undefined) return;
    signal(pid, 'SIGSTOP'); // first, so that it starts no more children
    this.#frozen = [pid, ...childrenOf(pid)];
    for (const one of this.#frozen) signal(one, 'SIGSTOP');
  }

  thaw() {
    for (const one of this.#frozen) signal(one, 'SIGCONT');
    this.#frozen = [];
  }

  /** @param {NodeJS.Signals} signal */
  async #end(signal) {
    const child = this.#child;
    if (!child || !this.running) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    this.thaw(); // a frozen process takes no signal but SIGKILL
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(force);
  }

  #logTail() {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8').slice(-LOG_TAIL_CHARS) : '(it wrote no log)';
  }
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} name
 */
function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended
  }
}

/**
 * The child processes, where the system has /proc.
 *
 * @param {number} parent
 */
function childrenOf(parent) {
  if (!existsSync('/proc/self/stat')) return [];
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && parentOf(entry) === parent)
    .map(Number);
}

/** @param {string} pid */
function parentOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]); // the name in brackets may hold anything
  } catch {
    return undefined; // it has ended
  }
}
