import { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort } from '../../../scripts/servers.mjs';
import { RedisInspector } from '../../../src/queue/inspection/redis-inspector.ts';
import { usePrivateServers } from '../../support/servers.ts';

const inspectors: RedisInspector[] = [];
afterEach(async () => {
  for (const inspector of inspectors.splice(0)) await inspector.close();
});

function inspectorOf(url: string): RedisInspector {
  const inspector = new RedisInspector({ url, prefix: '{test}' });
  inspectors.push(inspector);
  return inspector;
}

/** Code and effect of each finding. */
async function findings(inspector: RedisInspector): Promise<string[]> {
  return (await inspector.inspect()).findings.map(({ code, effect }) => `${code} ${effect}`);
}

describe('the inspection of a Redis', () => {
  const servers = usePrivateServers();

  /** Sets it for one look. */
  async function withSetting(name: string, value: string, look: () => Promise<void>): Promise<void> {
    const redis = new Redis(servers().redis.url);
    const [, before = ''] = (await redis.config('GET', name)) as string[];
    await redis.config('SET', name, value);
    try {
      await look();
    } finally {
      await redis.config('SET', name, before);
      redis.disconnect();
    }
  }

  test('finds nothing wrong with one as it should be, and its version', async () => {
    const { facts, findings: found } = await inspectorOf(servers().redis.url).inspect();
    expect(found).toEqual([]);
    expect(facts).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+/), mode: 'standalone' });
  });

  test('finds a full one, one that evicts, and that it is corrected', async () => {
    const inspector = inspectorOf(servers().redis.url);
    await withSetting('maxmemory', '1', async () => {
      expect(await findings(inspector)).toEqual(['writes-refused restricts']);
    });
    await withSetting('maxmemory-policy', 'allkeys-lru', async () => {
      expect(await findings(inspector)).toEqual(['eviction degrades']);
    });
    expect(await findings(inspector)).toEqual([]);
  });

  test('finds a read-only replica', async () => {
    const inspector = inspectorOf(servers().redis.url);
    const redis = new Redis(servers().redis.url);
    await redis.call('REPLICAOF', '127.0.0.1', String(await freePort()));
    expect(await findings(inspector)).toEqual(['writes-refused restricts']);
    await redis.call('REPLICAOF', 'NO', 'ONE');
    redis.disconnect();
    expect(await findings(inspector)).toEqual([]);
  });

  test('distinguishes a refused login from a server that does not answer, and notices when it answers again', async () => {
    const { url } = servers().redis;
    expect(await findings(inspectorOf(url.replace(/:[^:@]*@/, ':wrong@')))).toEqual(['login interrupts']);
    expect(await findings(inspectorOf(url.replace(/\/\/.*@/, '//')))).toEqual(['login interrupts']);
    const inspector = inspectorOf(url);
    await servers().redis.kill();
    const [finding] = (await inspector.inspect()).findings;
    expect(finding).toMatchObject({ code: 'unavailable', context: { err: expect.stringContaining('ECONNREFUSED') } });
    await servers().redis.start();
    expect(await findings(inspector)).toEqual([]);
    servers().redis.freeze();
    expect(await findings(inspector)).toEqual(['unavailable interrupts']);
    servers().redis.thaw();
    await expect.poll(() => findings(inspector)).toEqual([]);
  });
});

describe('the inspection of a Redis in cluster mode', () => {
  const servers = usePrivateServers({ redis: { 'cluster-enabled': 'yes' } });

  test('finds it', async () => {
    expect(await findings(inspectorOf(servers().redis.url))).toEqual(['cluster blocks']);
  });
});
