import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { guardProcess, releaseProcess } from '../../scripts/servers/guard.mjs';

export const ROOT = join(import.meta.dirname, '../..');

const STOP_MS = 120_000;

export type Env = Readonly<Record<string, string>>;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface NodeProcessSpec {
  readonly name: string;
  /** Relative to the project's root. */
  readonly script: string;
  readonly args?: readonly string[];
  /** Its environment; it has nothing else but `PATH`. */
  readonly env: Env;
  readonly stdio: StdioOptions;
  /** A module that runs before the script, relative to the project's root. */
  readonly preload?: string | undefined;
  /** What ends it when the process that started it dies. */
  readonly guard?: NodeJS.Signals;
  /** In a process group of its own, where Ctrl-C in the terminal does not reach it. */
  readonly detached?: boolean;
}

/** A process of the project, run as in production, that ends with the process that started it, however that ends. */
export class NodeProcess {
  readonly name: string;
  protected readonly child: ChildProcess;
  readonly #exit: Promise<Exit>;

  constructor({
    name,
    script,
    args: more = [],
    env,
    stdio,
    preload,
    guard = 'SIGKILL',
    detached = false,
  }: NodeProcessSpec) {
    this.name = name;
    const { PATH = '' } = process.env;
    const args = [...(preload === undefined ? [] : ['--import', join(ROOT, preload)]), join(ROOT, script), ...more];
    this.child = spawn(process.execPath, args, { cwd: ROOT, env: { PATH, ...env }, stdio, detached });
    this.#exit = once(this.child, 'close').then(([code, signal]) => ({ code, signal }));
    const { pid } = this.child;
    if (pid === undefined) return;
    guardProcess(pid, guard);
    this.child.once('exit', () => releaseProcess(pid));
  }

  get pid(): number {
    const { pid } = this.child;
    if (pid === undefined) throw new Error(`${this.name} was not started`);
    return pid;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Resolves when it has ended by itself or by a signal, and its output is complete. */
  exit(): Promise<Exit> {
    return this.#exit;
  }

  /** SIGTERM, as an orchestrator stops it. @throws Error when it has to be killed because it does not end within two minutes */
  async stop(): Promise<Exit> {
    this.signal('SIGTERM');
    const tooLate = new AbortController();
    const exit = await Promise.race([this.#exit, sleep(STOP_MS, undefined, { signal: tooLate.signal })]);
    tooLate.abort();
    if (exit) return exit;
    await this.kill();
    throw new Error(`${this.name} was still running ${STOP_MS} ms after SIGTERM`);
  }

  /** kill -9. */
  async kill(): Promise<Exit> {
    this.signal('SIGKILL');
    return await this.#exit;
  }
}
