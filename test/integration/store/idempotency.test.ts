import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { HeldKey, IdempotencyStore } from '../../../src/ports/idempotency.ts';
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

/** Takes a key that is free. */
async function take(store: IdempotencyStore, key: string, hash = HASH, scope = 'key_1'): Promise<HeldKey> {
  const begun = await store.begin(scope, key, hash);
  if (begun.kind !== 'held') throw new Error(`the key ${key} is not free`);
  return begun.held;
}

const keptWith = (hash: Uint8Array, answer: typeof ANSWER | undefined) => ({
  kind: 'stored',
  requestHash: Uint8Array.from(hash),
  answer,
});

describe('an idempotency key', () => {
  it('is taken once, and then returns who took it and what came of it', async () => {
    const store = createIdempotencyStore(db());
    const key = randomUUID();
    const held = await take(store, key);
    expect(await store.begin('key_1', key, OTHER_HASH)).toEqual(keptWith(HASH, undefined));
    expect(await store.complete(held, ANSWER)).toBe(true);
    expect(await store.begin('key_1', key, HASH)).toEqual(keptWith(HASH, ANSWER));
  });

  it('is another in another scope', async () => {
    const store = createIdempotencyStore(db());
    const key = randomUUID();
    await take(store, key);
    await take(store, key, HASH, 'key_2');
  });

  it('goes to one of several concurrent callers', async () => {
    const store = createIdempotencyStore(db());
    const key = randomUUID();
    const begun = await Promise.all(Array.from({ length: 30 }, () => store.begin('key_1', key, HASH)));
    expect(begun.filter(({ kind }) => kind === 'held')).toHaveLength(1);
  });

  it('is free again when its request was abandoned, and not when it was answered', async () => {
    const store = createIdempotencyStore(db());
    const key = randomUUID();
    await store.abandon(await take(store, key));
    const held = await take(store, key, OTHER_HASH);
    await store.complete(held, ANSWER);
    await store.abandon(held);
    expect(await store.begin('key_1', key, OTHER_HASH)).toMatchObject({ answer: ANSWER });
  });

  it('expires after 60 s without an answer, for one of several concurrent callers', async () => {
    const store = createIdempotencyStore(db());
    const key = randomUUID();
    await take(store, key);
    await age(key, 58);
    expect(await store.begin('key_1', key, HASH)).toMatchObject({ kind: 'stored' });
    await age(key, 61);
    const begun = await Promise.all(Array.from({ length: 10 }, () => store.begin('key_1', key, OTHER_HASH)));
    expect(begun.filter(({ kind }) => kind === 'held')).toHaveLength(1);
  });

  it('is out of reach for a request that was so slow that another one took it over', async () => {
    const store = createIdempotencyStore(db());
    const key = randomUUID();
    const slow = await take(store, key);
    await age(key, 61);
    const held = await take(store, key, OTHER_HASH);
    await store.abandon(slow);
    expect(await store.complete(slow, { status: 201, body: '"of the slow one"' })).toBe(false);
    expect(await store.begin('key_1', key, OTHER_HASH)).toEqual(keptWith(OTHER_HASH, undefined));
    expect(await store.complete(held, ANSWER)).toBe(true);
    expect(await store.complete(slow, { status: 201, body: '"of the slow one"' })).toBe(false);
    expect(await store.begin('key_1', key, OTHER_HASH)).toEqual(keptWith(OTHER_HASH, ANSWER));
  });

  it('stores its answer for 24 hours', async () => {
    const store = createIdempotencyStore(db());
    const key = randomUUID();
    await store.complete(await take(store, key), ANSWER);
    await age(key, 24 * 60 * 60 - 60);
    expect(await store.begin('key_1', key, HASH)).toMatchObject({ answer: ANSWER });
    await age(key, 24 * 60 * 60 + 60);
    await take(store, key);
    expect(await store.begin('key_1', key, HASH)).toEqual(keptWith(HASH, undefined));
  });
});
