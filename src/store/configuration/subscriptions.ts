import { notFound } from '../../domain/errors.ts';
import { type EndpointId, type SubscriptionId, type TenantId, toId, toUuid } from '../../domain/id.ts';
import type { DisabledReason, Ordering, Subscription } from '../../domain/subscription.ts';
import type { Trigger } from '../../domain/trigger.ts';
import type { SubscriptionStore } from '../../ports/configuration.ts';
import type { Database, Statements } from '../database.ts';
import { cancelOpen, holdWaiting, moveOpen, releaseHeld } from '../deliveries/open-deliveries.ts';
import { storeOperationalEvents } from '../events/accept-events.ts';
import { Prisma, type Subscription as SubscriptionRow } from '../generated/client.ts';
import { pageOfModel, toPage } from '../pages.ts';
import { changeConfiguration } from './change-configuration.ts';
import { endpointFor } from './endpoints.ts';

export function createSubscriptionStore(db: Database): SubscriptionStore {
  return {
    /** @throws Problem `not_found` when the integration or the template is not there (any more) */
    create(subscription) {
      const { id, tenantId, integrationId, createdAt } = subscription;
      return changeConfiguration(db, tenantId, async (tx) => {
        await requireParts(tx, subscription);
        const row = await tx.subscription.create({
          data: {
            ...columnsOf(subscription),
            id: toUuid(id),
            tenantId: toUuid(tenantId),
            integrationId: toUuid(integrationId),
            endpointId: await endpointFor(tx, subscription),
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

    /** The integration stays what it was. @throws Problem `not_found` as for `create`, or of the subscription */
    async update(subscription) {
      const { id, tenantId } = subscription;
      const { saved, moved } = await changeConfiguration(db, tenantId, async (tx) => {
        const before = await tx.subscription.findFirst({ where: undeleted(tenantId, id) });
        if (!before) throw notFound('subscription');
        await requireParts(tx, subscription);
        const endpointId = await endpointFor(tx, subscription);
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
      if (!(await this.find(tenantId, id))) return false;
      const subscriptions = await changeConfiguration(db, tenantId, (tx) =>
        deleteSubscriptions(tx, tenantId, Prisma.sql`id = ${toUuid(id)}::uuid`),
      );
      await cancelOpen(db, subscriptions, { reason: 'subscription deleted', by });
      return subscriptions.length > 0;
    },

    async disableAllOf(tenantId, endpointId, reason, plan) {
      const enabled = { tenantId: toUuid(tenantId), endpointId: toUuid(endpointId), disabled: null, deletedAt: null };
      // A gone endpoint answers 410 many times over: only the first one is a change.
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

/** Deletes those of a tenant's subscriptions that match, softly; all of them without a condition. Returns their UUIDs. */
export async function deleteSubscriptions(
  tx: Statements,
  tenantId: TenantId,
  matching: Prisma.Sql = Prisma.sql`true`,
): Promise<string[]> {
  // subscriptions_tenant_id_id_idx
  const rows = await tx.$queryRaw<{ id: string }[]>`
    UPDATE subscriptions SET deleted_at = now()
    WHERE tenant_id = ${toUuid(tenantId)}::uuid AND deleted_at IS NULL AND ${matching}
    RETURNING id`;
  return rows.map(({ id }) => id);
}

async function disableSubscriptions(
  tx: Statements,
  tenantId: TenantId,
  endpointId: EndpointId,
  reason: DisabledReason,
): Promise<string[]> {
  // subscriptions_endpoint_id_idx
  const rows = await tx.$queryRaw<{ id: string }[]>`
    UPDATE subscriptions SET disabled = ${reason}, updated_at = now()
    WHERE endpoint_id = ${toUuid(endpointId)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid
      AND disabled IS NULL AND deleted_at IS NULL
    RETURNING id`;
  return rows.map(({ id }) => id);
}

/** A foreign key would be content with a deleted row, or with another tenant's. */
async function requireParts(tx: Statements, { tenantId, integrationId, templateId }: Subscription): Promise<void> {
  const undeletedOf = (id: string) => ({
    where: { id, tenantId: toUuid(tenantId), deletedAt: null },
    select: { id: true },
  });
  if (!(await tx.integration.findFirst(undeletedOf(toUuid(integrationId))))) throw notFound('integration');
  if (templateId !== null && !(await tx.template.findFirst(undeletedOf(toUuid(templateId))))) throw notFound('template');
}

function undeleted(tenantId: TenantId, id: SubscriptionId) {
  return { id: toUuid(id), tenantId: toUuid(tenantId), deletedAt: null };
}

function columnsOf(subscription: Subscription) {
  const { templateId, trigger, url, mapping, options, knownFields, ordering, disabled, updatedAt } = subscription;
  return {
    templateId: templateId === null ? null : toUuid(templateId),
    trigger,
    url,
    mapping,
    options: options as Prisma.InputJsonObject,
    knownFields: knownFields === null ? Prisma.DbNull : [...knownFields],
    ordering,
    disabled: disabled ?? null,
    updatedAt,
  };
}

export function subscriptionOf(row: SubscriptionRow): Subscription {
  return {
    id: toId('subscription', row.id),
    tenantId: toId('tenant', row.tenantId),
    integrationId: toId('integration', row.integrationId),
    endpointId: toId('endpoint', row.endpointId),
    templateId: row.templateId === null ? null : toId('template', row.templateId),
    trigger: row.trigger as Trigger,
    url: row.url,
    mapping: row.mapping as Subscription['mapping'],
    options: row.options as object,
    knownFields: row.knownFields as string[] | null,
    ordering: row.ordering as Ordering,
    disabled: (row.disabled as DisabledReason | null) ?? undefined,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
