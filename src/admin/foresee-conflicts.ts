import { MappingChecks } from '../dialects/check-mappings.ts';
import type { TenantId } from '../domain/id.ts';
import type { ConfiguredSubscription, Subscription } from '../domain/subscription.ts';
import type { TenantConfig } from '../domain/tenant-config.ts';
import { mapYielding } from '../domain/yielding.ts';
import type { ConfigSource } from '../ports/configuration.ts';
import { type Change, checkOf, conflictOf, type Foreseen, NOTHING_FORESEEN } from './refuse-conflicts.ts';

export interface ForesightDeps {
  readonly configSource: Pick<ConfigSource, 'load'>;
}

/**
 * Checks a change against the tenant's subscriptions ahead of its transaction, which must not wait for other requests; there can be
 * thousands, and other requests are served between them. `refuseConflicts` then checks what has changed meanwhile.
 */
export async function foreseeConflicts(
  { configSource }: ForesightDeps,
  tenantId: TenantId,
  change: Change,
): Promise<Foreseen> {
  const config = await configSource.load(tenantId);
  if (!config) return NOTHING_FORESEEN;
  const concerned = [...config.subscriptions.values()].filter((subscription) => isConcerned(subscription, change));
  const mappings = new MappingChecks();
  const built = await mapYielding(concerned, (subscription) => {
    const configured = configuredIn(config, subscription);
    return configured && !conflictOf(configured, change, mappings) ? [checkOf(configured, change)] : [];
  });
  return new Set(built.flat());
}

function isConcerned({ integrationId, templateId }: Subscription, change: Change): boolean {
  if ('integration' in change) return integrationId === change.integration.id;
  return templateId === null || templateId === change.template.id;
}

function configuredIn(config: TenantConfig, subscription: Subscription): ConfiguredSubscription | undefined {
  const { integrationId, templateId } = subscription;
  const integration = config.integrations.get(integrationId);
  const template = templateId === null ? undefined : config.templates.get(templateId);
  return integration && { subscription, integration, template };
}
