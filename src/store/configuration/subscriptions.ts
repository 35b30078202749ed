import { notFound } from '../../domain/errors.ts';
import { type Id, toId, toUuid } from '../../domain/id.ts';
import type { Subscription } from '../../domain/subscription.ts';
import type { SubscriptionStore } from '../../ports/configuration.ts';
import type { Database, Statements } from '../database.ts';
import { cancelOpen, holdWaiting, moveOpen, releaseHeld } from '../deliveries/open-deliveries.ts';
import { storeOperationalEvents } from '../events/operational-events.ts';
import { Prisma } from '../generated/client.ts';
import { pageOfModel, toPage } from '../pages.ts';
import { deleteSubscriptions, disableSubscriptions } from './bulk-subscription-changes.ts';
import { changeConfiguration } from './change-configuration.ts';
import { findOrCreateEndpoint } from './find-or-create-endpoint.ts';
import { columnsOf, subscriptionOf } from './subscription-row.ts';
import { undeleted } from './undeleted.ts';

export function createSubscriptionStore(db: Database): SubscriptionStore {
  return {
    /** @throws Problem `not_found` when the integration or the template does not exist or was deleted */
    create(subscription) {
      const { id, tenantId, integrationId, createdAt } = subscription;
      return changeConfiguration(db, tenantId, async (tx) => {
        await requireReferences(tx, subscription);
        const row = await tx.subscription.create({
          data: {
            ...columnsOf(subscription),
            id: toUuid(id),
            tenantId: toUuid(tenantId),
            integrationId: toUuid(integrationId),
            endpointId: await findOrCreateEndpoint(tx, subscription),
            createdAt,
          },
        });
        return subscriptionOf(row);
      });
    },

    async find(tenantId, id) {
      const row = await db.subscription.findFirst({ where: undeleted(tenantId, id) });
      return row ? subscriptionOf(row) : undefined;
    },

    async list(tenantId, { integrationId, templateId }, page) {
      // subscriptions_tenant_id_id_idx
      const { where, ...rest } = pageOfModel(page);
      const rows = await db.subscription.findMany({
        where: {
          ...where,
          tenantId: toUuid(tenantId),
          deletedAt: null,
          ...(integrationId && { integrationId: toUuid(integrationId) }),
          ...(templateId && { templateId: toUuid(templateId) }),
        },
        ...rest,
      });
      return toPage(rows, page, subscriptionOf);
    },

    /** Does not change the integration. @throws Problem `not_found` as in `create`, or for the subscription */
    async update(subscription) {
      const { id, tenantId } = subscription;
      const { saved, moved } = await changeConfiguration(db, tenantId, async (tx) => {
        const before = await tx.subscription.findFirst({ where: undeleted(tenantId, id) });
        if (!before) throw notFound('subscription');
        await requireReferences(tx, subscription);
        const endpointId = await findOrCreateEndpoint(tx, subscription);
        const data = { ...columnsOf(subscription), endpointId };
        return {
          saved: await tx.subscription.update({ where: { id: toUuid(id) }, data }),
          moved: before.endpointId !== endpointId,
        };
      });
      if (moved) await moveOpen(db, saved.id, saved.endpointId);
      if (saved.disabled !== null) await holdWaiting(db, [saved.id]);
      const released = saved.disabled === null ? await releaseHeld(db, saved.id) : [];
      return { saved: subscriptionOf(saved), released };
    },

    async delete(tenantId, id, by) {
      if (!(await this.find(tenantId, id))) return false; // before changeConfiguration, which would raise the version
      const subscriptions = await changeConfiguration(db, tenantId, (tx) =>
        deleteSubscriptions(tx, tenantId, Prisma.sql`id = ${toUuid(id)}::uuid`),
      );
      await cancelOpen(db, subscriptions, { reason: 'subscription deleted', by });
      return subscriptions.length > 0;
    },

    async disableAllOf(tenantId, endpointId, reason, plan) {
      const enabled = { tenantId: toUuid(tenantId), endpointId: toUuid(endpointId), disabled: null, deletedAt: null };
      // A gone endpoint returns many 410 responses; only the first one changes the configuration.
      if (!(await db.subscription.findFirst({ where: enabled, select: { id: true } }))) return [];
      const disabled = await changeConfiguration(db, tenantId, async (tx) => {
        const ids = await disableSubscriptions(tx, tenantId, endpointId, reason);
        await storeOperationalEvents(tx, ids, plan);
        return ids;
      });
      await holdWaiting(db, disabled);
      return disabled.map((id) => toId('subscription', id));
    },
  };
}

/** Foreign keys would accept a deleted row or one of another tenant. @throws Problem `not_found` */
async function requireReferences(tx: Statements, { tenantId, integrationId, templateId }: Subscription): Promise<void> {
  const byId = (id: Id<'integration' | 'template'>) => ({ where: undeleted(tenantId, id), select: { id: true } });
  if (!(await tx.integration.findFirst(byId(integrationId)))) throw notFound('integration');
  if (templateId !== null && !(await tx.template.findFirst(byId(templateId)))) throw notFound('template');
}
