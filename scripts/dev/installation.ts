import { type Env, NodeProcess } from '../../test/support/node-process.ts';
import { eventually } from '../../test/support/poll.ts';

const OUTPUT = ['ignore', 'inherit', 'inherit'] as const;
const PROCESSES = { api: 'src/main.ts', worker: 'workers/main.ts' } as const;

/** API and worker of a developer, whose logs go to the terminal. */
export class DevInstallation {
  readonly #url: string;
  readonly #env: Env;
  #running: readonly NodeProcess[] = [];

  constructor(url: string, env: Env) {
    this.#url = url;
    this.#env = env;
  }

  /** @throws Error when a migration fails; its reason is on the terminal */
  async migrate(): Promise<void> {
    const stdio = ['ignore', 'ignore', 'inherit'] as const;
    const migration = new NodeProcess({ name: 'migrate', script: 'prisma/migrate.ts', env: this.#env, stdio: [...stdio] });
    if ((await migration.exit()).code !== 0) throw new Error('the migration failed');
  }

  /**
   * Starts both, and waits until the API is ready.
   *
   * @returns why they do not run, undefined when they do
   */
  async start(): Promise<string | undefined> {
    this.#running = Object.entries(PROCESSES).map(
      ([name, script]) =>
        new NodeProcess({ name, script, env: this.#env, stdio: [...OUTPUT], guard: 'SIGTERM', detached: true }),
    );
    try {
      const outcome = await eventually(
        async () => {
          const ended = this.#running.find(({ running }) => !running);
          return ended ?? ((await fetch(`${this.#url}/readyz`)).ok && 'ready');
        },
        { what: 'the API getting ready' },
      );
      return outcome === 'ready' ? undefined : `the ${outcome.name} process ended`;
    } catch (error) {
      return String(error);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#running.map((one) => (one.running ? one.stop() : undefined)));
  }
}
