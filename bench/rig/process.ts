import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { guardProcess, releaseProcess } from '../../scripts/servers/guard.mjs';
import type { Commands, Reply } from './calls.ts';

export const ROOT = join(import.meta.dirname, '../..');

const STOP_MS = 10_000;
const LOG_TAIL_CHARS = 3000;

export interface ProcessSpec {
  readonly name: string;
  /** Relative to the project's root. */
  readonly script: string;
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A module that runs before the script, as `bench/preload/...`. */
  readonly preload?: string | undefined;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** A Node process of its own, ended with the bench whatever becomes of it, that answers the commands `C`. */
export class BenchProcess<C extends Commands = Commands> {
  readonly name: string;
  readonly logFile: string;
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  #calls = 0;

  constructor({ name, script, logFile, env = {}, preload }: ProcessSpec) {
    this.name = name;
    this.logFile = logFile;
    const log = openSync(logFile, 'a');
    const { PATH = '' } = process.env;
    const args = [...(preload === undefined ? [] : ['--import', join(ROOT, preload)]), join(ROOT, script)];
    this.#child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { PATH, ...env },
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.#child.on('message', (message) => this.#settle(message as Reply));
    this.#child.once('exit', () => this.#end());
    guardProcess(this.pid, 'SIGKILL');
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`${this.name} was not started`);
    return pid;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** @throws Error when the command fails or the process ends first */
  call<K extends keyof C & string>(command: K, ...input: Parameters<C[K]>): Promise<Awaited<ReturnType<C[K]>>> {
    return new Promise((resolve, reject) => {
      if (!this.running) return reject(this.#gone());
      const call = this.#calls++;
      this.#pending.set(call, { resolve: (result) => resolve(result as Awaited<ReturnType<C[K]>>), reject });
      this.#child.send({ call, command, input: input[0] });
    });
  }

  /** SIGTERM, and SIGKILL if that does not end it within 10 s. */
  async stop(): Promise<void> {
    if (!this.running) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const waiting = new AbortController();
    await Promise.race([gone, sleep(STOP_MS, undefined, { signal: waiting.signal }).catch(() => {})]);
    waiting.abort();
    await this.kill();
  }

  async kill(): Promise<void> {
    if (!this.running) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  #settle({ call, result, error }: Reply): void {
    const pending = this.#pending.get(call);
    this.#pending.delete(call);
    if (error === undefined) pending?.resolve(result);
    else pending?.reject(new Error(`${this.name}: ${error}`));
  }

  #end(): void {
    releaseProcess(this.pid);
    for (const { reject } of this.#pending.values()) reject(this.#gone());
    this.#pending.clear();
  }

  #gone(): Error {
    return new Error(`${this.name} ended:\n${this.log.slice(-LOG_TAIL_CHARS)}`);
  }
}
