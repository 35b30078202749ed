import { notFound } from '../../domain/errors.ts';
import { type TenantId, toId, toUuid } from '../../domain/id.ts';
import { requireVersion } from '../../domain/row-version.ts';
import { type Parts, type Subscription, stateWhileDisabled } from '../../domain/subscription.ts';
import type { FoundParts, SubscriptionNames, SubscriptionStore } from '../../ports/configuration.ts';
import { recordAct } from '../audit/act.ts';
import type { Database, Statements } from '../database.ts';
import { cancelOpen, cancelWaiting, holdWaiting, moveOpen, releaseHeld } from '../deliveries/open-deliveries.ts';
import { storeOperationalEvents } from '../events/operational-events.ts';
import { Prisma } from '../generated/client.ts';
import { pageOfModel, toPage } from '../pages.ts';
import { deleteSubscriptions, disableSubscriptions, endSubscriptions } from './bulk-subscription-changes.ts';
import { afterChange, changeConfiguration } from './change-configuration.ts';
import { changedColumns } from './changed-columns.ts';
import { findOrCreateEndpoint } from './find-or-create-endpoint.ts';
import { integrationOf } from './integration-row.ts';
import { countSubscribers, neighboursAt, neighboursOf } from './neighbours.ts';
import { columnsOf, subscriptionOf } from './subscription-row.ts';
import { templateOf } from './template-row.ts';
import { readUsage } from './tenant-usage.ts';
import { undeleted } from './undeleted.ts';

