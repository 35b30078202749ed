import { describe, expect, test } from 'vitest';
import { findingOfError, findingsOf, readInfo } from '../../../src/queue/inspection/redis-findings.ts';

/** As Redis 7.0 answers INFO, shortened. */
function info(fields: Record<string, string>): string {
  const all = {
    redis_version: '7.0.15',
    redis_mode: 'standalone',
    maxmemory_policy: 'noeviction',
    cluster_enabled: '0',
    ...fields,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}:${value}`);
  return ['# Server', ...lines, ''].join('\r\n');
}

describe('what a Redis reports about itself', () => {
  test.each([
    ['as it should be', {}, []],
    ['Redis 6.2', { redis_version: '6.2.0' }, []],
    ['Valkey, which reports the version that it is compatible with', { redis_version: '7.2.4' }, []],
    ['Redis 6.0', { redis_version: '6.0.16' }, ['version blocks']],
    ['Redis 5', { redis_version: '5.0.14' }, ['version blocks']],
    ['cluster mode', { redis_mode: 'cluster', cluster_enabled: '1' }, ['cluster blocks']],
    ['a Sentinel', { redis_mode: 'sentinel' }, ['sentinel blocks']],
    ['eviction', { maxmemory_policy: 'allkeys-lru' }, ['eviction degrades']],
    ['two at once', { redis_version: '6.0.0', maxmemory_policy: 'volatile-ttl' }, ['version blocks', 'eviction degrades']],
  ])('%s', (_what, fields, expected) => {
    expect(findingsOf(readInfo(info(fields))).map(({ code, effect }) => `${code} ${effect}`)).toEqual(expected);
  });

  test('an unreported phase is not counted', () => {
    expect(findingsOf(readInfo('# Server\r\n'))).toEqual([]);
  });
});

describe('what an error says about a Redis', () => {
  test.each([
    ["OOM command not allowed when used memory > 'maxmemory'.", 'writes-refused', 'restricts'],
    ["READONLY You can't write against a read only replica.", 'writes-refused', 'restricts'],
    [
      'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist on disk.',
      'writes-refused',
      'restricts',
    ],
    ['NOREPLICAS Not enough good replicas to write.', 'writes-refused', 'restricts'],
    ['WRONGPASS invalid username-password pair or user is disabled.', 'login', 'interrupts'],
    ['NOAUTH Authentication required.', 'login', 'interrupts'],
    ['LOADING Redis is loading the dataset in memory', 'unavailable', 'interrupts'],
    ['connect ECONNREFUSED 10.1.2.3:6379', 'unavailable', 'interrupts'],
    ['no answer in time', 'unavailable', 'interrupts'],
  ])('%s', (message, code, effect) => {
    const finding = findingOfError(new Error(message));
    expect(finding).toMatchObject({ part: 'redis', code, effect, context: { err: message } });
    expect(finding.detail).not.toContain('10.1.2.3');
  });
});
