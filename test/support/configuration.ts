import { randomBytes } from 'node:crypto';
import { newId, type TenantId } from '../../src/domain/id.ts';
import type { DialectName, Integration, StoredSecret } from '../../src/domain/integration.ts';
import { SecretBox } from '../../src/domain/secret-box.ts';
import type { Subscription } from '../../src/domain/subscription.ts';
import { type Template, templateInputSchema } from '../../src/domain/template.ts';
import type { TenantBounds } from '../../src/domain/tenant-bounds.ts';
import type { TenantConfig } from '../../src/domain/tenant-config.ts';
import type { ConfigSource } from '../../src/ports/configuration.ts';

// A made-up configuration of a tenant, for tests of verbs.

const NOW_MS = Date.UTC(2026, 2, 1, 12);
export const clock = () => NOW_MS;
export const tenantId: TenantId = newId('tenant', 0);
export const box = new SecretBox([{ id: 'k', key: randomBytes(32) }]);

export const bounds: TenantBounds = {
  subscriptions: 2000,
  subscriptionsPerTrigger: 200,
  integrations: 200,
  templates: 1000,
  fields: 50_000,
  mappingRules: 50_000,
  configurationBytes: 8_388_608,
  secrets: 10,
};

const fresh = { version: 1, createdAt: new Date(0), updatedAt: new Date(0) };

export function makeTemplate(input: object = {}): Template {
  return { ...templateInputSchema.parse({ name: 'Loyalty', ...input }), id: newId('template', 0), tenantId, ...fresh };
}

export function makeIntegration(dialect: DialectName, more: Partial<Integration> = {}): Integration {
  return {
    id: newId('integration', 0),
    tenantId,
    name: 'receiver',
    dialect,
    options: {},
    headers: undefined,
    policy: {},
    limits: {},
    signature: null,
    ...fresh,
    ...more,
  };
}

export function makeSubscription(integration: Integration, more: Partial<Subscription> = {}): Subscription {
  return {
    id: newId('subscription', 0),
    tenantId,
    integrationId: integration.id,
    endpointId: newId('endpoint', 0),
    templateId: null,
    trigger: 'pass.installed',
    url: 'https://example.com/hook',
    mapping: { rename: {}, remove: [] },
    options: {},
    knownFields: null,
    filter: null,
    ordering: 'none',
    disabled: undefined,
    disabledBy: undefined,
    whileDisabled: 'hold',
    onGone: 'disable',
    unsubscribeUrl: undefined,
    ...fresh,
    ...more,
  };
}

/** A configuration of these objects, as the store would load it. */
export function configOf(things: {
  readonly templates?: readonly Template[];
  readonly integrations?: readonly Integration[];
  readonly subscriptions?: readonly Subscription[];
  readonly secrets?: readonly StoredSecret[];
}): ConfigSource {
  const { templates = [], integrations = [], subscriptions = [] } = things;
  const config: TenantConfig = {
    tenantId,
    version: 1,
    readAtMs: NOW_MS,
    templates: new Map(templates.map((template) => [template.id, template])),
    templatesByExternalId: new Map(
      templates.flatMap((template) => (template.externalId ? [[template.externalId, template]] : [])),
    ),
    integrations: new Map(integrations.map((integration) => [integration.id, integration])),
    secrets: new Map(),
    subscriptions: new Map(subscriptions.map((subscription) => [subscription.id, subscription])),
    endpoints: new Map(),
  };
  return {
    load: async (id) => (id === tenantId ? config : undefined),
    existing: async (ids) => new Set(ids.filter((id) => id === tenantId)),
  };
}
