import { notFound } from '../../domain/errors.ts';
import { type IntegrationId, type TenantId, toUuid } from '../../domain/id.ts';
import type { Integration } from '../../domain/integration.ts';
import type { IntegrationStore } from '../../ports/configuration.ts';
import type { Database, Statements } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { idsNamed } from '../names.ts';
import { pageOfModel, toPage } from '../pages.ts';
import { changeConfiguration } from './change-configuration.ts';
import { changedColumns } from './changed-columns.ts';
import { subscriptionsOfIntegration } from './configured-subscriptions.ts';
import { deleteWithSubscriptions } from './delete-with-subscriptions.ts';
import { columnsOf, integrationOf } from './integration-row.ts';
import { expireSecrets, insertSecret, readPublicKeys, readSecrets, revokeSecret } from './secrets.ts';
import { readUsage } from './tenant-usage.ts';
import { undeleted } from './undeleted.ts';

export function createIntegrationStore(db: Database): IntegrationStore {
  return {
    create(integration, secrets, check) {
      const { id, tenantId, dialect, createdAt } = integration;
      return changeConfiguration(db, tenantId, async (tx) => {
        check({ usage: await readUsage(tx, tenantId), siblings: await readSiblings(tx, integration) });
        const data = { ...columnsOf(integration), id: toUuid(id), tenantId: toUuid(tenantId), dialect, createdAt };
        const row = await tx.integration.create({ data });
        for (const secret of secrets) await insertSecret(tx, tenantId, secret);
        return integrationOf(row);
      });
    },

    async find(tenantId, id) {
      const row = await db.integration.findFirst({ where: undeleted(tenantId, id) });
      return row ? integrationOf(row) : undefined;
    },

    async list(tenantId, { q }, page) {
      // integrations_tenant_id_id_idx
      const { where, ...rest } = pageOfModel(page);
      const owner = Prisma.sql`tenant_id = ${toUuid(tenantId)}::uuid`;
      const named = q ? [{ id: { in: await idsNamed(db, 'integrations', owner, q, page) } }] : [];
      const rows = await db.integration.findMany({
        where: { ...where, AND: named, tenantId: toUuid(tenantId), deletedAt: null },
        ...rest,
      });
      return toPage(rows, page, integrationOf);
    },

    /** Does not change the dialect. @throws Problem `not_found` when the integration does not exist or was deleted */
    change(tenantId, id, edit) {
      return changeConfiguration(db, tenantId, async (tx) => {
        const current = await requireIntegration(tx, tenantId, id);
        const { row, check } = edit(current);
        if (check) {
          const subscriptions = await subscriptionsOfIntegration(tx, tenantId, id);
          check({ subscriptions, siblings: await readSiblings(tx, current) });
        }
        const data = changedColumns(columnsOf(current), columnsOf(row));
        return data ? integrationOf(await tx.integration.update({ where: { id: toUuid(id) }, data })) : current;
      });
    },

    async delete(tenantId, id, by, expected) {
      if (!(await this.find(tenantId, id))) return false; // before changeConfiguration, which would raise the version
      return deleteWithSubscriptions(db, tenantId, { kind: 'integration', id }, by, expected);
    },

    secrets(tenantId, id) {
      return readSecrets(db, tenantId, id);
    },

    publicKeys(tenantId, id) {
      return readPublicKeys(db, tenantId, id);
    },

    /** @throws Problem `not_found` when the integration does not exist or was deleted */
    rotate(tenantId, fresh, overlapMs, check) {
      const { integrationId, kind, createdAt } = fresh;
      return changeConfiguration(db, tenantId, async (tx) => {
        const current = await requireIntegration(tx, tenantId, integrationId);
        await expireSecrets(tx, tenantId, integrationId, kind, overlapMs);
        const signing = await readSecrets(tx, tenantId, integrationId);
        check(current, signing.filter((secret) => secret.kind === kind).length);
        await insertSecret(tx, tenantId, fresh);
        return integrationOf(await touch(tx, integrationId, createdAt));
      });
    },

    revokeSecret(tenantId, integrationId, id) {
      return changeConfiguration(db, tenantId, async (tx) => {
        const revoked = await revokeSecret(tx, tenantId, integrationId, id);
        if (revoked) await touch(tx, integrationId, new Date());
        return revoked;
      });
    },
  };
}

async function readSiblings(
  tx: Statements,
  { id, tenantId, dialect }: Pick<Integration, 'id' | 'tenantId' | 'dialect'>,
): Promise<Integration[]> {
  // integrations_tenant_id_id_idx
  const rows = await tx.integration.findMany({
    where: { tenantId: toUuid(tenantId), dialect, deletedAt: null, id: { not: toUuid(id) } },
    orderBy: { id: 'asc' },
  });
  return rows.map(integrationOf);
}

/** @throws Problem `not_found` when the tenant has no such integration or it was deleted */
async function requireIntegration(tx: Statements, tenantId: TenantId, id: IntegrationId): Promise<Integration> {
  const row = await tx.integration.findFirst({ where: undeleted(tenantId, id) });
  if (!row) throw notFound('integration');
  return integrationOf(row);
}

/** Raises the version of an integration whose secrets changed: they are shown with it. */
function touch(tx: Statements, id: IntegrationId, updatedAt: Date) {
  return tx.integration.update({ where: { id: toUuid(id) }, data: { updatedAt } });
}
