import { notFound } from '../../domain/errors.ts';
import { type TenantId, toUuid } from '../../domain/id.ts';
import type { Database, Statements } from '../database.ts';
import { Turns } from '../turns.ts';

/** The most changes of one tenant that a process has under way and waiting. */
const MAX_WAITING = 200;
const turnsOf = new WeakMap<Database, Turns<TenantId>>();

/**
 * Changes a tenant's configuration: raises its version and runs `work` in one transaction. The version is raised first,
 * because its row lock serialises the tenant's changes, so that no other change can invalidate the reads in `work`.
 * The changes of one tenant wait for each other before they take a connection: waiting for the lock, they would take all of them.
 *
 * @throws Problem `not_found` when the tenant does not exist or was deleted; Unavailable; Overloaded when too many are waiting
 */
export function changeConfiguration<T>(db: Database, tenantId: TenantId, work: (tx: Statements) => Promise<T>): Promise<T> {
  const turns = turnsOf.get(db) ?? new Turns<TenantId>(MAX_WAITING);
  turnsOf.set(db, turns);
  return turns.run(tenantId, () =>
    db.$transaction(async (tx) => {
      const found = await tx.$executeRaw`
        UPDATE tenants SET config_version = config_version + 1 WHERE id = ${toUuid(tenantId)}::uuid AND deleted_at IS NULL`;
      if (found === 0) throw notFound('tenant');
      return work(tx);
    }),
  );
}
