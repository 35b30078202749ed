import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { erasedIds, hideIds, mentions } from '../../../src/domain/erasure.ts';
import { newId } from '../../../src/domain/id.ts';
import { SecretBox } from '../../../src/domain/secret-box.ts';

const [old, current] = [
  { id: 'k1', key: randomBytes(32) },
  { id: 'k2', key: randomBytes(32) },
];
const [tenant, other] = [newId('tenant', 0), newId('tenant', 1)];

describe('an erased id', () => {
  const box = new SecretBox([current, old]);
  const erased = erasedIds(box, tenant, 'passId', 'pass-1');

  test('is the same for the same id, and has one form for each key', () => {
    expect(erasedIds(box, tenant, 'passId', 'pass-1')).toEqual(erased);
    expect(erased).toEqual([
      expect.stringMatching(/^erased_k2_[\w-]{43}$/),
      expect.stringMatching(/^erased_k1_[\w-]{43}$/),
    ]);
    expect(erasedIds(new SecretBox([old]), tenant, 'passId', 'pass-1')).toEqual(erased.slice(1));
  });

  test('differs by key, tenant, subject and id', () => {
    const others = [
      erasedIds(new SecretBox([{ id: 'k2', key: randomBytes(32) }]), tenant, 'passId', 'pass-1'),
      erasedIds(box, other, 'passId', 'pass-1'),
      erasedIds(box, tenant, 'userProvidedId', 'pass-1'),
      erasedIds(box, tenant, 'passId', 'pass-2'),
    ].map(([first]) => first);
    expect(new Set([erased[0], ...others]).size).toBe(5);
  });
});

test.each([
  ['a long id anywhere', 'x7Hq2vXk0y', '7Hq2vXk0', true],
  ['a short id by itself', '42', '42', true],
  ['a short id among others', 'install:42-apple', '42', true],
  ['not a short id in a longer one', 'order 1042', '42', false],
  ['not a short id before a letter', '42nd', '42', false],
  ['a short id after a longer one with it', '1042, 42', '42', true],
])('%s', (_what, text, id, expected) => {
  expect(mentions(text, ['other-id', id])).toBe(expected);
  expect(hideIds(text, ['other-id', id], 'HASH') !== text).toBe(expected);
});

test('ids are hidden wherever they stand, whatever characters they have', () => {
  expect(hideIds('a 42, b 1042, c:42', ['42'], 'HASH')).toBe('a HASH, b 1042, c:HASH');
  expect(hideIds('{"passId":"a.b*c(d)"}', ['a.b*c(d)'], '$1')).toBe('{"passId":"$1"}');
});
