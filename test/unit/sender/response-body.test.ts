import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyExcerpt, MAX_READ_BODY_BYTES, MAX_STORED_BODY_BYTES } from '../../../src/sender/response-body.ts';
import { anyString } from '../../support/any-string.ts';

function excerptOf(bytes: Buffer, chunkBytes: number, announcedBytes = 0): BodyExcerpt {
  const excerpt = new BodyExcerpt(announcedBytes);
  for (let at = 0; at < bytes.length && !excerpt.isSufficient; at += chunkBytes)
    excerpt.add(bytes.subarray(at, at + chunkBytes));
  return excerpt;
}

describe('BodyExcerpt', () => {
  it('returns a short body unchanged, however it was cut into chunks', () => {
    fc.assert(
      fc.property(anyString, fc.integer({ min: 1, max: 7 }), (text, chunkBytes) => {
        const clean = Buffer.from(text).toString();
        const { text: kept, truncated } = excerptOf(Buffer.from(text), chunkBytes).text(true);
        expect(kept).toBe(clean.replaceAll('\0', ''));
        expect(truncated).toBe(false);
      }),
    );
  });

  it.each([
    ['replaces what is not UTF-8', Buffer.from([0x61, 0xff, 0x62]), 'a\ufffdb'],
    ['drops NUL', Buffer.from('a\0b\0'), 'ab'],
    ['keeps a byte order mark', Buffer.from('\ufeffa'), '\ufeffa'],
    ['replaces a character that the receiver left incomplete', Buffer.from([0x61, 0xe2, 0x82]), 'a\ufffd'],
    ['gives an empty body', Buffer.alloc(0), ''],
  ])('%s', (_, bytes, text) => {
    expect(excerptOf(bytes, 2).text(true)).toEqual({ text, truncated: false });
  });

  it.each([1, 2, 3, 1000, 4096, 100_000])('cuts at the limit, at a character border (chunks of %s)', (chunkBytes) => {
    const { text, truncated } = excerptOf(Buffer.from(`a${'€'.repeat(7000)}`), chunkBytes).text(true);
    expect(text).toBe(`a${'€'.repeat(Math.floor((MAX_STORED_BODY_BYTES - 1) / 3))}`);
    expect(truncated).toBe(true);
  });

  it('stores a body of exactly the limit whole', () => {
    const bytes = Buffer.alloc(MAX_STORED_BODY_BYTES, 'x');
    expect(excerptOf(bytes, 1024).text(true)).toEqual({ text: bytes.toString(), truncated: false });
  });

  it('reports a body without an end as truncated', () => {
    expect(excerptOf(Buffer.from([0x61, 0xe2, 0x82]), 1).text(false)).toEqual({ text: 'a', truncated: true });
  });

  it('is sufficient after 64 KiB', () => {
    expect(excerptOf(Buffer.alloc(MAX_READ_BODY_BYTES - 1), 1024).isSufficient).toBe(false);
    expect(excerptOf(Buffer.alloc(MAX_READ_BODY_BYTES), 1024).isSufficient).toBe(true);
  });

  it('is sufficient after 16 KiB of a body announced as longer than the read limit', () => {
    const bytes = Buffer.alloc(MAX_STORED_BODY_BYTES);
    expect(excerptOf(bytes, 1024, MAX_READ_BODY_BYTES).isSufficient).toBe(false);
    expect(excerptOf(bytes, 1024, MAX_READ_BODY_BYTES + 1).isSufficient).toBe(true);
  });
});
