import { isDeepStrictEqual } from 'node:util';
import { notFound } from '../../domain/errors.ts';
import { type TenantId, toId, toUuid } from '../../domain/id.ts';
import type { TenantRetention } from '../../domain/retention.ts';
import { type ExpectedVersions, requireVersion } from '../../domain/row-version.ts';
import type { Tenant, TenantStore } from '../../ports/configuration.ts';
import type { Database, Statements } from '../database.ts';
import { cancelOpen } from '../deliveries/open-deliveries.ts';
import { Prisma, type Tenant as TenantRow } from '../generated/client.ts';
import { idsNamed } from '../names.ts';
import { pageOfModel, toPage } from '../pages.ts';
import { deleteSubscriptions } from './bulk-subscription-changes.ts';

export function createTenantStore(db: Database): TenantStore {
  return {
    async create({ id, name, retention, createdAt, updatedAt }) {
      const data = { id: toUuid(id), name, retention, createdAt, updatedAt };
      await db.$transaction((tx) => tx.tenant.create({ data }));
    },

    async find(id) {
      const row = await db.tenant.findFirst({ where: { id: toUuid(id), deletedAt: null } });
      return row ? tenantOf(row) : undefined;
    },

    async list({ id, q }, page) {
      const { where, ...rest } = pageOfModel(page);
      const only = id ? [{ id: toUuid(id) }] : [];
      const named = q ? [{ id: { in: await idsNamed(db, 'tenants', Prisma.sql`true`, q, page) } }] : [];
      const rows = await db.tenant.findMany({ where: { ...where, AND: [...only, ...named], deletedAt: null }, ...rest });
      return toPage(rows, page, tenantOf);
    },

    /** @throws Problem `not_found` when the tenant does not exist or was deleted */
    change(id, edit) {
      return db.$transaction(async (tx) => {
        const current = await lockTenant(tx, id);
        const changed = edit(current);
        const { name, retention, updatedAt } = changed;
        if (isDeepStrictEqual({ name, retention }, { name: current.name, retention: current.retention })) return current;
        const data = { name, retention, updatedAt };
        return tenantOf(await tx.tenant.update({ where: { id: toUuid(id) }, data }));
      });
    },

    async delete(id, by, expected) {
      const subscriptions = await deleteTenant(db, id, expected);
      if (subscriptions) await cancelOpen(db, subscriptions, { reason: 'tenant deleted', by });
      return subscriptions !== undefined;
    },
  };
}

/**
 * Soft-deletes a tenant with its templates, integrations and subscriptions, and revokes its keys. Returns the UUIDs of the
 * subscriptions; undefined when the tenant does not exist or was already deleted.
 */
function deleteTenant(db: Database, id: TenantId, expected: ExpectedVersions): Promise<string[] | undefined> {
  const tenant = toUuid(id);
  return db.$transaction(async (tx) => {
    // Not through changeConfiguration: the same UPDATE raises the version and deletes the tenant.
    const [row] = await tx.$queryRaw<{ version: number }[]>`
      UPDATE tenants SET config_version = config_version + 1, deleted_at = now()
      WHERE id = ${tenant}::uuid AND deleted_at IS NULL RETURNING version - 1 AS version`;
    if (!row) return undefined;
    requireVersion(expected, row);
    await tx.$executeRaw`UPDATE api_keys SET revoked_at = now() WHERE tenant_id = ${tenant}::uuid AND revoked_at IS NULL`;
    await tx.$executeRaw`UPDATE templates SET deleted_at = now() WHERE tenant_id = ${tenant}::uuid AND deleted_at IS NULL`;
    await tx.$executeRaw`UPDATE integrations SET deleted_at = now() WHERE tenant_id = ${tenant}::uuid AND deleted_at IS NULL`;
    return deleteSubscriptions(tx, id);
  });
}

/** @throws Problem `not_found` */
async function lockTenant(tx: Statements, id: TenantId): Promise<Tenant> {
  await tx.$queryRaw`SELECT FROM tenants WHERE id = ${toUuid(id)}::uuid FOR NO KEY UPDATE`;
  const row = await tx.tenant.findFirst({ where: { id: toUuid(id), deletedAt: null } });
  if (!row) throw notFound('tenant');
  return tenantOf(row);
}

function tenantOf({ id, name, retention, version, createdAt, updatedAt }: TenantRow): Tenant {
  return { id: toId('tenant', id), name, retention: retention as TenantRetention, version, createdAt, updatedAt };
}
