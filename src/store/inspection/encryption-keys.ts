import type pg from 'pg';
import type { Finding } from '../../domain/readiness.ts';

/** How many stored secrets and extra headers each encryption key opens, by the key's id. */
export type KeyUsage = ReadonlyMap<string, number>;

/** Counts what is still in use: expired secrets and deleted integrations need no key. */
export async function readKeyUsage(client: Pick<pg.Client, 'query'>): Promise<KeyUsage> {
  const { rows } = await client.query<{ readonly key_id: string; readonly count: number }>(`
    SELECT key_id, count(*)::int AS count FROM (
      SELECT s.key_id FROM secrets s JOIN integrations i ON i.id = s.integration_id AND i.deleted_at IS NULL
      WHERE s.expires_at IS NULL OR s.expires_at > now()
      UNION ALL
      SELECT headers_key_id FROM integrations WHERE headers_key_id IS NOT NULL AND deleted_at IS NULL
    ) used GROUP BY key_id ORDER BY key_id`);
  return new Map(rows.map(({ key_id, count }) => [key_id, count]));
}

/** The keys that stored secrets need and this process lacks; undefined when it has them all. */
export function missingKeysFinding(usage: KeyUsage, keyIds: readonly string[]): Finding | undefined {
  const missing = [...usage].filter(([id]) => !keyIds.includes(id));
  if (missing.length === 0) return undefined;
  return {
    part: 'encryptionKeys',
    code: missing.map(([id]) => id).join(),
    effect: 'degrades',
    detail: `${missing.length === 1 ? 'a key' : `${missing.length} keys`} of stored secrets missing`,
    advice: 'add the missing keys to ENCRYPTION_KEYS; until then, attempts that need them fail and are retried',
    context: { missing: missing.map(([id, secrets]) => ({ id, secrets })) },
  };
}
