import { describe, expect, test } from 'vitest';
import { idempotencyKey, type OnceDeps, once, type Reply, requestHash } from '../../../src/api/idempotency.ts';
import type { StoredAnswer } from '../../../src/ports/idempotency.ts';

describe('Idempotency-Key', () => {
  test.each([
    ['abc', 'abc'],
    ['"abc"', 'abc'],
    [' "a b" ', 'a b'],
    ['"a\\"b\\\\c"', 'a"b\\c'],
    ['"', '"'],
    ['x'.repeat(255), 'x'.repeat(255)],
  ])('%j is the key %j', (header, key) => {
    expect(idempotencyKey(header)).toBe(key);
  });

  test('is optional', () => {
    expect(idempotencyKey(undefined)).toBeUndefined();
  });

  test.each(['', '""', '  ', 'x'.repeat(256), 'é'])('%j is refused', (header) => {
    expect(() => idempotencyKey(header)).toThrow(expect.objectContaining({ status: 400, code: 'invalid-idempotency-key' }));
  });
});

/** Keeps answers in memory, as the store does in a table. */
function memory(): OnceDeps & { readonly kept: Map<string, StoredAnswer> } {
  const kept = new Map<string, StoredAnswer>();
  const name = (scope: string, key: string) => `${scope} ${key}`;
  const log = { info() {}, warn() {}, error() {} };
  return {
    kept,
    log,
    idempotency: {
      async begin(scope, key, hash) {
        const earlier = kept.get(name(scope, key));
        if (earlier) return { kind: 'stored', ...earlier };
        kept.set(name(scope, key), { requestHash: hash, answer: undefined });
        return { kind: 'held', held: { scope, key, holder: 'first' } };
      },
      async complete({ scope, key }, answer) {
        const { requestHash: hash = new Uint8Array() } = kept.get(name(scope, key)) ?? {};
        kept.set(name(scope, key), { requestHash: hash, answer });
        return true;
      },
      async abandon({ scope, key }) {
        kept.delete(name(scope, key));
      },
    },
  };
}

describe('once', () => {
  const hash = requestHash('', Buffer.from('{}'));
  const created: Reply = { status: 201, body: '{"key":"secret"}', storedBody: '{"key":""}', headers: {} };

  test('runs once; the stored answer is the blanked one', async () => {
    const deps = memory();
    let runs = 0;
    const answer = async () => {
      runs++;
      return created;
    };
    expect(await once(deps, 's', 'k', hash, answer)).toEqual(created);
    expect(await once(deps, 's', 'k', hash, answer)).toEqual({
      status: 201,
      body: '{"key":""}',
      headers: { 'idempotency-replayed': 'true' },
    });
    expect(runs).toBe(1);
  });

  test('another request under the key is 422, the same one under way is 409', async () => {
    const deps = memory();
    let end: (reply: Reply) => void = () => {};
    const first = once(deps, 's', 'k', hash, () => new Promise((resolve) => (end = resolve)));
    const other = requestHash('', Buffer.from('{"a":1}'));
    await expect(once(deps, 's', 'k', other, async () => created)).rejects.toMatchObject({ status: 422 });
    await expect(once(deps, 's', 'k', hash, async () => created)).rejects.toMatchObject({ status: 409 });
    end(created);
    await first;
    expect((await once(deps, 's', 'k', hash, async () => created)).status).toBe(201);
  });

  test('a failure on our side is not stored', async () => {
    const deps = memory();
    await once(deps, 's', 'k', hash, async () => ({ status: 503, body: '{}', headers: {} }));
    await expect(once(deps, 's', 'k', hash, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(deps.kept.size).toBe(0);
  });

  test('a mismatch of versions is not stored: with another If-Match the request may succeed', async () => {
    const deps = memory();
    expect((await once(deps, 's', 'k', hash, async () => ({ status: 412, body: '{}', headers: {} }))).status).toBe(412);
    expect((await once(deps, 's', 'k', hash, async () => created)).status).toBe(201);
  });

  test('query and body tell requests apart', () => {
    const hashes = [requestHash('a=1', undefined), requestHash('', Buffer.from('a=1')), requestHash('', undefined)];
    expect(new Set(hashes.map((one) => one.toString('hex'))).size).toBe(3);
  });
});
