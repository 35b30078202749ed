import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createIdempotencyStore } from '../../../src/store/idempotency.ts';
import { useDatabase } from '../../support/database.ts';

const db = useDatabase();
const HASH = Buffer.alloc(32, 1);
const OTHER_HASH = Buffer.alloc(32, 2);
const ANSWER = { status: 201, body: '{"id":"sub_1"}' };

/** Makes a key as old as that. */
async function age(key: string, seconds: number): Promise<void> {
  await db().$executeRaw`
    UPDATE kept_answers SET began_at = now() - ${seconds}::float8 * interval '1 second' WHERE key = ${key}`;
}

describe('an idempotency key', () => {
  it('is taken once, and then tells who took it and what came of it', async () => {
    const store = createIdempotencyStore(db());
    const key = randomUUID();
    expect(await store.begin('key_1', key, HASH)).toBeUndefined();
    expect(await store.begin('key_1', key, OTHER_HASH)).toEqual({
      requestHash: Uint8Array.from(HASH),
      answer: undefined,
    });
    await store.complete('key_1', key, ANSWER);
    expect(await store.begin('key_1', key, HASH)).toEqual({ requestHash: Uint8Array.from(HASH), answer: ANSWER });
  });

  it('is another in another scope', async () => {
    const store = createIdempotencyStore(db());
    const key = randomUUID();
    await store.begin('key_1', key, HASH);
    expect(await store.begin('key_2', key, HASH)).toBeUndefined();
  });

  it('goes to one of those who come together', async () => {
    const store = createIdempotencyStore(db());
    const key = randomUUID();
    const begun = await Promise.all(Array.from({ length: 30 }, () => store.begin('key_1', key, HASH)));
    expect(begun.filter((kept) => kept === undefined)).toHaveLength(1);
  });

  it('is free again when its request was abandoned, and not when it was answered', async () => {
    const store = createIdempotencyStore(db());
    const key = randomUUID();
    await store.begin('key_1', key, HASH);
    await store.abandon('key_1', key);
    expect(await store.begin('key_1', key, OTHER_HASH)).toBeUndefined();
    await store.complete('key_1', key, ANSWER);
    await store.abandon('key_1', key);
    expect(await store.begin('key_1', key, OTHER_HASH)).toMatchObject({ answer: ANSWER });
  });

  it('frees after 60 s without an answer, for one of those who come together', async () => {
    const store = createIdempotencyStore(db());
    const key = randomUUID();
    await store.begin('key_1', key, HASH);
    await age(key, 58);
    expect(await store.begin('key_1', key, HASH)).toBeDefined();
    await age(key, 61);
    const begun = await Promise.all(Array.from({ length: 10 }, () => store.begin('key_1', key, OTHER_HASH)));
    expect(begun.filter((kept) => kept === undefined)).toHaveLength(1);
  });

  it('keeps its answer for 24 hours', async () => {
    const store = createIdempotencyStore(db());
    const key = randomUUID();
    await store.begin('key_1', key, HASH);
    await store.complete('key_1', key, ANSWER);
    await age(key, 24 * 60 * 60 - 60);
    expect(await store.begin('key_1', key, HASH)).toMatchObject({ answer: ANSWER });
    await age(key, 24 * 60 * 60 + 60);
    expect(await store.begin('key_1', key, HASH)).toBeUndefined();
    expect(await store.begin('key_1', key, HASH)).toMatchObject({ answer: undefined });
  });
});
