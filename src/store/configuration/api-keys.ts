import { notFound } from '../../domain/errors.ts';
import { type TenantId, toId, toUuid } from '../../domain/id.ts';
import type { ApiKey, ApiKeyStore, Role } from '../../ports/configuration.ts';
import type { Database, Statements } from '../database.ts';
import type { ApiKey as ApiKeyRow } from '../generated/client.ts';
import { pageOfModel, toPage } from '../pages.ts';

export function createApiKeyStore(db: Database): ApiKeyStore {
  return {
    /** @throws Problem `not_found` when the key's tenant does not exist or was deleted */
    async create(key, hash) {
      const { id, name, role, tenantId, hint, createdAt, revokedAt } = key;
      await db.$transaction(async (tx) => {
        if (tenantId) await lockTenant(tx, tenantId);
        await tx.apiKey.create({
          data: {
            id: toUuid(id),
            tenantId: tenantId ? toUuid(tenantId) : null,
            role,
            name,
            hint,
            hash: Uint8Array.from(hash),
            createdAt,
            revokedAt: revokedAt ?? null,
          },
        });
      });
    },

    async findByHash(hash) {
      // api_keys_hash_key
      const row = await db.apiKey.findFirst({ where: { hash: Uint8Array.from(hash), revokedAt: null } });
      return row ? apiKeyOf(row) : undefined;
    },

    async find(id) {
      const row = await db.apiKey.findUnique({ where: { id: toUuid(id) } });
      return row ? apiKeyOf(row) : undefined;
    },

    async list({ tenantId }, page) {
      const { where, ...rest } = pageOfModel(page);
      const rows = await db.apiKey.findMany({
        where: { ...where, ...(tenantId && { tenantId: toUuid(tenantId) }) },
        ...rest,
      });
      return toPage(rows, page, apiKeyOf);
    },

    async revoke(id) {
      const revoked = await db.$transaction(
        (tx) => tx.$executeRaw`
          UPDATE api_keys SET revoked_at = now() WHERE id = ${toUuid(id)}::uuid AND revoked_at IS NULL`,
      );
      return revoked > 0;
    },
  };
}

/** Locks a tenant against a concurrent deletion, which would not revoke the new key. @throws Problem `not_found` */
async function lockTenant(tx: Statements, tenantId: TenantId): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 AS found FROM tenants WHERE id = ${toUuid(tenantId)}::uuid AND deleted_at IS NULL FOR SHARE`;
  if (rows.length === 0) throw notFound('tenant');
}

function apiKeyOf(row: ApiKeyRow): ApiKey {
  return {
    id: toId('apiKey', row.id),
    name: row.name,
    role: row.role as Role,
    tenantId: row.tenantId === null ? undefined : toId('tenant', row.tenantId),
    hint: row.hint,
    createdAt: row.createdAt,
    revokedAt: row.revokedAt ?? undefined,
  };
}
