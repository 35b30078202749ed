import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Change } from '../../../src/domain/change.ts';
import { type FeedPosition, isAfter } from '../../../src/domain/feed-position.ts';
import { newId } from '../../../src/domain/id.ts';
import type { FeedEntry } from '../../../src/ports/changes.ts';
import { openStream } from '../../../src/queue/changes/open-stream.ts';
import { RedisAnnouncer } from '../../../src/queue/changes/redis-announcer.ts';
import { RedisFeed } from '../../../src/queue/changes/redis-feed.ts';
import { eventually } from '../../support/poll.ts';
import { sharedServers } from '../../support/servers.ts';

let prefix: string;
let redis: Redis;
let announcer: RedisAnnouncer;
let feed: RedisFeed;
let heard: FeedEntry[];
let missed: number;

beforeEach(async () => {
  prefix = `{changes-${randomBytes(6).toString('hex')}}`;
  const options = { url: sharedServers().redisUrl, prefix };
  redis = new Redis(options.url);
  announcer = new RedisAnnouncer(options);
  feed = new RedisFeed(options, { info() {}, warn() {}, error() {} });
  heard = [];
  missed = 0;
});
afterEach(async () => {
  feed.close();
  announcer.close();
  await redis.del(`${prefix}:changes`, `${prefix}:changes:epoch`);
  redis.disconnect();
});

async function listen(): Promise<void> {
  feed.start({ changed: (entries) => void heard.push(...entries), missed: () => void missed++, available() {} });
  expect(await feed.ready()).toBe(true);
}

function changes(count: number): readonly Change[] {
  const tenantId = newId('tenant', 1);
  return Array.from({ length: count }, () => ({ kind: 'endpoint', tenantId, endpointId: newId('endpoint', 1) }));
}

async function since(position: FeedPosition): Promise<FeedEntry[] | undefined> {
  const found: FeedEntry[] = [];
  const isComplete = await feed.since(position, (entries) => {
    found.push(...entries);
    return true;
  });
  return isComplete ? found : undefined;
}

describe('announcements', () => {
  test('are not made while nobody listens: their makers are not even called', async () => {
    let calls = 0;
    const announce = (): void =>
      announcer.announce(() => {
        calls += 1;
        return changes(1);
      });
    await eventually(() => {
      announce();
      return !announcer.isWanted;
    });
    const before = calls;
    for (let more = 0; more < 1000; more++) announce();
    expect(calls).toBe(before);
    expect(await redis.exists(`${prefix}:changes`)).toBe(0);
  });

  test('are all heard from the moment the feed is ready, in order', async () => {
    await eventually(() => {
      announcer.announce(() => changes(1));
      return !announcer.isWanted; // it has found that nobody listens
    });
    await listen();
    const announced = changes(1234);
    for (let start = 0; start < announced.length; start += 7) announcer.announce(() => announced.slice(start, start + 7));
    await eventually(() => heard.length >= announced.length);
    expect(heard.map(({ change }) => change)).toEqual(announced);
    const positions = heard.map(({ position }) => position);
    expect(positions.slice(1).every((position, at) => isAfter(position, positions[at] as FeedPosition))).toBe(true);
  });

  test('beyond what a process keeps lead to a report that some were missed', async () => {
    await listen();
    for (let batch = 0; batch < 20; batch++) announcer.announce(() => changes(500));
    await eventually(() => {
      announcer.announce(() => changes(1));
      return missed > 0;
    });
    expect(heard.length).toBeLessThan(10_000);
  });
});

describe('what was announced before', () => {
  test('is found after a position, in the middle of an entry too', async () => {
    await listen();
    const announced = changes(250);
    announcer.announce(() => announced);
    await eventually(() => heard.length === 250);
    for (const at of [0, 57, 99, 100, 248]) {
      const { position } = heard[at] as FeedEntry;
      expect((await since(position))?.map(({ change }) => change)).toEqual(announced.slice(at + 1));
    }
    expect(await since(feed.position as FeedPosition)).toEqual([]);
  });

  test('is not claimed to be complete after entries were removed, or the stream was lost', async () => {
    await listen();
    const before = feed.position as FeedPosition;
    announcer.announce(() => changes(1));
    await eventually(() => heard.length === 1);
    const { position } = heard[0] as FeedEntry;
    announcer.announce(() => changes(1));
    await eventually(() => heard.length === 2);
    expect(await since(before)).toHaveLength(2);
    await redis.xtrim(`${prefix}:changes`, 'MAXLEN', 1);
    expect(await since(position)).toBeUndefined();
    expect(await since({ ...position, epoch: '00000000' })).toBeUndefined();
    await redis.del(`${prefix}:changes`);
    await eventually(() => missed > 0);
    expect(await since(position)).toBeUndefined();
  });

  test('stays for two minutes, and a quiet stream can still be resumed', async () => {
    const [seconds] = (await redis.time()).map(Number);
    const at = (ageS: number): string => `${((seconds ?? 0) - ageS) * 1000}-0`;
    await openStream(redis, prefix, '0123abcd');
    // an old stream: written again, since ids can only rise
    await redis.del(`${prefix}:changes`);
    for (const ageS of [300, 121, 100, 40]) await redis.xadd(`${prefix}:changes`, at(ageS), 'changes', '[]');
    const { epoch, lastId } = await openStream(redis, prefix, 'ffffffff');
    const ids = (await redis.xrange(`${prefix}:changes`, '-', '+')).map(([id]) => id);
    expect(epoch).toBe('0123abcd');
    expect(ids).toEqual([at(100), at(40), lastId]);
    expect(await redis.ttl(`${prefix}:changes`)).toBeGreaterThan(100);
  });
});
