import { describe, expect, test } from 'vitest';
import { KeyLimits } from '../../../src/api/key-limits.ts';

describe('the limits of a key', () => {
  test('admit so many requests at once, and the next when one has ended', () => {
    const limits = new KeyLimits({ requests: 2, bodyBytes: 10 });
    const [first, second] = [limits.admit('a'), limits.admit('a')];
    expect([first, second].every(Boolean)).toBe(true);
    expect(limits.admit('a')).toBeUndefined();
    expect(limits.admit('b')).toBeDefined();
    first?.end();
    expect(limits.admit('a')).toBeDefined();
  });

  test('hold so many bytes of bodies together, until they were read or their request has ended', () => {
    const limits = new KeyLimits({ requests: 9, bodyBytes: 10 });
    const [first, second] = [limits.admit('a'), limits.admit('a')];
    expect(first?.takeBytes(6)).toBe(true);
    expect(second?.takeBytes(5)).toBe(false);
    expect(second?.takeBytes(4)).toBe(true);
    expect(limits.admit('b')?.takeBytes(10)).toBe(true);
    first?.releaseBytes();
    expect(second?.takeBytes(6)).toBe(true);
    first?.end();
    second?.end();
    expect(limits.admit('a')?.takeBytes(10)).toBe(true);
  });
});
