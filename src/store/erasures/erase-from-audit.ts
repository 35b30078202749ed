import { hideIds } from '../../domain/erasure.ts';
import { toUuid } from '../../domain/id.ts';
import type { PassToErase, RunningErasure } from '../../ports/erasures.ts';
import type { Statements } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { LOWEST_UUID } from '../pages.ts';
import type { Erased } from './count-step.ts';

const TABLE = 'audit_entries';
const CHUNK = 500;

/**
 * Replaces the ids in every text and JSON column of the tenant's audit entries. What the columns are is asked from Postgres, so that one
 * that is added later is covered.
 */
export async function eraseFromAudit(tx: Statements, { tenantId }: RunningErasure, pass: PassToErase): Promise<Erased> {
  const columns = await textColumns(tx);
  if (columns.length === 0) return undefined;
  let erased = 0;
  let cursor: string | undefined = LOWEST_UUID;
  while (cursor !== undefined) {
    const rows: AuditRow[] = await tx.$queryRaw<AuditRow[]>`
      SELECT id, ${Prisma.raw(columns.map(({ name }) => `"${name}"::text AS "${name}"`).join(', '))} FROM ${Prisma.raw(TABLE)} t
      WHERE tenant_id = ${toUuid(tenantId)}::uuid AND id > ${cursor}::uuid AND ${quotesOneOf(pass.quoted)}
      ORDER BY id LIMIT ${CHUNK} FOR UPDATE`;
    for (const row of rows) if (await hideIn(tx, row, columns, pass)) erased += 1;
    cursor = rows.length === CHUNK ? rows.at(-1)?.id : undefined;
  }
  return erased > 0 ? { counts: { auditEntries: erased } } : undefined;
}

interface TextColumn {
  readonly name: string;
  readonly type: 'text' | 'json' | 'jsonb';
}

type AuditRow = { readonly id: string } & Readonly<Record<string, string | null>>;

async function textColumns(tx: Statements): Promise<TextColumn[]> {
  return tx.$queryRaw<TextColumn[]>`
    SELECT attname::text AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
    WHERE attrelid = to_regclass(${TABLE}) AND attnum > 0 AND NOT attisdropped
      AND format_type(atttypid, NULL) IN ('text', 'json', 'jsonb')
    ORDER BY attnum`;
}

/** The whole row as text: JSON has the ids with escapes. */
function quotesOneOf(ids: readonly string[]): Prisma.Sql {
  const needles = new Set(ids.flatMap((id) => [id, inJson(id)]));
  return Prisma.sql`(${Prisma.join(
    [...needles].map((needle) => Prisma.sql`position(${needle} IN concat_ws(' ', t.*)) > 0`),
    ' OR ',
  )})`;
}

/** False when the ids were only parts of longer words. */
async function hideIn(tx: Statements, row: AuditRow, columns: readonly TextColumn[], pass: PassToErase): Promise<boolean> {
  const changes = columns.flatMap(({ name, type }) => {
    const text = row[name] ?? '';
    const hidden = hideIds(text, type === 'text' ? pass.quoted : pass.quoted.map(inJson), pass.hash);
    return hidden === text ? [] : [Prisma.sql`${Prisma.raw(`"${name}"`)} = ${hidden}::${Prisma.raw(type)}`];
  });
  if (changes.length === 0) return false;
  await tx.$executeRaw`UPDATE ${Prisma.raw(TABLE)} SET ${Prisma.join(changes)} WHERE id = ${row.id}::uuid`;
  return true;
}

function inJson(id: string): string {
  return JSON.stringify(id).slice(1, -1);
}
