import { type IntegrationId, type TemplateId, type TenantId, toUuid } from '../../domain/id.ts';
import { type ExpectedVersions, requireVersion } from '../../domain/row-version.ts';
import type { Database } from '../database.ts';
import { cancelOpen } from '../deliveries/open-deliveries.ts';
import { Prisma } from '../generated/client.ts';
import { deleteSubscriptions } from './bulk-subscription-changes.ts';
import { afterChange, changeConfiguration } from './change-configuration.ts';

type Parent =
  | { readonly kind: 'template'; readonly id: TemplateId }
  | { readonly kind: 'integration'; readonly id: IntegrationId };

/**
 * Soft-deletes a template or an integration and its subscriptions in one transaction, then cancels their open deliveries.
 *
 * @param by the id of the API key that requests it
 * @returns false when the tenant has no such row
 * @throws Problem `not_found` when the tenant does not exist or was deleted, `precondition`; Unavailable
 */
export async function deleteWithSubscriptions(
  db: Database,
  tenantId: TenantId,
  { kind, id }: Parent,
  by: string,
  expected: ExpectedVersions,
): Promise<boolean> {
  const [table, column] = [Prisma.raw(`${kind}s`), Prisma.raw(`${kind}_id`)];
  const subscriptions = await changeConfiguration(db, tenantId, async (tx) => {
    const [row] = await tx.$queryRaw<{ version: number }[]>`
      SELECT version FROM ${table}
      WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid AND deleted_at IS NULL`;
    if (!row) return undefined;
    requireVersion(expected, row);
    await tx.$executeRaw`UPDATE ${table} SET deleted_at = now() WHERE id = ${toUuid(id)}::uuid`;
    return deleteSubscriptions(tx, tenantId, { condition: Prisma.sql`${column} = ${toUuid(id)}::uuid` });
  });
  if (subscriptions === undefined) return false;
  await afterChange(db, async (database) => {
    await cancelOpen(database, subscriptions, { reason: `${kind} deleted`, by });
    return [];
  });
  return true;
}
