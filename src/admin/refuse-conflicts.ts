import { mappingCollisionsOf } from '../dialects/describe.ts';
import { dialectNamed } from '../dialects/index.ts';
import { conflict } from '../domain/errors.ts';
import type { TenantId } from '../domain/id.ts';
import type { Integration } from '../domain/integration.ts';
import type { FieldError } from '../domain/json.ts';
import type { Subscription } from '../domain/subscription.ts';
import type { Template } from '../domain/template.ts';
import type { TenantConfig } from '../domain/tenant-config.ts';
import { isOperational } from '../domain/trigger.ts';
import type { ConfigSource } from '../ports/configuration.ts';
import { withKnownFields } from './subscription-rules.ts';

/** A template or an integration as it would be after the change. */
export type Change = { readonly template: Template } | { readonly integration: Integration };

export interface ConflictDeps {
  readonly configSource: ConfigSource;
}

const MAX_NAMED = 20;

/**
 * Refuses a change after which a subscription could not be built any more: a mapping whose names collide, or what its
 * dialect refuses (vendors.md P11).
 *
 * @throws Problem conflict, naming the subscriptions
 */
export async function refuseConflicts({ configSource }: ConflictDeps, tenantId: TenantId, change: Change): Promise<void> {
  const config = await configSource.load(tenantId);
  if (!config) return;
  const pointer = 'template' in change ? '/fields' : '/options';
  const errors: FieldError[] = [];
  for (const subscription of config.subscriptions.values()) {
    const reason = conflictOf(config, subscription, change);
    if (reason) errors.push({ pointer, detail: `conflicts with the subscription ${subscription.id}: ${reason}` });
    if (errors.length >= MAX_NAMED) break;
  }
  if (errors.length === 0) return;
  const detail = errors.map(({ detail: what }) => what).join('; ');
  throw conflict('subscription-conflict', `The change ${detail}.`, errors);
}

function conflictOf(config: TenantConfig, subscription: Subscription, change: Change): string | undefined {
  const integration = 'integration' in change ? change.integration : config.integrations.get(subscription.integrationId);
  if (!integration || integration.id !== subscription.integrationId) return undefined;
  const isConcerned = 'integration' in change || [null, change.template.id].includes(subscription.templateId);
  if (!isConcerned) return undefined;
  const template =
    'template' in change ? withFieldsOn(config, subscription, change.template) : templateOf(config, subscription);
  const dialect = dialectNamed(integration.dialect);
  const { trigger, mapping, options } = subscription;
  if (isOperational(trigger)) return undefined;
  const refusal =
    dialect.refuse?.(trigger, integration.options, options) ?? (template && dialect.refuseTemplate?.(template));
  if (refusal) return `${refusal.pointer} ${refusal.detail}`;
  const input = { dialect, trigger, template, options: integration.options, subscription: options };
  const collision = mappingCollisionsOf(mapping, input)[0];
  return collision && `${collision.pointer} ${collision.detail}`;
}

/**
 * The fields that are on for the subscription, and the new ones. New fields are off until switched on, but a field that could
 * never be switched on is refused now.
 */
function withFieldsOn(config: TenantConfig, { knownFields }: Subscription, next: Template): Template {
  if (knownFields === null) return next;
  const present = new Set(config.templates.get(next.id)?.fields.map(({ key }) => key));
  return { ...next, fields: next.fields.filter(({ key }) => knownFields.includes(key) || !present.has(key)) };
}

function templateOf(config: TenantConfig, { templateId, knownFields }: Subscription): Template | undefined {
  const template = templateId === null ? undefined : config.templates.get(templateId);
  return template && withKnownFields(template, knownFields);
}
