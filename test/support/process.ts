import { freePort } from '../../scripts/servers.mjs';
import { type Env, NodeProcess } from './node-process.ts';
import { eventually } from './poll.ts';

const API = 'src/main.ts';
const WORKER = 'workers/main.ts';
const READY_MS = 120_000;

/** A process of the project whose output a test can read. */
export class TestProcess extends NodeProcess {
  #output = '';

  constructor(name: string, script: string, env: Env, args: readonly string[] = []) {
    super({ name, script, args, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const append = (chunk: Buffer) => {
      this.#output += chunk.toString('utf8');
    };
    this.child.stdout?.on('data', append);
    this.child.stderr?.on('data', append);
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
}

/** An API process; `url` is its base, without a slash at the end. */
export type ApiProcess = TestProcess & { readonly url: string };

/** Told of a process before it is ready. */
type OnStart = (started: TestProcess) => void;

/** Starts an API on `PORT`, or else on a free port, and waits until it answers. */
export async function startApi(env: Env, onStart: OnStart): Promise<ApiProcess> {
  const port = env.PORT ?? (await freePort());
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
