import { notFound } from '../../domain/errors.ts';
import { type TenantId, toUuid } from '../../domain/id.ts';
import type { Database, Statements } from '../database.ts';

/**
 * Changes a tenant's configuration: raises its version and runs `work` in one transaction. The version is raised first,
 * because its row lock serialises the tenant's changes, so that no other change can invalidate the reads in `work`.
 *
 * @throws Problem `not_found` when the tenant does not exist or was deleted; Unavailable
 */
export function changeConfiguration<T>(db: Database, tenantId: TenantId, work: (tx: Statements) => Promise<T>): Promise<T> {
  return db.$transaction(async (tx) => {
    const found = await tx.$executeRaw`
      UPDATE tenants SET config_version = config_version + 1 WHERE id = ${toUuid(tenantId)}::uuid AND deleted_at IS NULL`;
    if (found === 0) throw notFound('tenant');
    return work(tx);
  });
}
