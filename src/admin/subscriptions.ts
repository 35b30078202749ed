import { z } from 'zod';
import { dialectNamed } from '../dialects/index.ts';
import { subscriptionOptionsSchema } from '../dialects/options.ts';
import { notFound } from '../domain/errors.ts';
import { newId, type SubscriptionId, type TenantId } from '../domain/id.ts';
import type { FieldError } from '../domain/json.ts';
import { type Subscription, type SubscriptionInput, subscriptionInputSchema } from '../domain/subscription.ts';
import { mapYielding } from '../domain/yielding.ts';
import type { SubscriptionStore } from '../ports/configuration.ts';
import type { Clock } from '../ports/process.ts';
import type { DeliveryQueue } from '../ports/queue.ts';
import type { UrlChecker } from '../ports/sending.ts';
import { type Patch, patchOf } from './patch.ts';
import {
  checkDraft,
  checkKnownFields,
  checkUrl,
  checkUrlLength,
  findParts,
  type PartDeps,
  type Parts,
  templateWarnings,
  warningsOf,
} from './subscription-rules.ts';

export interface SubscriptionDeps extends PartDeps {
  readonly subscriptions: SubscriptionStore;
  readonly queue: Pick<DeliveryQueue, 'offer'>;
  readonly urls: UrlChecker;
  readonly clock: Clock;
}

/** A subscription with the vendor's name for its trigger, and the warnings of its dialect. */
export interface ExplainedSubscription {
  readonly subscription: Subscription;
  /** What the vendor calls the trigger. */
  readonly event: string;
  readonly warnings: readonly FieldError[];
}

export const newSubscriptionSchema = subscriptionInputSchema.extend({ options: subscriptionOptionsSchema.default({}) });

// another trigger, template or integration would be another subscription
const changeable = newSubscriptionSchema.omit({ integrationId: true, templateId: true, trigger: true }).extend({
  knownFields: z
    .array(z.string())
    .max(500)
    .nullable()
    .meta({ description: 'Keys of the template fields that are sent. Null only for a subscription to all templates.' }),
});
export const subscriptionPatchSchema = patchOf(changeable);
export type SubscriptionPatch = Patch<(typeof changeable)['shape']>;

/** @throws Problem invalid */
export async function createSubscription(
  deps: SubscriptionDeps,
  tenantId: TenantId,
  input: SubscriptionInput,
): Promise<ExplainedSubscription> {
  const parts = await findParts(deps, tenantId, input);
  const knownFields = parts.template?.fields.map(({ key }) => key) ?? null;
  const { options, warnings } = checkDraft({ ...input, ...parts, knownFields });
  checkUrlLength(parts.integration, input.url);
  const urlWarnings = await checkUrl(deps.urls, input.url);
  const now = new Date(deps.clock());
  const subscription = await deps.subscriptions.create({
    id: newId('subscription', now.getTime()),
    tenantId,
    integrationId: parts.integration.id,
    endpointId: newId('endpoint', now.getTime()),
    templateId: parts.template?.id ?? null,
    trigger: input.trigger,
    url: input.url,
    mapping: input.mapping,
    options,
    knownFields,
    ordering: input.ordering,
    disabled: input.enabled ? undefined : 'requested',
    createdAt: now,
    updatedAt: now,
  });
  return {
    subscription,
    event: eventName(parts, subscription),
    warnings: [...urlWarnings, ...templateWarnings(parts), ...warnings],
  };
}

/**
 * Changes top-level members. Disabling holds the waiting deliveries; enabling releases them.
 *
 * @throws Problem not_found or invalid
 */
export async function changeSubscription(
  deps: SubscriptionDeps,
  tenantId: TenantId,
  id: SubscriptionId,
  patch: SubscriptionPatch,
): Promise<ExplainedSubscription> {
  const current = await deps.subscriptions.find(tenantId, id);
  if (!current) throw notFound('subscription');
  const parts = await findParts(deps, tenantId, current);
  const { url = current.url, mapping = current.mapping, knownFields = current.knownFields } = patch;
  if (patch.knownFields !== undefined) checkKnownFields(parts.template, patch.knownFields);
  const draft = { ...parts, trigger: current.trigger, mapping, options: patch.options ?? current.options, knownFields };
  const isRebuilt = patch.mapping !== undefined || patch.options !== undefined || patch.knownFields !== undefined;
  const { options, warnings } = isRebuilt
    ? withTemplateWarnings(parts, checkDraft(draft))
    : { options: current.options, warnings: warningsOf(draft) };
  if (patch.url !== undefined) checkUrlLength(parts.integration, patch.url);
  const urlWarnings = patch.url === undefined ? [] : await checkUrl(deps.urls, patch.url);
  const changed: Subscription = {
    ...current,
    url,
    mapping,
    knownFields,
    options,
    ordering: patch.ordering ?? current.ordering,
    disabled: disabledBy(current, patch.enabled),
    updatedAt: new Date(deps.clock()),
  };
  const { saved, released } = await deps.subscriptions.update(changed);
  if (released.length > 0) deps.queue.offer(released);
  return { subscription: saved, event: eventName(parts, saved), warnings: [...urlWarnings, ...warnings] };
}

/** Deletes softly; open deliveries are cancelled. @throws Problem not_found */
export async function deleteSubscription(
  { subscriptions }: Pick<SubscriptionDeps, 'subscriptions'>,
  tenantId: TenantId,
  id: SubscriptionId,
  by: string,
): Promise<void> {
  if (!(await subscriptions.delete(tenantId, id, by))) throw notFound('subscription');
}

/** Adds trigger names and warnings to subscriptions; looks up each integration and template once. */
export async function explainSubscriptions(
  deps: PartDeps,
  tenantId: TenantId,
  subscriptions: readonly Subscription[],
): Promise<readonly ExplainedSubscription[]> {
  const found = new Map<string, Promise<Parts>>();
  const withParts = await Promise.all(
    subscriptions.map(async (subscription) => {
      const name = `${subscription.integrationId} ${subscription.templateId}`;
      const pending = found.get(name) ?? findParts(deps, tenantId, subscription);
      found.set(name, pending);
      return { subscription, parts: await pending };
    }),
  );
  return mapYielding(withParts, ({ subscription, parts }) => ({
    subscription,
    event: eventName(parts, subscription),
    warnings: warningsOf({ ...subscription, ...parts }),
  }));
}

function withTemplateWarnings(parts: Parts, { options, warnings }: ReturnType<typeof checkDraft>) {
  return { options, warnings: [...templateWarnings(parts), ...warnings] };
}

function disabledBy(current: Subscription, enabled: boolean | undefined): Subscription['disabled'] {
  if (enabled === undefined) return current.disabled;
  return enabled ? undefined : (current.disabled ?? 'requested');
}

function eventName({ integration }: Parts, { trigger }: Subscription): string {
  return dialectNamed(integration.dialect).eventNames[trigger] ?? trigger;
}
