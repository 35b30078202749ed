import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { createLocalRate, SharedRate } from '../../../src/queue/rate-limits.ts';
import { sharedServers, usePrivateServers } from '../../support/servers.ts';

const opened: SharedRate[] = [];
afterEach(() => {
  for (const rate of opened.splice(0)) rate.close();
});

function shared(url = sharedServers().redisUrl, prefix = `test-${randomBytes(6).toString('hex')}`): SharedRate {
  const rate = new SharedRate({ url, prefix }, { limit: 3, windowS: 60 });
  opened.push(rate);
  return rate;
}

/** Counts, once Redis is connected. */
async function counting(rate: SharedRate): Promise<void> {
  await expect.poll(() => rate.take('warm-up')).toBeDefined();
}

describe('a rate', () => {
  test('of a process allows the limit in a window, for each key', async () => {
    const rate = createLocalRate({ limit: 2, windowS: 60 });
    expect(await rate.take('a')).toMatchObject({ isAllowed: true, remaining: 1 });
    expect(await rate.take('a')).toMatchObject({ isAllowed: true, remaining: 0 });
    const refused = await rate.take('a');
    expect(refused).toMatchObject({ isAllowed: false, remaining: 0 });
    expect(refused?.resetMs).toBeGreaterThan(0);
    expect(await rate.take('b')).toMatchObject({ isAllowed: true });
  });

  test('in Redis is shared by processes', async () => {
    const prefix = `test-${randomBytes(6).toString('hex')}`;
    const [one, other] = [shared(undefined, prefix), shared(undefined, prefix)];
    await Promise.all([counting(one), counting(other)]);
    const taken = [
      await one.take('a'),
      await other.take('a'),
      await one.take('a'),
      await other.take('a'),
      await one.take('a'),
    ];
    expect(taken.map((one) => one?.isAllowed)).toEqual([true, true, true, false, false]);
    expect(taken[3]?.resetMs).toBeLessThanOrEqual(60_000);
  });
});

describe('without Redis', () => {
  const servers = usePrivateServers({});

  test('requests are allowed, whether it is frozen or unavailable, and counted again afterwards', async () => {
    const { redis } = servers();
    const rate = shared(redis.url);
    await counting(rate);
    redis.freeze();
    expect([await rate.take('a'), await rate.take('a')]).toEqual([undefined, undefined]);
    redis.thaw();
    await expect.poll(() => rate.take('a')).toMatchObject({ isAllowed: true });
    await redis.stop();
    await expect.poll(() => rate.take('a')).toBeUndefined();
  });
});
