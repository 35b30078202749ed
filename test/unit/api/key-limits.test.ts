import { describe, expect, test } from 'vitest';
import { KeyLimits } from '../../../src/api/key-limits.ts';
import { Overloaded } from '../../../src/domain/errors.ts';

const TOO_MANY = expect.objectContaining({ code: 'too-many-requests' });

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

  test('hold so many bytes of bodies together, until their request has ended', () => {
    const limits = new KeyLimits({ requests: 9, bodyBytes: 10 });
    const [first, second] = [limits.admit('a'), limits.admit('a')];
    first?.takeBytes(6);
    expect(() => second?.takeBytes(5)).toThrow(TOO_MANY);
    second?.takeBytes(4);
    limits.admit('b')?.takeBytes(10);
    first?.end();
    second?.takeBytes(6);
  });
});

describe('all keys together', () => {
  test('have room for twice what one key may have', () => {
    const limits = new KeyLimits({ requests: 9, bodyBytes: 10 });
    const [first, second] = ['a', 'b'].map((key) => {
      const admission = limits.admit(key);
      admission?.takeBytes(10);
      return admission;
    });
    const third = limits.admit('c');
    expect(() => third?.takeBytes(1)).toThrow(Overloaded);
    first?.end();
    third?.takeBytes(10);
    expect(() => limits.admit('d')?.takeBytes(1)).toThrow(Overloaded);
    second?.end();
    limits.admit('d')?.takeBytes(10);
  });
});
