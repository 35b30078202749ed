import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../../prisma/migrate.ts';
import { type Servers, startServers } from '../../scripts/servers.mjs';
import { CalledProcess } from '../support/called-process.ts';
import { type Client, makeTenant, testEnv } from '../support/client.ts';
import type { Env } from '../support/node-process.ts';
import { eventually } from '../support/poll.ts';
import { type ApiProcess, startApi, startWorker, type TestProcess } from '../support/process.ts';
import type { ReceiverCommands } from './actors/receiver.ts';
import { SmallDisk } from './small-disk.ts';

/** Crash-safe, as in production. */
const DURABLE: Record<string, string> = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };
/** So that its log of transactions leaves room for data on a small disk. */
const SMALL = { max_wal_size: '64MB', min_wal_size: '32MB' };
const WORKERS = 2;
const LAST_LINES = 40;

/** A Passwire of which everything can be broken: servers, API, workers and receiver of its own, each a process. */
export class Installation {
  readonly servers: Servers;
  readonly receiver: CalledProcess<ReceiverCommands>;
  readonly #disk: SmallDisk | undefined;
  readonly #env: Env;
  readonly #processes: TestProcess[] = [];
  #api: ApiProcess | undefined;

  private constructor(servers: Servers, env: Env, disk: SmallDisk | undefined) {
    this.servers = servers;
    this.#disk = disk;
    const { postgres, redis, folder } = servers;
    const { RECOVER_INTERVAL_MS: _, ...usual } = testEnv(); // as long as in production, unless a scenario says otherwise
    this.#env = { ...usual, DATABASE_URL: postgres.url, REDIS_URL: redis.url, ...env };
    const script = 'test/chaos/actors/receiver.ts';
    this.receiver = new CalledProcess({ name: 'receiver', script, logFile: join(folder, 'receiver.log') });
  }

  /**
   * Servers and receiver; API and workers come with `startProcesses`.
   *
   * @param diskMiB the size of the disk that the servers have for themselves; default: they share the machine's
   */
  static async start(env: Env, diskMiB?: number): Promise<Installation> {
    const disk = diskMiB === undefined ? undefined : SmallDisk.mount(diskMiB);
    const folder = disk && { folder: join(disk.folder, 'servers') };
    try {
      const servers = await startServers({ postgres: { ...DURABLE, ...(disk && SMALL) }, ...folder });
      try {
        await migrate(servers.postgres.url);
        return new Installation(servers, env, disk);
      } catch (error) {
        await servers.stop();
        throw error;
      }
    } catch (error) {
      disk?.unmount();
      throw error;
    }
  }

  /** The disk that the servers have for themselves. */
  get disk(): SmallDisk {
    if (!this.#disk) throw new Error('the servers share the disk of the machine');
    return this.#disk;
  }

  /** The API that was started last. */
  get api(): ApiProcess {
    if (!this.#api) throw new Error('the API is there when it was started');
    return this.#api;
  }

  /** The workers that run now, the one that was started first in front. */
  get workers(): readonly TestProcess[] {
    return this.#processes.filter(({ name, running }) => name === 'worker' && running);
  }

  /** Starts what does not run of an API and two workers. */
  async startProcesses(): Promise<void> {
    const missing = Array.from({ length: Math.max(0, WORKERS - this.workers.length) }, () => this.startWorker());
    const api = this.#api?.running ? this.#api : startApi(this.#env, (started) => this.#processes.push(started));
    [this.#api] = await Promise.all([api, ...missing]);
  }

  startWorker(): Promise<TestProcess> {
    return startWorker(this.#env, (started) => this.#processes.push(started));
  }

  /** A new tenant, and a client with a key of it that speaks to the API of the moment. */
  makeTenant(): Promise<Client> {
    // a server that has just started on a busy machine may be too slow at first
    return eventually(() => makeTenant(() => this.api.url, this.#env), { what: 'a tenant' });
  }

  /** Asks the database itself. @throws Error while it is unavailable */
  async query<Row extends object>(sql: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.servers.postgres.url });
    client.on('error', () => {}); // the query under way fails with it
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  /** The last that each process wrote, for when something went wrong. */
  get lastWords(): string {
    const processes = this.#processes.map(({ name, output }) => [name, output] as const);
    return [...processes, ['receiver', this.receiver.log] as const]
      .map(([name, output]) => `---- ${name} ----\n${output.split('\n').slice(-LAST_LINES).join('\n')}`)
      .join('\n');
  }

  /** Ends everything and deletes its data. */
  async stop(): Promise<void> {
    await Promise.all([...this.#processes.map((one) => one.kill()), this.receiver.kill()]);
    await this.servers.stop();
    this.#disk?.unmount();
  }
}
