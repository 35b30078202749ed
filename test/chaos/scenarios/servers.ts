import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { eventually } from '../../support/poll.ts';
import { measureRefusals } from '../refusals.ts';
import type { Run } from '../run.ts';
import type { Scenario } from './scenario.ts';

/** Accepting does not need Redis, and what workers have in flight is not sent again when it forgets. */
const WITHOUT_REDIS = { acceptsThroughout: true, noDuplicates: true };

/** Long enough that endpoints are at their limits at any moment. */
const SLOW_GROUND = { delayMs: 300 };

/** Faults of Redis and Postgres. */
export const SERVER_FAULTS: readonly Scenario[] = [
  {
    name: 'redis-killed',
    what: 'Redis is killed and restarted empty',
    ground: SLOW_GROUND,
    promises: WITHOUT_REDIS,
    fault: restartRedisEmpty,
  },
  {
    name: 'redis-flushed',
    what: 'FLUSHALL in mid-run',
    ground: SLOW_GROUND,
    promises: WITHOUT_REDIS,
    fault: (run) =>
      run.strike(async ({ servers }) => {
        const redis = new Redis(servers.redis.url);
        await redis.flushall();
        redis.disconnect();
      }),
  },
  {
    name: 'redis-away',
    what: 'Redis is unavailable for a while',
    ground: SLOW_GROUND,
    promises: WITHOUT_REDIS,
    fault: (run) =>
      run.strike(async ({ servers: { redis } }) => {
        await redis.kill();
        await sleep(run.size.awayMs);
        await redis.start();
      }),
  },
  {
    name: 'redis-frozen',
    what: 'Redis is frozen (SIGSTOP) for a while',
    ground: SLOW_GROUND,
    promises: WITHOUT_REDIS,
    fault: (run) =>
      run.strike(async ({ servers: { redis } }) => {
        redis.freeze();
        await sleep(run.size.awayMs);
        redis.thaw();
      }),
  },
  {
    name: 'start-without-redis',
    what: 'API and workers start while Redis is unavailable',
    promises: WITHOUT_REDIS,
    prepare: ({ servers: { redis } }) => redis.kill(),
    fault: (run) => run.strike(({ servers: { redis } }) => redis.start()),
  },
  {
    name: 'postgres-restarted',
    what: 'Postgres is restarted',
    ground: SLOW_GROUND,
    fault: (run) => run.strike(({ servers: { postgres } }) => postgres.restart()),
  },
  {
    name: 'postgres-away',
    what: 'Postgres is killed and away for a while',
    ground: SLOW_GROUND,
    fault: (run) =>
      run.strike(async ({ servers: { postgres } }) => {
        await postgres.kill();
        await eventually(() => run.producer.answers.repeats > 0);
        await sleep(run.size.awayMs);
        await postgres.start();
      }),
  },
  {
    name: 'postgres-frozen',
    what: 'Postgres is frozen (SIGSTOP) for a while, under 200 events/s of 20 KB',
    ground: SLOW_GROUND,
    fault: (run) =>
      run.strike(async (installation) => {
        const { postgres } = installation.servers;
        const fault = { begin: () => postgres.freeze(), end: () => postgres.thaw(), forMs: run.size.awayMs };
        run.refusals = await measureRefusals(installation, fault);
      }),
  },
  {
    name: 'disk-full',
    what: 'the disk of Postgres is full for a while',
    diskMiB: 512,
    ground: { ...SLOW_GROUND, eventBytes: 10_000 },
    fault: (run) =>
      run.strike(async ({ disk, servers: { postgres } }) => {
        disk.fill();
        await eventually(() => run.producer.answers.repeats > 0, { what: 'a refusal' });
        await sleep(run.size.awayMs);
        disk.makeRoom();
        await postgres.restart(); // it ends by itself when there is no room for its log of transactions
      }),
  },
];

export function restartRedisEmpty(run: Run): Promise<void> {
  return run.strike(async ({ servers: { redis } }) => {
    await redis.kill();
    await run.producer.reaches(1 / 2);
    await redis.start();
  });
}
