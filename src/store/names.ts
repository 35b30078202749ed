import { ID_PREFIXES, type IdKind, toUuid } from '../domain/id.ts';
import type { NamedId, NameStore } from '../ports/names.ts';
import type { PageQuery } from '../ports/page.ts';
import type { Database, Statements } from './database.ts';
import { Prisma } from './generated/client.ts';
import { idsBefore } from './pages.ts';

/** How each kind is named. Constants, never input. */
const SOURCES = {
  tenant: 'SELECT id, name FROM tenants WHERE id',
  integration: 'SELECT id, name FROM integrations WHERE id',
  template: 'SELECT id, name FROM templates WHERE id',
  endpoint: 'SELECT id, url AS name FROM endpoints WHERE id',
  subscription: 'SELECT s.id, i.name FROM subscriptions s JOIN integrations i ON i.id = s.integration_id WHERE s.id',
} as const satisfies Partial<Record<IdKind, string>>;

const KINDS = Object.keys(SOURCES) as (keyof typeof SOURCES)[];

export function createNameStore(db: Database): NameStore {
  return {
    async find(ids) {
      const looks = KINDS.flatMap((kind) => {
        const uuids = uuidsOf(kind, ids);
        return uuids.length === 0
          ? []
          : [
              Prisma.sql`SELECT ${`${ID_PREFIXES[kind]}_`} || id AS id, name FROM (${Prisma.raw(SOURCES[kind])} = ANY(${uuids}::uuid[])) n`,
            ];
      });
      if (looks.length === 0) return new Map();
      const rows = await db.$queryRaw<{ id: string; name: string }[]>(Prisma.join(looks, ' UNION ALL '));
      return new Map(rows.map(({ id, name }) => [id, name]));
    },
  };
}

function uuidsOf(kind: IdKind, ids: readonly NamedId[]): string[] {
  return [...new Set(ids.filter((id) => id.startsWith(`${ID_PREFIXES[kind]}_`)))].map(toUuid);
}

type NamedTable = 'tenants' | 'templates' | 'integrations';

/**
 * The UUIDs of the next page of rows whose names begin with `q`, in any case; for `AND: { id: { in: ... } }`.
 * tenants_lower_name_idx, templates_tenant_id_lower_name_idx, integrations_tenant_id_lower_name_idx
 */
export async function idsNamed(
  db: Statements,
  table: NamedTable,
  scope: Prisma.Sql,
  q: string,
  page: PageQuery,
): Promise<string[]> {
  const pattern = `${q.replace(/[\\%_]/g, String.raw`\$&`)}%`;
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM ${Prisma.raw(table)}
    WHERE ${scope} AND deleted_at IS NULL AND lower(name) LIKE lower(${pattern}) AND ${idsBefore(page)}
    ORDER BY id DESC LIMIT ${page.limit + 1}`;
  return rows.map(({ id }) => id);
}
