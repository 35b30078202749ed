import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { windowOf } from '../dialects/dialect.ts';
import { dialectNamed } from '../dialects/index.ts';
import { optionsPatchSchema, subscriptionOptionsSchema } from '../dialects/options.ts';
import { endpointAddress } from '../domain/endpoint-address.ts';
import { notFound } from '../domain/errors.ts';
import { newId, type SubscriptionId, type TenantId } from '../domain/id.ts';
import type { FieldError } from '../domain/json.ts';
import { type ExpectedVersions, requireVersion } from '../domain/row-version.ts';
import { type Parts, type Subscription, type SubscriptionInput, subscriptionInputSchema } from '../domain/subscription.ts';
import { difference, refuseBeyond, sum, type TenantBounds, usageOfSubscription } from '../domain/tenant-bounds.ts';
import type { Neighbours, SubscriptionStore } from '../ports/configuration.ts';
import type { Clock } from '../ports/process.ts';
import type { DeliveryQueue } from '../ports/queue.ts';
import type { UrlChecker } from '../ports/sending.ts';
import { type ExplainDeps, type ExplainedSubscription, explainSubscriptions } from './explain-subscriptions.ts';
import { mergedObject, type Patch, patched, patchOf } from './patch.ts';
import { refuseExcess } from './refuse-excess.ts';
import { refuseSame } from './same-subscriptions.ts';
import { forEachTrigger, triggersOf } from './several-triggers.ts';
import {
  allFields,
  checkDraft,
  checkKnownFields,
  checkUnsubscribeUrl,
  checkUrl,
  checkUrlLength,
  parseNames,
  requireParts,
} from './subscription-rules.ts';

export interface SubscriptionDeps extends ExplainDeps {
  readonly subscriptions: SubscriptionStore;
  readonly bounds: TenantBounds;
  readonly queue: Pick<DeliveryQueue, 'offer'>;
  readonly urls: UrlChecker;
  readonly clock: Clock;
}

const triggersSchema = z
  .array(subscriptionInputSchema.shape.trigger)
  .min(1)
  .refine((triggers) => new Set(triggers).size === triggers.length, { error: 'must name each trigger once' });

export const newSubscriptionSchema = subscriptionInputSchema.extend({
  options: subscriptionOptionsSchema.default({}),
  trigger: subscriptionInputSchema.shape.trigger.optional().meta({
    description: 'The trigger. The dialect of the integration must have it. Required without `triggers`.',
  }),
  triggers: triggersSchema.optional().meta({
    description: 'Several triggers: a subscription is made for each of them, or none at all. Left out with `trigger`.',
  }),
});
export type NewSubscription = z.infer<typeof newSubscriptionSchema>;

// another trigger, template or integration would be another subscription
const changeable = newSubscriptionSchema
  .omit({ integrationId: true, templateId: true, trigger: true, triggers: true })
  .extend({
    options: optionsPatchSchema.default({}),
    knownFields: z.array(z.string()).max(500).nullable().meta({
      description:
        'Keys of the template fields that are sent. Null: all that the template has now; for all templates, all.',
    }),
  });
const plain = changeable.pick({
  url: true,
  mapping: true,
  filter: true,
  ordering: true,
  whileDisabled: true,
  onGone: true,
});
export const subscriptionPatchSchema = patchOf(changeable);
export type SubscriptionPatch = Patch<(typeof changeable)['shape']>;

/**
 * Subscribes a URL to a trigger, or to several: to all of them or to none.
 *
 * @returns one for each trigger
 * @throws Problem invalid; conflict when the endpoint is subscribed already
 */
export async function createSubscriptions(
  deps: SubscriptionDeps,
  tenantId: TenantId,
  input: NewSubscription,
  by = 'system',
): Promise<readonly ExplainedSubscription[]> {
  const triggers = triggersOf(input);
  const names = { ...parseNames(input), url: input.url };
  const integration = await deps.integrations.find(tenantId, names.integrationId);
  const urlWarnings = [
    ...(await checkUrl(deps.urls, input.url)),
    ...(integration ? await checkUnsubscribeUrl(deps.urls, integration.dialect, input.options) : []),
  ];
  const now = new Date(deps.clock());
  const created = await deps.subscriptions.create(tenantId, names, ({ neighbours, counts, usage, ...found }) => {
    const parts = requireParts(input, found);
    checkUrlLength(parts.integration, input.url);
    const made = forEachTrigger(triggers, (trigger) =>
      newSubscription(tenantId, { ...input, trigger }, parts, { now, by }),
    );
    refuseSame(dialectNamed(parts.integration.dialect), made, neighbours);
    refuseExcess(deps.bounds, made, counts);
    const subscriptions = made.map(({ subscription }) => subscription);
    refuseBeyond(deps.bounds, usage, sum(subscriptions.map(usageOfSubscription)));
    return subscriptions;
  });
  return explained(deps, tenantId, created, urlWarnings);
}

interface Act {
  readonly now: Date;
  /** The id of the API key that does it, or `system`. */
  readonly by: string;
}

