import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { guardProcess, releaseProcess } from '../servers/guard.mjs';

const ROOT = join(import.meta.dirname, '../..');
const STOP_MS = 30_000;
const LOG_TAIL_LINES = 15;

/** A process of Passwire, run as in production; what it logs goes to a file below `.passwire`. */
export class Child {
  readonly name: string;
  readonly logFile: string;
  readonly #process: ChildProcess;
  readonly #ended: Promise<number | null>;

  constructor(name: string, script: string, env: Readonly<Record<string, string>>) {
    this.name = name;
    this.logFile = join(ROOT, '.passwire', `demo-${name}.log`);
    mkdirSync(dirname(this.logFile), { recursive: true });
    const log = openSync(this.logFile, 'w');
    this.#process = spawn(process.execPath, [join(ROOT, script)], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', log, log],
      detached: true, // stopped in order by whoever started it, not by Ctrl-C on its own
    });
    closeSync(log);
    this.#ended = once(this.#process, 'exit').then(([code]) => code);
    const { pid } = this.#process;
    if (pid === undefined) return;
    guardProcess(pid, 'SIGTERM');
    this.#process.once('exit', () => releaseProcess(pid));
  }

  /** Its exit code; null when a signal ended it. */
  get ended(): Promise<number | null> {
    return this.#ended;
  }

  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  async stop(): Promise<void> {
    if (!this.running) return;
    this.#process.kill('SIGTERM');
    const force = setTimeout(() => this.#process.kill('SIGKILL'), STOP_MS);
    await this.#ended;
    clearTimeout(force);
  }

  /** The end of its log, for an error's message. */
  logTail(): string {
    return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
  }
}
