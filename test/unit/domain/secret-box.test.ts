import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { SecretBox, SecretUnreadable } from '../../../src/domain/secret-box.ts';

const first = { id: 'k1', key: randomBytes(32) };
const second = { id: 'k2', key: randomBytes(32) };
const box = new SecretBox([first]);

test.each(['', 'whsec_x', 'é\u{1F511}'.repeat(1000)])('opens what it sealed', (plain) => {
  expect(box.open(box.seal(plain))).toBe(plain);
});

test('the same secret is sealed differently each time, and does not show', () => {
  const [a, b] = [box.seal('a secret'), box.seal('a secret')];
  expect(Buffer.from(a.box).equals(b.box)).toBe(false);
  expect(Buffer.from(a.box).includes('a secret')).toBe(false);
});

test('the first key seals, every key opens', () => {
  const old = box.seal('x');
  const rotated = new SecretBox([second, first]);
  expect(rotated.seal('y').keyId).toBe('k2');
  expect(rotated.open(old)).toBe('x');
  const without = new SecretBox([second]);
  expect(() => without.open(old)).toThrow(expect.objectContaining({ name: 'SecretUnreadable', keyId: 'k1' }));
  expect(without.tryOpen(old)).toBeUndefined();
  expect(rotated.tryOpen(old)).toBe('x');
});

test('a tampered value is not opened', () => {
  const sealed = box.seal('a secret');
  for (let index = 0; index < sealed.box.length; index++) {
    const changed = Uint8Array.from(sealed.box);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(() => box.open({ ...sealed, box: changed })).toThrow(SecretUnreadable);
  }
  for (let length = 0; length < sealed.box.length; length++) {
    expect(() => box.open({ ...sealed, box: sealed.box.subarray(0, length) })).toThrow(SecretUnreadable);
  }
  expect(() => new SecretBox([{ id: 'k1', key: randomBytes(32) }]).open(sealed)).toThrow(SecretUnreadable);
});
