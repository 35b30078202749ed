import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../../scripts/servers.mjs';
import type { CalledProcess } from '../../test/support/called-process.ts';
import type { Commands } from '../../test/support/calls.ts';
import { ROOT } from '../../test/support/node-process.ts';
import type { Rig } from './rig.ts';

const READY_MS = 120_000;
const LOOK_AGAIN_MS = 50;
const OPEN_STATES = `('pending', 'delivering', 'retrying', 'blocked', 'parked', 'held')`;

export interface InstallationOptions {
  /** A migrated one is made if absent. */
  readonly database?: string;
  /** Worker processes from the start; 1 if absent. */
  readonly workers?: number;
  readonly apiPreload?: string;
  readonly workerPreload?: string;
  /** Settings that differ from the defaults. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The options that the image gives to node. */
const [, NODE_OPTIONS = ''] = /\bNODE_OPTIONS=(\S+)/.exec(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')) ?? [];

/** A Passwire of the bench's own: API and workers as in production, with their default settings, on an empty Redis. */
export class Installation {
  readonly database: string;
  readonly url: string;
  readonly adminKey: string;
  readonly workers: CalledProcess[] = [];
  readonly api: CalledProcess;
  /** To its database, for looking from outside. */
  readonly sql: pg.Client;
  readonly #rig: Rig;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(rig: Rig, database: string, port: number, { apiPreload, env }: InstallationOptions) {
    this.#rig = rig;
    this.database = database;
    this.url = `http://127.0.0.1:${port}`;
    this.adminKey = randomBytes(24).toString('hex');
    this.#env = {
      ADMIN_KEY: this.adminKey,
      ENCRYPTION_KEYS: rig.encryptionKeys,
      ALLOWED_PRIVATE_NETWORKS: '127.0.0.0/8',
      ALLOW_HTTP: 'true',
      DATABASE_URL: rig.urlOf(database),
      REDIS_URL: rig.servers.redis.url,
      HOST: '127.0.0.1',
      PORT: String(port),
      WORKER_HOST: '127.0.0.1',
      NODE_OPTIONS,
      KEY_EVENT_REQUESTS_PER_SECOND: '1000000',
      KEY_OTHER_REQUESTS_PER_SECOND: '1000000',
      ...env,
    };
    this.sql = new pg.Client({ connectionString: rig.urlOf(database) });
    this.sql.on('error', () => {});
    this.api = rig.spawn({ name: 'api', script: 'src/main.ts', env: this.#env, preload: apiPreload });
  }

  static async start(rig: Rig, options: InstallationOptions = {}): Promise<Installation> {
    const database = options.database ?? (await rig.makeDatabase());
    await rig.emptyRedis();
    const installation = new Installation(rig, database, await freePort(), options);
    await installation.sql.connect();
    await until('the API', () => isReady(installation.api, installation.url));
    for (let started = 0; started < (options.workers ?? 1); started++)
      await installation.startWorker(options.workerPreload);
    return installation;
  }

  async startWorker<C extends Commands>(preload?: string): Promise<CalledProcess<C>> {
    const port = await freePort();
    const env = { ...this.#env, WORKER_PORT: String(port) };
    const worker = this.#rig.spawn<C>({ name: 'worker', script: 'workers/main.ts', env, preload });
    this.workers.push(worker as CalledProcess);
    await until('the worker', () => isReady(worker as CalledProcess, `http://127.0.0.1:${port}`));
    return worker;
  }

  /** Waits until every delivery has ended. */
  async settled(withinMs = READY_MS): Promise<void> {
    await until(
      'the end of all deliveries',
      // deliveries_open_idx
      async () => (await this.sql.query(`SELECT FROM deliveries WHERE state IN ${OPEN_STATES} LIMIT 1`)).rowCount === 0,
      withinMs,
    );
  }

  /** Ends its processes at once: their own database and Redis are removed after it. */
  async end(): Promise<void> {
    await Promise.all([this.api.kill(), ...this.workers.map((worker) => worker.kill())]);
    await this.sql.end();
  }
}

async function isReady(process: CalledProcess, url: string): Promise<boolean> {
  if (!process.running) throw new Error(`${process.name} ended:\n${process.log}`);
  return fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function until(what: string, isSo: () => Promise<boolean>, withinMs = READY_MS): Promise<void> {
  const giveUpAt = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > giveUpAt) throw new Error(`${what}: not within ${withinMs} ms`);
    await sleep(LOOK_AGAIN_MS);
  }
}
