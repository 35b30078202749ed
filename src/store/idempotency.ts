import { randomUUID } from 'node:crypto';
import type { HeldKey, IdempotencyStore, StoredAnswer } from '../ports/idempotency.ts';
import type { Database } from './database.ts';

/** How often `begin` retries when a key is freed between its insert and its read. */
const MAX_TRIES = 5;

export function createIdempotencyStore(db: Database): IdempotencyStore {
  return {
    async begin(scope, key, requestHash) {
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const held = { scope, key, holder: randomUUID() };
        if (await acquire(db, held, requestHash)) return { kind: 'held', held };
        const stored = await read(db, scope, key);
        if (stored) return { kind: 'stored', ...stored };
      }
      // Other requests acquired and freed the key each time, so it counts as in use.
      return { kind: 'stored', requestHash, answer: undefined };
    },

    async complete({ scope, key, holder }, { status, body }) {
      const stored = await db.$executeRaw`
        UPDATE kept_answers SET status = ${status}, body = ${body}
        WHERE scope = ${scope} AND key = ${key} AND holder = ${holder}::uuid AND status IS NULL`;
      return stored > 0;
    },

    async abandon({ scope, key, holder }) {
      await db.$executeRaw`
        DELETE FROM kept_answers WHERE scope = ${scope} AND key = ${key} AND holder = ${holder}::uuid AND status IS NULL`;
    },
  };
}

/**
 * Acquires a key that is new, whose response is 24 hours old, or whose request has not ended for 60 s. Of concurrent
 * requests one writes the row; the others wait for it, find the condition false and return false. kept_answers_pkey
 */
async function acquire(db: Database, { scope, key, holder }: HeldKey, requestHash: Uint8Array): Promise<boolean> {
  const acquired = await db.$executeRaw`
    INSERT INTO kept_answers AS k (scope, key, request_hash, holder)
    VALUES (${scope}, ${key}, ${requestHash}, ${holder}::uuid)
    ON CONFLICT (scope, key) DO UPDATE
    SET request_hash = excluded.request_hash, holder = excluded.holder, status = NULL, body = NULL, began_at = now()
    WHERE k.began_at < now() - interval '24 hours'
      OR (k.status IS NULL AND k.began_at < now() - interval '60 seconds')`;
  return acquired > 0;
}

async function read(db: Database, scope: string, key: string): Promise<StoredAnswer | undefined> {
  const row = await db.keptAnswer.findUnique({ where: { scope_key: { scope, key } } });
  if (!row) return undefined;
  return {
    requestHash: row.requestHash,
    answer: row.status === null || row.body === null ? undefined : { status: row.status, body: row.body },
  };
}
