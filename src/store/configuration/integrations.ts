import { notFound } from '../../domain/errors.ts';
import { type IntegrationId, type TenantId, toId, toUuid } from '../../domain/id.ts';
import type { DialectName, Integration } from '../../domain/integration.ts';
import type { PolicyOverride } from '../../domain/policy.ts';
import type { IntegrationStore } from '../../ports/configuration.ts';
import type { Database, Statements } from '../database.ts';
import type { Integration as IntegrationRow, Prisma } from '../generated/client.ts';
import { pageOfModel, toPage } from '../pages.ts';
import { changeConfiguration } from './change-configuration.ts';
import { deleteWithSubscriptions } from './delete-with-subscriptions.ts';
import { expireSecrets, insertSecret, readPublicKeys, readSecrets, revokeSecret } from './secrets.ts';
import { undeleted } from './undeleted.ts';

export function createIntegrationStore(db: Database): IntegrationStore {
  return {
    create(integration, secrets) {
      const { id, tenantId, dialect, createdAt } = integration;
      return changeConfiguration(db, tenantId, async (tx) => {
        await tx.integration.create({
          data: { ...columnsOf(integration), id: toUuid(id), tenantId: toUuid(tenantId), dialect, createdAt },
        });
        for (const secret of secrets) await insertSecret(tx, tenantId, secret);
      });
    },

    async find(tenantId, id) {
      const row = await db.integration.findFirst({ where: undeleted(tenantId, id) });
      return row ? integrationOf(row) : undefined;
    },

    async list(tenantId, page) {
      // integrations_tenant_id_id_idx
      const { where, ...rest } = pageOfModel(page);
      const rows = await db.integration.findMany({
        where: { ...where, tenantId: toUuid(tenantId), deletedAt: null },
        ...rest,
      });
      return toPage(rows, page, integrationOf);
    },

    /** Does not change the dialect. @throws Problem `not_found` when the integration does not exist or was deleted */
    update(integration) {
      const { tenantId, id } = integration;
      return changeConfiguration(db, tenantId, async (tx) => {
        const { count } = await tx.integration.updateMany({
          where: undeleted(tenantId, id),
          data: columnsOf(integration),
        });
        if (count === 0) throw notFound('integration');
      });
    },

    async delete(tenantId, id, by) {
      if (!(await this.find(tenantId, id))) return false; // before changeConfiguration, which would raise the version
      return deleteWithSubscriptions(db, tenantId, { kind: 'integration', id }, by);
    },

    secrets(tenantId, id) {
      return readSecrets(db, tenantId, id);
    },

    publicKeys(tenantId, id) {
      return readPublicKeys(db, tenantId, id);
    },

    /** @throws Problem `not_found` when the integration does not exist or was deleted */
    rotate(tenantId, fresh, overlapMs) {
      return changeConfiguration(db, tenantId, async (tx) => {
        await requireIntegration(tx, tenantId, fresh.integrationId);
        await expireSecrets(tx, tenantId, fresh.integrationId, fresh.kind, overlapMs);
        await insertSecret(tx, tenantId, fresh);
      });
    },

    revokeSecret(tenantId, integrationId, id) {
      return changeConfiguration(db, tenantId, (tx) => revokeSecret(tx, tenantId, integrationId, id));
    },
  };
}

/** @throws Problem `not_found` when the tenant has no such integration or it was deleted */
async function requireIntegration(tx: Statements, tenantId: TenantId, id: IntegrationId): Promise<void> {
  if (!(await tx.integration.findFirst({ where: undeleted(tenantId, id), select: { id: true } }))) {
    throw notFound('integration');
  }
}

function columnsOf({ name, options, headers, policy, limits, updatedAt }: Integration) {
  return {
    name,
    options: options as Prisma.InputJsonObject,
    headersKeyId: headers?.keyId ?? null,
    headersBox: headers ? Uint8Array.from(headers.box) : null,
    policy: storedPolicy(policy),
    limits: limits as Prisma.InputJsonObject,
    updatedAt,
  };
}

export function integrationOf(row: IntegrationRow): Integration {
  const { headersKeyId, headersBox } = row;
  return {
    id: toId('integration', row.id),
    tenantId: toId('tenant', row.tenantId),
    name: row.name,
    dialect: row.dialect as DialectName,
    options: row.options as object,
    headers: headersKeyId !== null && headersBox !== null ? { keyId: headersKeyId, box: headersBox } : undefined,
    policy: policyOf(row.policy as StoredPolicy),
    limits: row.limits as Integration['limits'],
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

/** `scheduleMs` is how earlier versions stored the waits: with that before the first attempt, which none of them made use of. */
type StoredPolicy = PolicyOverride & { readonly scheduleMs?: readonly number[] };

/** Both forms, so that processes of earlier versions deliver by the same waits while they are being replaced. */
function storedPolicy(policy: PolicyOverride): Prisma.InputJsonObject {
  const { retryDelaysMs } = policy;
  return { ...policy, ...(retryDelaysMs && { scheduleMs: [0, ...retryDelaysMs] }) } as Prisma.InputJsonObject;
}

/** A policy that a process of an earlier version wrote has `scheduleMs` alone. */
function policyOf({ scheduleMs, ...policy }: StoredPolicy): PolicyOverride {
  return scheduleMs && !policy.retryDelaysMs ? { ...policy, retryDelaysMs: scheduleMs.slice(1) } : policy;
}