export function createSubscriptionStore(db: Database): SubscriptionStore {
  return {
    create(tenantId, names, make) {
      return changeConfiguration(db, tenantId, async (tx) => {
        const made = make({
          ...(await findParts(tx, tenantId, names)),
          neighbours: await neighboursAt(tx, names),
          counts: await countSubscribers(tx, tenantId),
          usage: await readUsage(tx, tenantId),
        });
        const created: Subscription[] = [];
        for (const subscription of made) created.push(await insertSubscription(tx, subscription));
        return created;
      });
    },

    async find(tenantId, id) {
      const row = await db.subscription.findFirst({ where: undeleted(tenantId, id) });
      return row ? subscriptionOf(row) : undefined;
    },

    async findRecord(tenantId, id) {
      const row = await db.subscription.findFirst({ where: { id: toUuid(id), tenantId: toUuid(tenantId) } });
      if (!row) return undefined;
      const template = row.templateId && (await db.template.findFirst({ where: { id: row.templateId } }));
      return {
        subscription: subscriptionOf(row),
        template: template ? templateOf(template) : undefined,
        deletedAt: row.deletedAt ?? undefined,
      };
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

    /** Does not change the integration. @throws Problem `not_found` */
    async change(tenantId, id, url, edit) {
      const { saved, moved } = await changeConfiguration(db, tenantId, async (tx) => {
        const before = await tx.subscription.findFirst({ where: undeleted(tenantId, id) });
        if (!before) throw notFound('subscription');
        const current = subscriptionOf(before);
        const neighbours = await neighboursAt(tx, { ...current, url: url ?? current.url });
        const { row: changed, check } = edit(current, { ...(await partsOf(tx, current)), neighbours });
        if (check) check({ usage: await readUsage(tx, tenantId) });
        const endpointId = changed.url === current.url ? before.endpointId : await findOrCreateEndpoint(tx, changed);
        const data = changedColumns(storedColumns(current, before.endpointId), storedColumns(changed, endpointId));
        return {
          saved: data ? await tx.subscription.update({ where: { id: toUuid(id) }, data }) : before,
          moved: before.endpointId !== endpointId,
        };
      });
      const subscription = subscriptionOf(saved);
      const released = await afterChange(db, async (database) => {
        if (moved) await moveOpen(database, saved.id);
        if (!subscription.disabled) return releaseHeld(database, saved.id);
        await endWaiting(database, saved.id, subscription);
        return [];
      });
      return { saved: subscription, released };
    },

    neighbours: (tenantId, endpoints) => neighboursOf(db, tenantId, endpoints),

    counts: (tenantId) => countSubscribers(db, tenantId),

    async delete(tenantId, id, by, expected, tell = true) {
      if (!(await this.find(tenantId, id))) return false; // before changeConfiguration, which would raise the version
      const subscriptions = await changeConfiguration(db, tenantId, async (tx) => {
        const row = await tx.subscription.findFirst({ where: undeleted(tenantId, id), select: { version: true } });
        if (row) requireVersion(expected, row);
        return deleteSubscriptions(tx, tenantId, { condition: Prisma.sql`id = ${toUuid(id)}::uuid`, tell });
      });
      await afterChange(db, async (database) => {
        await cancelOpen(database, subscriptions, { reason: 'subscription deleted', by });
        return [];
      });
      return subscriptions.length > 0;
    },

    async disableAllOf(tenantId, endpointId, reason, plan) {
      const enabled = { tenantId: toUuid(tenantId), endpointId: toUuid(endpointId), disabled: null, deletedAt: null };
      // A gone endpoint returns many 410 responses; only the first one changes the configuration.
      if (!(await db.subscription.findFirst({ where: enabled, select: { id: true } }))) return [];
      const { disabled, ended } = await changeConfiguration(db, tenantId, async (tx) => {
        const gone = reason === 'gone' ? await endSubscriptions(tx, tenantId, endpointId) : [];
        const others = await disableSubscriptions(tx, tenantId, endpointId, reason);
        await storeOperationalEvents(tx, [...others, ...gone], plan);
        const after = { reason, subscriptions: others.length + gone.length };
        await recordAct(tx, { tenantId, action: 'endpoint.disabled', kind: 'endpoint', target: endpointId, after });
        return { disabled: others, ended: gone };
      });
      await holdWaiting(db, disabled);
      await cancelOpen(db, ended, { reason: 'the endpoint is gone', by: 'system' });
      return [...disabled, ...ended].map((id) => toId('subscription', id));
    },
  };
}

/** Holds the deliveries that wait for a subscription (UUID) that was disabled, or cancels them where it is set so. */
async function endWaiting(db: Database, id: string, subscription: Subscription): Promise<void> {
  const next = stateWhileDisabled(subscription);
  if (next.state === 'held') await holdWaiting(db, [id]);
  else await cancelWaiting(db, id, next);
}

async function insertSubscription(tx: Statements, subscription: Subscription): Promise<Subscription> {
  const { id, tenantId, integrationId, createdAt } = subscription;
  const row = await tx.subscription.create({
    data: {
      ...storedColumns(subscription, await findOrCreateEndpoint(tx, subscription)),
      id: toUuid(id),
      tenantId: toUuid(tenantId),
      integrationId: toUuid(integrationId),
      createdAt,
    },
  });
  return subscriptionOf(row);
}

/** @param endpointId UUID */
function storedColumns(subscription: Subscription, endpointId: string) {
  return { ...columnsOf(subscription), endpointId };
}

/** Foreign keys would accept a deleted row or one of another tenant. */
async function findParts(
  tx: Statements,
  tenantId: TenantId,
  { integrationId, templateId }: Pick<SubscriptionNames, 'integrationId' | 'templateId'>,
): Promise<FoundParts> {
  const integration = await tx.integration.findFirst({ where: undeleted(tenantId, integrationId) });
  const template = templateId && (await tx.template.findFirst({ where: undeleted(tenantId, templateId) }));
  return {
    integration: integration ? integrationOf(integration) : undefined,
    template: template ? templateOf(template) : undefined,
  };
}

/** @throws Problem `not_found`: an integration is deleted together with its subscriptions */
async function partsOf(tx: Statements, subscription: Subscription): Promise<Parts> {
  const { integration, template } = await findParts(tx, subscription.tenantId, subscription);
  if (!integration) throw notFound('integration');
  return { integration, template };
}
