import { describe, expect, test } from 'vitest';
import { FailedKeys } from '../../../src/api/failed-keys.ts';
import { createLocalRate } from '../../../src/queue/rate-limits.ts';

const HOUR_MS = 3_600_000;

/** Three failures are free; after them each look-up waits, for ever in the sense of a test. */
async function failedFrom(address: string, times: number, waiting = 1): Promise<FailedKeys> {
  const failed = new FailedKeys(createLocalRate({ limit: 3, windowS: 3600 }), { delayMs: HOUR_MS, waiting });
  for (let time = 0; time < times; time++) await failed.note(address);
  return failed;
}

/** Whether a look-up for the address would wait: the second of two that do is refused. */
async function isSlowed(failed: FailedKeys, address: string): Promise<boolean> {
  void failed.delay(address);
  return failed.delay(address).then(
    () => false,
    ({ code }) => code === 'too-many-requests',
  );
}

describe('unknown keys', () => {
  test('of an address slow its look-ups from the fourth on', async () => {
    expect(await isSlowed(await failedFrom('192.0.2.1', 3), '192.0.2.1')).toBe(false);
    expect(await isSlowed(await failedFrom('192.0.2.1', 4), '192.0.2.1')).toBe(true);
    expect(await isSlowed(await failedFrom('192.0.2.1', 4), '192.0.2.2')).toBe(false);
  });

  test.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
    ['2001:db8:1:2::1', '2001:0DB8:0001:0002::', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['::1', '::2', true],
    ['2001:db8::', '2001:db8:0:0:1::', true],
    ['::ffff:192.0.2.1', '192.0.2.1', true],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
  ])('of %s count for %s: %s', async (address, other, together) => {
    expect(await isSlowed(await failedFrom(address, 4), other)).toBe(together);
  });
});
