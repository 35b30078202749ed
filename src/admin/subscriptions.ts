import { z } from 'zod';
import { dialectNamed } from '../dialects/index.ts';
import { subscriptionOptionsSchema } from '../dialects/options.ts';
import { notFound } from '../domain/errors.ts';
import { newId, type SubscriptionId, type TenantId } from '../domain/id.ts';
import type { FieldError } from '../domain/json.ts';
import { type ExpectedVersions, requireVersion } from '../domain/row-version.ts';
import { type Parts, type Subscription, type SubscriptionInput, subscriptionInputSchema } from '../domain/subscription.ts';
import type { SubscriptionStore } from '../ports/configuration.ts';
import type { Clock } from '../ports/process.ts';
import type { DeliveryQueue } from '../ports/queue.ts';
import type { UrlChecker } from '../ports/sending.ts';
import { type ExplainedSubscription, explainSubscriptions } from './explain-subscriptions.ts';
import { mergedObject, type Patch, patched, patchOf } from './patch.ts';
import {
  checkDraft,
  checkKnownFields,
  checkUrl,
  checkUrlLength,
  type PartDeps,
  parseNames,
  requireParts,
} from './subscription-rules.ts';

export interface SubscriptionDeps extends PartDeps {
  readonly subscriptions: SubscriptionStore;
  readonly queue: Pick<DeliveryQueue, 'offer'>;
  readonly urls: UrlChecker;
  readonly clock: Clock;
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
const plain = changeable.pick({ url: true, mapping: true, ordering: true });
export const subscriptionPatchSchema = patchOf(changeable);
export type SubscriptionPatch = Patch<(typeof changeable)['shape']>;

/** @throws Problem invalid */
export async function createSubscription(
  deps: SubscriptionDeps,
  tenantId: TenantId,
  input: SubscriptionInput,
): Promise<ExplainedSubscription> {
  const names = parseNames(input);
  const urlWarnings = await checkUrl(deps.urls, input.url);
  const now = new Date(deps.clock());
  const created = await deps.subscriptions.create(tenantId, names, (found) => [
    newSubscription(tenantId, input, requireParts(input, found), now),
  ]);
  return explained(deps, tenantId, created, urlWarnings);
}

function newSubscription(tenantId: TenantId, input: SubscriptionInput, parts: Parts, now: Date): Subscription {
  const knownFields = parts.template?.fields.map(({ key }) => key) ?? null;
  const { options } = checkDraft({ ...input, ...parts, knownFields });
  checkUrlLength(parts.integration, input.url);
  return {
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
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

/**
 * Merges a patch into a subscription. Disabling holds the waiting deliveries; enabling releases them.
 *
 * @throws Problem not_found, precondition or invalid
 */
export async function changeSubscription(
  deps: SubscriptionDeps,
  tenantId: TenantId,
  id: SubscriptionId,
  patch: SubscriptionPatch,
  expected?: ExpectedVersions,
): Promise<ExplainedSubscription> {
  // before the transaction: resolving a name may take seconds
  const urlWarnings = patch.url === undefined ? [] : await checkUrl(deps.urls, patch.url);
  const now = new Date(deps.clock());
  const { saved, released } = await deps.subscriptions.change(tenantId, id, (current, parts) => {
    requireVersion(expected, current);
    return { ...patchedSubscription(current, parts, patch), updatedAt: now };
  });
  if (released.length > 0) deps.queue.offer(released);
  return explained(deps, tenantId, [saved], urlWarnings);
}

function patchedSubscription(current: Subscription, parts: Parts, patch: SubscriptionPatch): Subscription {
  const { integration, template } = parts;
  const { knownFields = current.knownFields, enabled } = patch;
  const changed = { ...current, ...patched(plain, current, patch), knownFields, disabled: disabledBy(current, enabled) };
  if (patch.knownFields !== undefined) checkKnownFields(template, changed.knownFields);
  if (patch.url !== undefined) checkUrlLength(integration, changed.url);
  const isRebuilt = patch.mapping !== undefined || patch.options !== undefined || patch.knownFields !== undefined;
  if (!isRebuilt) return changed;
  const schema = dialectNamed(integration.dialect).subscriptionOptions;
  const options =
    patch.options === undefined ? current.options : mergedObject(schema, current.options, patch.options, '/options');
  return { ...changed, options: checkDraft({ ...parts, ...changed, options }).options };
}

function disabledBy({ disabled }: Subscription, enabled: boolean | null | undefined): Subscription['disabled'] {
  if (enabled === undefined) return disabled;
  return enabled === false ? (disabled ?? 'requested') : undefined;
}

/** Deletes softly; open deliveries are cancelled. @throws Problem not_found or precondition */
export async function deleteSubscription(
  { subscriptions }: Pick<SubscriptionDeps, 'subscriptions'>,
  tenantId: TenantId,
  id: SubscriptionId,
  by: string,
  expected?: ExpectedVersions,
): Promise<void> {
  if (!(await subscriptions.delete(tenantId, id, by, expected))) throw notFound('subscription');
}

async function explained(
  deps: PartDeps,
  tenantId: TenantId,
  [subscription]: readonly Subscription[],
  urlWarnings: readonly FieldError[],
): Promise<ExplainedSubscription> {
  const [found] = subscription ? await explainSubscriptions(deps, tenantId, [subscription]) : [];
  if (!found) throw notFound('subscription');
  return { ...found, warnings: [...urlWarnings, ...found.warnings] };
}