function newSubscription(tenantId: TenantId, input: SubscriptionInput, parts: Parts, { now, by }: Act): Subscription {
  const knownFields = allFields(parts.template);
  const { options } = checkDraft({ ...input, ...parts, knownFields });
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
    filter: input.filter,
    ordering: input.ordering,
    disabled: input.enabled ? undefined : 'requested',
    disabledBy: input.enabled ? undefined : by,
    whileDisabled: input.whileDisabled,
    onGone: input.onGone,
    unsubscribeUrl: unsubscribeUrlOf(parts.integration, options),
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

/**
 * Merges a patch into a subscription. Disabling holds the waiting deliveries; enabling releases them.
 *
 * @throws Problem not_found, precondition, invalid, or conflict when the endpoint is subscribed already
 */
export async function changeSubscription(
  deps: SubscriptionDeps,
  tenantId: TenantId,
  id: SubscriptionId,
  patch: SubscriptionPatch,
  expected?: ExpectedVersions,
  by = 'system',
): Promise<ExplainedSubscription> {
  // before the transaction: resolving a name may take seconds
  const urlWarnings = [
    ...(patch.url === undefined ? [] : await checkUrl(deps.urls, patch.url)),
    ...(patch.options ? await checkPatchedOptions(deps, tenantId, id, patch.options) : []),
  ];
  const now = new Date(deps.clock());
  const { saved, released } = await deps.subscriptions.change(tenantId, id, patch.url, (current, surroundings) => {
    requireVersion(expected, current);
    const changed = patchedSubscription(current, surroundings, patch, by);
    refuseSameAfter(surroundings, current, changed);
    const added = difference(usageOfSubscription(changed), usageOfSubscription(current));
    const row = { ...changed, updatedAt: now };
    if (added.configurationBytes <= 0 && added.mappingRules <= 0) return { row };
    return { row, check: ({ usage }) => refuseBeyond(deps.bounds, usage, added, { mappingRules: '/mapping' }) };
  });
  if (released.length > 0) deps.queue.offer(released);
  const [shown] = await explained(deps, tenantId, [saved], urlWarnings);
  if (!shown) throw notFound('subscription'); // deleted meanwhile
  return shown;
}

/** Another address or window may make it the same as another one; without either, duplicates of earlier versions stay. */
function refuseSameAfter(
  { integration, neighbours }: Parts & Neighbours,
  current: Subscription,
  changed: Subscription,
): void {
  const dialect = dialectNamed(integration.dialect);
  const isMoved = endpointAddress(changed.url) !== endpointAddress(current.url);
  const hasOtherWindow = !isDeepStrictEqual(windowOf(dialect, changed.options), windowOf(dialect, current.options));
  if (!isMoved && !hasOtherWindow) return;
  refuseSame(dialect, [{ subscription: changed, at: isMoved ? '/url' : '/options' }], neighbours);
}

function patchedSubscription(current: Subscription, parts: Parts, patch: SubscriptionPatch, by: string): Subscription {
  const { integration, template } = parts;
  const { enabled } = patch;
  const knownFields = patch.knownFields === undefined ? current.knownFields : (patch.knownFields ?? allFields(template));
  const changed = { ...current, ...patched(plain, current, patch), knownFields, ...switched(current, enabled, by) };
  if (patch.knownFields) checkKnownFields(template, patch.knownFields);
  if (patch.url !== undefined) checkUrlLength(integration, changed.url);
  const isRechecked = [patch.mapping, patch.options, patch.knownFields, patch.filter].some(
    (member) => member !== undefined,
  );
  if (!isRechecked) return changed;
  const schema = dialectNamed(integration.dialect).subscriptionOptions;
  const options =
    patch.options === undefined ? current.options : mergedObject(schema, current.options, patch.options, '/options');
  const checked = checkDraft({ ...parts, ...changed, options }, current.mapping).options;
  return { ...changed, options: checked, unsubscribeUrl: unsubscribeUrlOf(integration, checked) };
}

async function checkPatchedOptions(
  { subscriptions, integrations, urls }: SubscriptionDeps,
  tenantId: TenantId,
  id: SubscriptionId,
  options: object,
): Promise<readonly FieldError[]> {
  const current = await subscriptions.find(tenantId, id);
  const integration = current && (await integrations.find(tenantId, current.integrationId));
  return integration ? checkUnsubscribeUrl(urls, integration.dialect, options) : [];
}

function unsubscribeUrlOf({ dialect }: Parts['integration'], options: object): string | undefined {
  return dialectNamed(dialect).unsubscribeUrl?.(options)?.url;
}

/** Disabling what is disabled leaves the reason as it is. */
function switched(
  { disabled, disabledBy }: Subscription,
  enabled: boolean | null | undefined,
  by: string,
): Pick<Subscription, 'disabled' | 'disabledBy'> {
  if (enabled === undefined || (enabled === false && disabled)) return { disabled, disabledBy };
  return enabled === false ? { disabled: 'requested', disabledBy: by } : { disabled: undefined, disabledBy: undefined };
}

/**
 * Deletes softly; open deliveries are cancelled.
 *
 * @param tell whether a receiver that wants to know is told; false where it was the receiver that asked for it
 * @throws Problem not_found or precondition
 */
export async function deleteSubscription(
  { subscriptions }: Pick<SubscriptionDeps, 'subscriptions'>,
  tenantId: TenantId,
  id: SubscriptionId,
  by: string,
  { expected, tell = true }: { readonly expected?: ExpectedVersions; readonly tell?: boolean } = {},
): Promise<void> {
  if (!(await subscriptions.delete(tenantId, id, by, expected, tell))) throw notFound('subscription');
}

async function explained(
  deps: ExplainDeps,
  tenantId: TenantId,
  subscriptions: readonly Subscription[],
  urlWarnings: readonly FieldError[],
): Promise<readonly ExplainedSubscription[]> {
  const found = await explainSubscriptions(deps, tenantId, subscriptions);
  return found.map((one) => ({ ...one, warnings: [...urlWarnings, ...one.warnings] }));
}
