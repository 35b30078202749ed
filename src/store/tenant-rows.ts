import { type Id, type IdKind, type TenantId, toUuid } from '../domain/id.ts';
import type { Page, PageQuery } from '../ports/page.ts';
import type { Database } from './database.ts';
import type { Prisma } from './generated/client.ts';
import { idsBefore, toPageYielding } from './pages.ts';
import { plannedForValues } from './plan-for-values.ts';

export interface TenantRows<T> {
  /** Undefined when the tenant has no row with this id. */
  find(tenantId: TenantId, id: Id<IdKind>): Promise<T | undefined>;
  /**
   * One page of the tenant's rows that match `filter`, newest first. Uses an index of the filter, or the table's on (tenant_id, id).
   *
   * @throws Problem `invalid` at `/cursor`
   */
  list(tenantId: TenantId, filter: Prisma.Sql, page: PageQuery): Promise<Page<T>>;
}

/** @param select a SELECT without WHERE clause that returns `id` and `tenant_id` */
export function createTenantRows<Row extends { readonly id: string }, T>(
  db: Database,
  select: Prisma.Sql,
  read: (row: Row) => T,
): TenantRows<T> {
  return {
    async find(tenantId, id) {
      const [row] = await db.$queryRaw<Row[]>`
        ${select} WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid`;
      return row && read(row);
    },

    async list(tenantId, filter, page) {
      const before = idsBefore(page);
      const rows = await plannedForValues(
        db,
        (tx) => tx.$queryRaw<Row[]>`
          ${select} WHERE tenant_id = ${toUuid(tenantId)}::uuid AND ${filter} AND ${before} ORDER BY id DESC LIMIT ${page.limit + 1}`,
      );
      return toPageYielding(rows, page, read);
    },
  };
}
