import { Redis } from 'ioredis';
import pg from 'pg';

/** Where a text was found: `events`, `redis bull:deliveries:1`. */
export type Trace = string;

/**
 * Looks for texts in every column of every table, and in the name and value of every key in Redis with the prefix. It asks the servers
 * what there is, so that a table or key that is added later is looked through too.
 *
 * @param needles texts without quotes and backslashes
 */
export async function findTraces(
  databaseUrl: string,
  redis: { readonly url: string; readonly prefix: string },
  needles: readonly string[],
): Promise<Trace[]> {
  return [...(await inTables(databaseUrl, needles)), ...(await inRedis(redis, needles))].toSorted();
}

async function inTables(url: string, needles: readonly string[]): Promise<Trace[]> {
  const db = new pg.Client({ connectionString: url });
  await db.connect();
  try {
    const { rows: tables } = await db.query<{ name: string }>(`
      SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'
        AND c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition`);
    const found: Trace[] = [];
    for (const { name } of tables) {
      // a row as text has its bytea columns in hexadecimal
      const texts = needles.flatMap((needle) => [needle, Buffer.from(needle).toString('hex')]);
      const { rows } = await db.query(
        `SELECT FROM "${name}" t WHERE EXISTS (SELECT FROM unnest($1::text[]) AS n WHERE position(n IN t::text) > 0) LIMIT 1`,
        [texts],
      );
      if (rows.length > 0) found.push(name);
    }
    return found;
  } finally {
    await db.end();
  }
}

async function inRedis({ url, prefix }: { readonly url: string; readonly prefix: string }, needles: readonly string[]) {
  const redis = new Redis(url);
  const found: Trace[] = [];
  try {
    for await (const keys of redis.scanStream({ match: `*${prefix}*`, count: 1000 }) as AsyncIterable<string[]>) {
      for (const key of keys) {
        const content = `${key}\n${JSON.stringify(await contentOf(redis, key))}`;
        if (needles.some((needle) => content.includes(needle))) found.push(`redis ${key}`);
      }
    }
  } finally {
    redis.disconnect();
  }
  return found;
}

async function contentOf(redis: Redis, key: string): Promise<unknown> {
  const type = await redis.type(key);
  switch (type) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, '0', '-1');
    case 'stream':
      return redis.xrange(key, '-', '+');
    case 'none':
      return undefined; // ended meanwhile
    default:
      throw new Error(`no test looks into a ${type} of Redis yet: ${key}`);
  }
}
