import { notFound } from '../../domain/errors.ts';
import { type IntegrationId, type TenantId, toUuid } from '../../domain/id.ts';
import { type ExpectedVersions, requireVersion } from '../../domain/row-version.ts';
import type { IntegrationStore } from '../../ports/configuration.ts';
import type { Database, Statements } from '../database.ts';
import { pageOfModel, toPage } from '../pages.ts';
import { changeConfiguration } from './change-configuration.ts';
import { changedColumns } from './changed-columns.ts';
import { subscriptionsOfIntegration } from './configured-subscriptions.ts';
import { deleteWithSubscriptions } from './delete-with-subscriptions.ts';
import { columnsOf, integrationOf } from './integration-row.ts';
import { expireSecrets, insertSecret, readPublicKeys, readSecrets, revokeSecret } from './secrets.ts';
import { undeleted } from './undeleted.ts';

export function createIntegrationStore(db: Database): IntegrationStore {
  return {
    create(integration, secrets) {
      const { id, tenantId, dialect, createdAt } = integration;
      return changeConfiguration(db, tenantId, async (tx) => {
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
    change(tenantId, id, edit) {
      return changeConfiguration(db, tenantId, async (tx) => {
        const before = await tx.integration.findFirst({ where: undeleted(tenantId, id) });
        if (!before) throw notFound('integration');
        const current = integrationOf(before);
        const { row, check } = edit(current);
        check?.({ subscriptions: await subscriptionsOfIntegration(tx, tenantId, id) });
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

    /** @throws Problem `not_found` when the integration does not exist or was deleted, or `precondition` */
    rotate(tenantId, fresh, overlapMs, expected) {
      const { integrationId, kind, createdAt } = fresh;
      return changeConfiguration(db, tenantId, async (tx) => {
        await requireIntegration(tx, tenantId, integrationId, expected);
        await expireSecrets(tx, tenantId, integrationId, kind, overlapMs);
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

/** @throws Problem `not_found` when the tenant has no such integration or it was deleted, or `precondition` */
async function requireIntegration(
  tx: Statements,
  tenantId: TenantId,
  id: IntegrationId,
  expected: ExpectedVersions,
): Promise<void> {
  const row = await tx.integration.findFirst({ where: undeleted(tenantId, id), select: { version: true } });
  if (!row) throw notFound('integration');
  requireVersion(expected, row);
}

/** Raises the version of an integration whose secrets changed: they are shown with it. */
function touch(tx: Statements, id: IntegrationId, updatedAt: Date) {
  return tx.integration.update({ where: { id: toUuid(id) }, data: { updatedAt } });
}
