import { newId, toId, toUuid } from '../../domain/id.ts';
import { findOrCreateEndpoint } from '../configuration/find-or-create-endpoint.ts';
import type { Statements } from '../database.ts';

/**
 * Adds a delivery for each of the deleted subscriptions (UUIDs) that tells its `unsubscribe_url`. It belongs to an endpoint of its own
 * in the same integration, and so obeys its limits. The sweep offers it.
 */
export async function addUnsubscribeDeliveries(tx: Statements, subscriptions: readonly string[]): Promise<void> {
  const deleted = await tx.subscription.findMany({ where: { id: { in: [...subscriptions] } } });
  const [clock] = await tx.$queryRaw<{ now: Date }[]>`SELECT now()`;
  const now = clock?.now ?? new Date();
  const rows = [];
  for (const { id: subscriptionId, tenantId, integrationId, trigger, unsubscribeUrl } of deleted) {
    if (unsubscribeUrl === null) continue;
    const endpointId = await findOrCreateEndpoint(tx, {
      endpointId: newId('endpoint', now.getTime()),
      tenantId: toId('tenant', tenantId),
      integrationId: toId('integration', integrationId),
      url: unsubscribeUrl,
      updatedAt: now,
    });
    const id = toUuid(newId('delivery', now.getTime()));
    rows.push({
      id,
      tenantId,
      eventId: id, // there is no event
      subscriptionId,
      endpointId,
      trigger,
      passId: '',
      state: 'pending',
      dueAt: now,
      messageId: toUuid(newId('message', now.getTime())),
      body: '',
      unsubscribeUrl,
      createdAt: now,
    });
  }
  if (rows.length > 0) await tx.delivery.createMany({ data: rows });
}
