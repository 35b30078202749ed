import { afterAll, beforeAll } from 'vitest';
import { type Servers, startServers } from '../../scripts/servers.mjs';

/**
 * The servers that `npm test` started for all tests. They are shared: a test file makes a database and a key prefix of its
 * own there, and breaks nothing; see `usePrivateServers` for what does.
 */
export function sharedServers(): { readonly databaseUrl: string; readonly redisUrl: string } {
  const { TEST_DATABASE_URL: databaseUrl, TEST_REDIS_URL: redisUrl } = process.env;
  if (!databaseUrl || !redisUrl) {
    throw new Error('these tests need servers of their own: run them with `npm test`, or `npm test -- <file>`');
  }
  return { databaseUrl, redisUrl };
}

/**
 * A Postgres and a Redis for this test file alone, to be killed, frozen, flushed and restarted (`servers().redis.kill()`).
 * Started before its tests, stopped after them.
 *
 * @param settings as in postgresql.conf and redis.conf; Redis comes back empty unless `appendonly` is `yes`
 */
export function usePrivateServers(
  settings: { readonly postgres?: Record<string, string>; readonly redis?: Record<string, string> } = {},
): () => Servers {
  let servers: Servers | undefined;
  beforeAll(async () => {
    servers = await startServers(settings);
  });
  afterAll(async () => {
    await servers?.stop();
  });
  return () => {
    if (!servers) throw new Error('servers are there from beforeAll on');
    return servers;
  };
}
