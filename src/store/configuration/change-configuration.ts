import { notFound } from '../../domain/errors.ts';
import { type TenantId, toUuid } from '../../domain/id.ts';
import type { Database, Statements } from '../database.ts';

/**
 * Changes a tenant's configuration: raises its version and does `work` in one transaction. The version comes first, because
 * its row lock lets one change of a tenant pass at a time; what `work` reads is true until it commits.
 *
 * @throws Problem `not_found` when there is no such tenant (any more); Unavailable
 */
export function changeConfiguration<T>(db: Database, tenantId: TenantId, work: (tx: Statements) => Promise<T>): Promise<T> {
  return db.$transaction(async (tx) => {
    const found = await tx.$executeRaw`
      UPDATE tenants SET config_version = config_version + 1 WHERE id = ${toUuid(tenantId)}::uuid AND deleted_at IS NULL`;
    if (found === 0) throw notFound('tenant');
    return work(tx);
  });
}
