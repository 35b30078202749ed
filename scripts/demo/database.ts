import { Redis } from 'ioredis';
import pg from 'pg';

const NAME = 'passwire_demo';

/**
 * Makes the demo's own database, empty: what an earlier demo left there is dropped, nothing else is touched.
 *
 * @param serverUrl any database of a server on which the user may create databases
 * @returns the URL of the new database
 */
export async function createDatabase(serverUrl: string): Promise<string> {
  await onServer(serverUrl, `DROP DATABASE IF EXISTS ${NAME} WITH (FORCE)`, `CREATE DATABASE ${NAME}`);
  const url = new URL(serverUrl);
  url.pathname = `/${NAME}`;
  return url.href;
}

export async function dropDatabase(serverUrl: string): Promise<void> {
  await onServer(serverUrl, `DROP DATABASE IF EXISTS ${NAME} WITH (FORCE)`);
}

async function onServer(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'passwire demo' });
  try {
    await client.connect();
    for (const statement of statements) await client.query(statement);
  } catch (cause) {
    throw new Error(`the demo cannot make its database on ${hostOf(url)}: ${messageOf(cause)}`, { cause });
  } finally {
    await client.end();
  }
}

/** Deletes the keys below the demo's own prefix. */
export async function forgetKeys(redisUrl: string, prefix: string): Promise<void> {
  const redis = new Redis(redisUrl, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => {}); // what was asked for fails with it
  try {
    await redis.connect();
    for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1000 })) {
      if (keys.length > 0) await redis.del(keys);
    }
  } catch (cause) {
    throw new Error(`the demo cannot use Redis on ${hostOf(redisUrl)}: ${messageOf(cause)}`, { cause });
  } finally {
    redis.disconnect();
  }
}

/** Where a URL points to, without the password that it may carry. */
function hostOf(url: string): string {
  return new URL(url).host;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
