import { type TenantId, toId, toUuid } from '../../domain/id.ts';
import type { Tenant, TenantStore } from '../../ports/configuration.ts';
import type { Database } from '../database.ts';
import { cancelOpen } from '../deliveries/open-deliveries.ts';
import type { Tenant as TenantRow } from '../generated/client.ts';
import { pageOfModel, toPage } from '../pages.ts';
import { deleteSubscriptions } from './bulk-subscription-changes.ts';

export function createTenantStore(db: Database): TenantStore {
  return {
    async create({ id, name, createdAt, updatedAt }) {
      await db.tenant.create({ data: { id: toUuid(id), name, createdAt, updatedAt } });
    },

    async find(id) {
      const row = await db.tenant.findFirst({ where: { id: toUuid(id), deletedAt: null } });
      return row ? tenantOf(row) : undefined;
    },

    async list({ id }, page) {
      const { where, ...rest } = pageOfModel(page);
      const only = id ? { AND: { id: toUuid(id) } } : {};
      const rows = await db.tenant.findMany({ where: { ...where, ...only, deletedAt: null }, ...rest });
      return toPage(rows, page, tenantOf);
    },

    async rename(id, name) {
      const [row] = await db.tenant.updateManyAndReturn({
        where: { id: toUuid(id), deletedAt: null },
        data: { name, updatedAt: new Date() },
      });
      return row ? tenantOf(row) : undefined;
    },

    async delete(id, by) {
      const subscriptions = await deleteTenant(db, id);
      if (subscriptions) await cancelOpen(db, subscriptions, { reason: 'tenant deleted', by });
      return subscriptions !== undefined;
    },
  };
}

/**
 * Soft-deletes a tenant with its templates, integrations and subscriptions, and revokes its keys. Returns the UUIDs of the
 * subscriptions; undefined when the tenant does not exist or was already deleted.
 */
function deleteTenant(db: Database, id: TenantId): Promise<string[] | undefined> {
  const tenant = toUuid(id);
  return db.$transaction(async (tx) => {
    // Not through changeConfiguration: the same UPDATE raises the version and deletes the tenant.
    const found = await tx.$executeRaw`
      UPDATE tenants SET config_version = config_version + 1, deleted_at = now()
      WHERE id = ${tenant}::uuid AND deleted_at IS NULL`;
    if (found === 0) return undefined;
    await tx.$executeRaw`UPDATE api_keys SET revoked_at = now() WHERE tenant_id = ${tenant}::uuid AND revoked_at IS NULL`;
    await tx.$executeRaw`UPDATE templates SET deleted_at = now() WHERE tenant_id = ${tenant}::uuid AND deleted_at IS NULL`;
    await tx.$executeRaw`UPDATE integrations SET deleted_at = now() WHERE tenant_id = ${tenant}::uuid AND deleted_at IS NULL`;
    return deleteSubscriptions(tx, id);
  });
}

function tenantOf({ id, name, createdAt, updatedAt }: TenantRow): Tenant {
  return { id: toId('tenant', id), name, createdAt, updatedAt };
}
