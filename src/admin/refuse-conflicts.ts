import { MappingChecks } from '../dialects/check-mappings.ts';
import { dialectNamed } from '../dialects/index.ts';
import { conflict } from '../domain/errors.ts';
import type { Integration } from '../domain/integration.ts';
import type { FieldError } from '../domain/json.ts';
import type { ConfiguredSubscription } from '../domain/subscription.ts';
import type { Template } from '../domain/template.ts';
import { isOperational } from '../domain/trigger.ts';
import { withKnownFields } from './subscription-rules.ts';

/** A template or an integration as it would be after the change. */
export type Change = { readonly template: Template } | { readonly integration: Integration };

const MAX_NAMED = 20;

/** Subscriptions that can be built after a change, each at the versions that it was checked with. */
export type Foreseen = ReadonlySet<string>;

export const NOTHING_FORESEEN: Foreseen = new Set();

/** Names a check: the same subscription at the same versions gives the same answer to the same change. */
export function checkOf({ subscription, integration, template }: ConfiguredSubscription, change: Change): string {
  const changed = 'template' in change ? change.template : change.integration;
  return [subscription, integration, template, changed].map((row) => row && `${row.id} ${row.version}`).join();
}

/**
 * Refuses a change after which a subscription could not be built any more: a mapping whose names collide, or what its
 * dialect refuses (vendors.md P11).
 *
 * @param subscriptions those that the change concerns, with their integrations and templates as they are
 * @param foreseen what needs no check any more
 * @throws Problem conflict, naming the subscriptions
 */
export function refuseConflicts(
  subscriptions: readonly ConfiguredSubscription[],
  change: Change,
  foreseen = NOTHING_FORESEEN,
): void {
  const pointer = 'template' in change ? '/fields' : '/options';
  const errors: FieldError[] = [];
  const mappings = new MappingChecks();
  for (const configured of subscriptions) {
    if (foreseen.has(checkOf(configured, change))) continue;
    const reason = conflictOf(configured, change, mappings);
    if (reason)
      errors.push({ pointer, detail: `conflicts with the subscription ${configured.subscription.id}: ${reason}` });
    if (errors.length >= MAX_NAMED) break;
  }
  if (errors.length === 0) return;
  const detail = errors.map(({ detail: what }) => what).join('; ');
  throw conflict('subscription-conflict', `The change ${detail}.`, errors);
}

/** Why a subscription could not be built after the change; undefined when it could. */
export function conflictOf(
  configured: ConfiguredSubscription,
  change: Change,
  mappings: MappingChecks,
): string | undefined {
  const { trigger, mapping, options, knownFields } = configured.subscription;
  if (isOperational(trigger)) return undefined;
  const integration = 'integration' in change ? change.integration : configured.integration;
  const template =
    'template' in change
      ? withFieldsOn(configured, change.template)
      : configured.template && withKnownFields(configured.template, knownFields);
  const dialect = dialectNamed(integration.dialect);
  const refusal =
    dialect.refuse?.(trigger, integration.options, options) ?? (template && dialect.refuseTemplate?.(template));
  if (refusal) return `${refusal.pointer} ${refusal.detail}`;
  const input = { dialect, trigger, template, options: integration.options, subscription: options };
  const collision = mappings.collisions(mapping, input)[0];
  return collision && `${collision.pointer} ${collision.detail}`;
}

/**
 * The fields that are on for the subscription, and the new ones. New fields are off until switched on, but a field that could
 * never be switched on is refused now.
 */
function withFieldsOn({ subscription: { knownFields }, template }: ConfiguredSubscription, next: Template): Template {
  if (knownFields === null) return next;
  const present = new Set(template?.fields.map(({ key }) => key));
  return { ...next, fields: next.fields.filter(({ key }) => knownFields.includes(key) || !present.has(key)) };
}
