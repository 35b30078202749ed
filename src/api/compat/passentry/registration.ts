import { z } from 'zod';
import { passentry } from '../../../dialects/passentry.ts';
import { endpointAddress } from '../../../domain/endpoint-address.ts';
import { toUuid } from '../../../domain/id.ts';
import type { Integration } from '../../../domain/integration.ts';
import type { Subscription } from '../../../domain/subscription.ts';
import type { TenantConfig } from '../../../domain/tenant-config.ts';
import type { Trigger } from '../../../domain/trigger.ts';
import { integrationsOf, subscriptionsOf } from '../configured.ts';

/** In the order of PassEntry's page. */
export const EVENT_TRIGGERS: readonly { readonly event: string; readonly trigger: Trigger }[] = [
  { event: 'passInstalled', trigger: 'pass.installed' },
  { event: 'passRemoved', trigger: 'pass.uninstalled' },
  { event: 'passScanned', trigger: 'pass.scanned' },
  { event: 'passCreated', trigger: 'pass.created' },
  { event: 'passTapped', trigger: 'pass.tapped' },
];

const EXAMPLE = {
  id: '01983282-53cf-7e16-b5e1-dd0de4ce02fa',
  type: 'webhookSubscription' as const,
  attributes: {
    url: 'https://example.com/webhook',
    enabled: true,
    scopeType: 'organisation',
    scopeName: 'Test Organisation',
    subscribedEvents: ['passInstalled', 'passRemoved'],
  },
};

export const resourceSchema = z
  .object({
    id: z.string().meta({ description: 'The UUID of our integration.' }),
    type: z.literal('webhookSubscription').meta({ description: 'Always `webhookSubscription`.' }),
    attributes: z
      .object({
        url: z.string().meta({ description: 'The endpoint.' }),
        secretKey: z
          .string()
          .optional()
          .meta({ description: 'The key of `X-Webhook-Signature`; only after creation and rotation.' }),
        enabled: z.boolean().meta({ description: 'Whether any event is sent.' }),
        scopeType: z.string().meta({ description: 'As it was sent; default `organisation`.' }),
        scopeName: z.string().meta({ description: "As it was sent; default the tenant's name." }),
        entityId: z.string().optional().meta({ description: 'As it was sent.' }),
        subscribedEvents: z.array(z.string()).meta({ description: 'The events.' }),
      })
      .meta({ description: 'The registration.' }),
  })
  .meta({ id: 'PassEntryWebhookSubscription', description: 'A webhook subscription.', examples: [EXAMPLE] });
export type Resource = z.infer<typeof resourceSchema>;

export const wrappedSchema = z.object({ data: resourceSchema }).meta({
  id: 'PassEntryWebhookSubscriptionDocument',
  description: 'A webhook subscription.',
  examples: [{ data: EXAMPLE }],
});

/** The resource without its secret, for a repeated request. */
export function withoutSecret({ attributes: { secretKey: _secretKey, ...attributes }, ...rest }: Resource): Resource {
  return { ...rest, attributes };
}

/** One `passentry` integration and its subscriptions, of one URL and to all templates (E-D1). */
export interface Registration {
  readonly integration: Integration;
  readonly url: string;
  readonly subscriptions: readonly Subscription[];
}

/** Oldest first; without those that `/v1` made and PassEntry has no words for. */
export function registrationsOf(config: TenantConfig): readonly Registration[] {
  return integrationsOf(config, 'passentry').flatMap((integration) => registrationOf(config, integration) ?? []);
}

function registrationOf(config: TenantConfig, integration: Integration): Registration | undefined {
  const subscriptions = subscriptionsOf(config, [integration]);
  const [first] = subscriptions;
  const isOne =
    first !== undefined &&
    subscriptions.every(
      ({ url, templateId }) => templateId === null && endpointAddress(url) === endpointAddress(first.url),
    );
  return isOne ? { integration, url: first.url, subscriptions } : undefined;
}

export interface ShownAlong {
  /** For `scopeName`, where none was sent. */
  readonly tenantName: string;
  readonly secretKey?: string | undefined;
}

export function showRegistration(registration: Registration, { tenantName, secretKey }: ShownAlong): Resource {
  const { integration, url, subscriptions } = registration;
  const { scopeType = 'organisation', scopeName = tenantName, entityId } = optionsOf(registration);
  const triggers = new Set(subscriptions.map(({ trigger }) => trigger));
  return {
    id: toUuid(integration.id),
    type: 'webhookSubscription',
    attributes: {
      url,
      ...(secretKey !== undefined && { secretKey }),
      enabled: subscriptions.some(({ disabled }) => !disabled),
      scopeType,
      scopeName,
      ...(entityId !== undefined && { entityId }),
      subscribedEvents: EVENT_TRIGGERS.filter(({ trigger }) => triggers.has(trigger)).map(({ event }) => event),
    },
  };
}

export function optionsOf({ integration }: Pick<Registration, 'integration'>) {
  return passentry.options.parse(integration.options);
}
