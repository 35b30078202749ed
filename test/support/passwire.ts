import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import { Client, makeTenant, type TenantClient, testEnv } from './client.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import type { Env } from './node-process.ts';
import type { ApiProcess, TestProcess } from './process.ts';
import { type Processes, useProcesses } from './processes.ts';
import { Receiver } from './receiver.ts';
import { sharedServers } from './servers.ts';

export interface Passwire {
  readonly api: ApiProcess;
  readonly worker: TestProcess;
  readonly admin: Client;
  readonly receiver: Receiver;
  readonly env: Env;
  readonly processes: Processes;
  /** Another worker of the same installation. */
  startWorker(env?: Env): Promise<TestProcess>;
  /** A new tenant with a key of its own. */
  makeTenant(): Promise<TenantClient>;
}

/**
 * A whole installation for one test file: its own database, its own keys in Redis, an API process, a worker process and a
 * receiver. Started before the tests, gone after them.
 *
 * @param extraEnv a function where it names servers that are started before the tests too
 */
export function usePasswire(extraEnv: Env | (() => Env) = {}): () => Passwire {
  const processes = useProcesses();
  let passwire: Passwire | undefined;
  let database: TestDatabase | undefined;
  const prefix = `test-${randomBytes(6).toString('hex')}`;

  beforeAll(async () => {
    database = await createTestDatabase();
    const env = {
      ...testEnv(),
      DATABASE_URL: database.url,
      REDIS_URL: sharedServers().redisUrl,
      REDIS_PREFIX: prefix,
      ...(typeof extraEnv === 'function' ? extraEnv() : extraEnv),
    };
    const [receiver, api, worker] = await Promise.all([
      Receiver.start(),
      processes.startApi(env),
      processes.startWorker(env),
    ]);
    passwire = assemble(processes, env, api, worker, receiver);
  });

  afterAll(async () => {
    if (passwire) await Promise.all([passwire.api.kill(), passwire.worker.kill(), passwire.receiver.close()]);
    await database?.drop();
    await forgetKeys(prefix);
  });

  return () => {
    if (!passwire) throw new Error('Passwire is there from beforeAll on');
    return passwire;
  };
}

/** Puts clients around processes that run already. */
function assemble(processes: Processes, env: Env, api: ApiProcess, worker: TestProcess, receiver: Receiver): Passwire {
  const url = (): string => api.url;
  const admin = new Client(url, env.ADMIN_KEY ?? '');
  return {
    api,
    worker,
    admin,
    receiver,
    env,
    processes,
    startWorker: (more = {}) => processes.startWorker({ ...env, ...more }),
    makeTenant: () => makeTenant(url, env),
  };
}

async function forgetKeys(prefix: string): Promise<void> {
  const redis = new Redis(sharedServers().redisUrl);
  for await (const keys of redis.scanStream({ match: `*${prefix}*`, count: 1000 })) {
    if (keys.length > 0) await redis.del(...(keys as string[]));
  }
  redis.disconnect();
}
