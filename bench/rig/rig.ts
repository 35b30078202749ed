import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { type Servers, startServers } from '../../scripts/servers.mjs';
import { CalledProcess, type CalledProcessSpec } from '../../test/support/called-process.ts';
import type { Commands } from '../../test/support/calls.ts';
import { databaseUrl, makeDatabase, makeTemplate } from './databases.ts';
import type { Sizes } from './options.ts';

/** Crash-safe, as in production: a commit is on disk before it is answered. */
const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };

/** The ground of all parts: a Postgres and a Redis of the bench's own, and everything started on them. */
export class Rig {
  readonly sizes: Sizes;
  readonly servers: Servers;
  /** As a superuser, to the database `postgres`. */
  readonly sql: pg.Client;
  readonly redis: Redis;
  /** One for all installations, since some use a database again. */
  readonly encryptionKeys = `bench:${randomBytes(32).toString('base64')}`;
  readonly #started: CalledProcess[] = [];
  #numbered = 0;

  private constructor(sizes: Sizes, servers: Servers, sql: pg.Client) {
    this.sizes = sizes;
    this.servers = servers;
    this.sql = sql;
    this.redis = new Redis(servers.redis.url);
    this.redis.on('error', () => {});
  }

  static async start(sizes: Sizes): Promise<Rig> {
    const servers = await startServers({ postgres: DURABLE });
    const sql = new pg.Client({ connectionString: servers.postgres.url });
    sql.on('error', () => {}); // on Ctrl-C the servers may end first
    await sql.connect();
    await makeTemplate(sql, servers.postgres.url);
    return new Rig(sizes, servers, sql);
  }

  /** Starts a process that ends with the part at the latest. */
  spawn<C extends Commands>(spec: Omit<CalledProcessSpec, 'logFile'>): CalledProcess<C> {
    const logFile = join(this.servers.folder, `${spec.name}-${++this.#numbered}.log`);
    const started = new CalledProcess<C>({ ...spec, logFile });
    this.#started.push(started as CalledProcess);
    return started;
  }

  /** A migrated database without rows. Returns its name. */
  makeDatabase(): Promise<string> {
    return makeDatabase(this.sql);
  }

  urlOf(database: string): string {
    return databaseUrl(this.servers.postgres.url, database);
  }

  /** What is in no event twice. */
  uniqueName(): string {
    return randomBytes(4).toString('hex');
  }

  async emptyRedis(): Promise<void> {
    await this.redis.flushall();
  }

  pidOf(server: 'postgres' | 'redis'): number {
    const { pid } = this.servers[server];
    if (pid === undefined) throw new Error(`${server} is not running`);
    return pid;
  }

  /** Warnings and errors that the part's processes logged so far. */
  complaints(): string[] {
    return this.#started.flatMap(({ log }) => log.split('\n').filter((line) => /"level":[456]0/.test(line)));
  }

  /** Ends every process that was started and still runs. */
  async endProcesses(): Promise<void> {
    await Promise.all(this.#started.splice(0).map((one) => one.kill()));
  }

  async stop(): Promise<void> {
    await this.endProcesses();
    this.redis.disconnect();
    await this.sql.end().catch(() => {}); // the server may have ended already, and is stopped next in any case
    await this.servers.stop();
  }
}
