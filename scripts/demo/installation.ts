import { randomBytes } from 'node:crypto';
import { eventually } from '../../test/support/poll.ts';
import { freePort, isFree } from '../servers.mjs';
import { Child } from './child.ts';
import { createDatabase, dropDatabase, forgetKeys } from './database.ts';

const PREFIX = 'passwire-demo';
const USUAL_PORT = 3000;
const READY_MS = 120_000;

/** A whole Passwire: a database of its own, one API process, one worker process. */
export interface Installation {
  readonly url: string;
  readonly adminKey: string;
  readonly children: readonly Child[];
  /** Worker and API in good order, then the database and the keys in Redis. */
  stop(): Promise<void>;
}

/**
 * Migrates and starts, and waits until the API is ready. What was started is stopped when a later step fails.
 *
 * @param servers where Postgres and Redis are; only a database and a key prefix of the demo's own are used there
 * @param receiverUrl what the console offers for trying webhooks
 */
export async function install(
  servers: { databaseUrl: string; redisUrl: string },
  receiverUrl: string,
): Promise<Installation> {
  await forgetKeys(servers.redisUrl, PREFIX);
  const databaseUrl = await createDatabase(servers.databaseUrl);
  const adminKey = randomBytes(24).toString('base64url');
  const port = (await isFree(USUAL_PORT)) ? USUAL_PORT : await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    DATABASE_URL: databaseUrl,
    REDIS_URL: servers.redisUrl,
    REDIS_PREFIX: PREFIX,
    HOST: '127.0.0.1',
    PORT: String(port),
    WORKER_HOST: '127.0.0.1',
    WORKER_PORT: '0',
    ADMIN_KEY: adminKey,
    ENCRYPTION_KEYS: `demo:${randomBytes(32).toString('base64')}`,
    // The receiver of the demo is on this machine, and has no certificate.
    ALLOWED_PRIVATE_NETWORKS: '127.0.0.0/8',
    ALLOW_HTTP: 'true',
    DEMO_RECEIVER_URL: receiverUrl,
  };
  const children: Child[] = [];
  const stop = async () => {
    await Promise.all(children.map((child) => (child.running ? child.stop() : undefined)));
    await forgetKeys(servers.redisUrl, PREFIX);
    await dropDatabase(servers.databaseUrl);
  };
  try {
    await migrate(env);
    children.push(new Child('api', 'src/main.ts', env), new Child('worker', 'workers/main.ts', env));
    await untilReady(url, children);
    return { url, adminKey, children, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function migrate(env: Readonly<Record<string, string>>): Promise<void> {
  const migration = new Child('migrate', 'prisma/migrate.ts', env);
  if ((await migration.exit()).code !== 0) throw new Error(`the migration failed:\n${migration.logTail()}`);
}

async function untilReady(url: string, children: readonly Child[]): Promise<void> {
  const outcome = await eventually(
    async () => {
      const dead = children.find((child) => !child.running);
      if (dead) return dead;
      return (await fetch(`${url}/readyz`)).ok;
    },
    { withinMs: READY_MS, what: 'the API getting ready' },
  );
  if (outcome !== true) throw new Error(`the ${outcome.name} process ended:\n${outcome.logTail()}`);
}
