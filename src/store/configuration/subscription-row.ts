import type { Filter } from '../../domain/filter.ts';
import { toId, toUuid } from '../../domain/id.ts';
import type { DisabledReason, OnGone, Ordering, Subscription, WhileDisabled } from '../../domain/subscription.ts';
import type { Trigger } from '../../domain/trigger.ts';
import { Prisma, type Subscription as SubscriptionRow } from '../generated/client.ts';

/** The columns that creation and change both write. */
export function columnsOf(subscription: Subscription) {
  const { templateId, trigger, url, mapping, options, knownFields, filter, ordering, disabled, updatedAt } = subscription;
  const { disabledBy, whileDisabled, onGone, unsubscribeUrl } = subscription;
  return {
    templateId: templateId === null ? null : toUuid(templateId),
    trigger,
    url,
    mapping,
    options: options as Prisma.InputJsonObject,
    knownFields: knownFields === null ? Prisma.DbNull : [...knownFields],
    filter: filter === null ? Prisma.DbNull : (filter as unknown as Prisma.InputJsonObject),
    ordering,
    disabled: disabled ?? null,
    disabledBy: disabledBy ?? null,
    whileDisabled,
    onGone,
    unsubscribeUrl: unsubscribeUrl ?? null,
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
    filter: row.filter as Filter | null,
    ordering: row.ordering as Ordering,
    disabled: (row.disabled as DisabledReason | null) ?? undefined,
    disabledBy: row.disabledBy ?? undefined,
    whileDisabled: row.whileDisabled as WhileDisabled,
    onGone: row.onGone as OnGone,
    unsubscribeUrl: row.unsubscribeUrl ?? undefined,
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
