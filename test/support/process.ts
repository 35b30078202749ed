import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { guardProcess, releaseProcess } from '../../scripts/servers/guard.mjs';
import { freePort } from '../../scripts/servers.mjs';
import { eventually } from './poll.ts';

const ROOT = join(import.meta.dirname, '../..');
const API = join(ROOT, 'src/main.ts');
const WORKER = join(ROOT, 'workers/main.ts');
const READY_MS = 120_000;
const STOP_MS = 120_000;

export type Env = Readonly<Record<string, string>>;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of the project, run as in production: its own Node, its environment and nothing else. */
export class TestProcess {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #exit: Promise<Exit>;
  #output = '';

  constructor(name: string, script: string, env: Env) {
    this.name = name;
    const { PATH = '' } = process.env;
    this.#child = spawn(process.execPath, [script], {
      cwd: ROOT,
      env: { PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const append = (chunk: Buffer) => {
      this.#output += chunk.toString('utf8');
    };
    this.#child.stdout?.on('data', append);
    this.#child.stderr?.on('data', append);
    this.#exit = once(this.#child, 'close').then(([code, signal]) => ({ code, signal }));
    const { pid } = this.#child;
    if (pid !== undefined) {
      guardProcess(pid, 'SIGKILL');
      this.#child.once('exit', () => releaseProcess(pid));
    }
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`${this.name} was not started`);
    return pid;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Everything it has written so far, standard output and standard error. */
  get output(): string {
    return this.#output;
  }

  /** The JSON lines of its log. */
  get log(): Record<string, unknown>[] {
    return this.#output.split('\n').flatMap((line) => {
      try {
        const entry: unknown = JSON.parse(line);
        return typeof entry === 'object' && entry !== null ? [{ ...entry }] : [];
      } catch {
        return [];
      }
    });
  }

  /** Waits until `ready`; throws with its output when it ends or takes too long instead. */
  async waitUntil(ready: () => boolean | Promise<boolean>): Promise<void> {
    try {
      const outcome = await eventually(async () => (this.running ? (await ready()) && 'ready' : 'ended'), {
        withinMs: READY_MS,
        what: `${this.name} getting ready`,
      });
      if (outcome === 'ended') throw new Error(`${this.name} ended before it was ready`);
    } catch (cause) {
      throw new Error(`${String(cause)}\n${this.#output}`, { cause });
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves when it has ended by itself or by a signal. */
  exit(): Promise<Exit> {
    return this.#exit;
  }

  /** SIGTERM, as an orchestrator stops it. Throws when it does not end within two minutes. */
  async stop(): Promise<Exit> {
    this.signal('SIGTERM');
    const tooLate = new AbortController();
    const exit = await Promise.race([this.#exit, sleep(STOP_MS, undefined, { signal: tooLate.signal })]);
    tooLate.abort();
    if (exit) return exit;
    await this.kill();
    throw new Error(`${this.name} was still running ${STOP_MS} ms after SIGTERM\n${this.#output}`);
  }

  /** kill -9. */
  async kill(): Promise<Exit> {
    this.signal('SIGKILL');
    return await this.#exit;
  }
}

/** An API process; `url` is its base, without a slash at the end. */
export type ApiProcess = TestProcess & { readonly url: string };

/** Told of a process before it is ready. */
type OnStart = (started: TestProcess) => void;

/** Starts an API on a free port, and waits until it answers. */
export async function startApi(env: Env, onStart: OnStart): Promise<ApiProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const started = new TestProcess('api', API, { ...env, HOST: '127.0.0.1', PORT: String(port) });
  onStart(started);
  await started.waitUntil(async () => (await fetch(`${url}/healthz`)).ok);
  return Object.assign(started, { url });
}

/** Starts a worker, and waits until it works. */
export async function startWorker(env: Env, onStart: OnStart): Promise<TestProcess> {
  const started = new TestProcess('worker', WORKER, env);
  onStart(started);
  await started.waitUntil(() => started.log.length > 0);
  return started;
}
