import { z } from 'zod';
import type { Filter } from './filter.ts';
import type { EndpointId, IntegrationId, SubscriptionId, TemplateId, TenantId } from './id.ts';
import type { Integration } from './integration.ts';
import { jsonValueSchema } from './json-value.ts';
import { type Mapping, mappingSchema } from './mapping.ts';
import { tokensOf } from './pointer.ts';
import { readFilter } from './read-filter.ts';
import type { Versioned } from './row-version.ts';
import type { Template } from './template.ts';
import { TRIGGERS, type Trigger } from './trigger.ts';

const MAX_URL_BYTES = 2048;

const endpointUrl = z
  .string()
  .trim()
  .min(1)
  .refine((url) => Buffer.byteLength(url) <= MAX_URL_BYTES, { error: `must be at most ${MAX_URL_BYTES} bytes` });

const filterInput = z
  .unknown()
  .transform((value, context): Filter => {
    const read = readFilter(value, '');
    if (read.ok) return read.value;
    for (const { pointer, detail } of read.errors) {
      context.addIssue({ code: 'custom', message: detail, path: [...tokensOf(pointer)] });
    }
    return z.NEVER;
  })
  .meta({ override: { $ref: '#/components/schemas/Filter' } });

/** `none`: as fast as possible, in no order. `pass`: the events of one pass one after another, in the order accepted. */
export const ORDERINGS = ['none', 'pass'] as const;
export type Ordering = (typeof ORDERINGS)[number];

/** A subscription as a tenant writes it; `options` is checked by the dialect's own schema. */
export const subscriptionInputSchema = z.strictObject({
  integrationId: z.string().meta({ description: 'The integration that receives the events.' }),
  templateId: z
    .string()
    .nullable()
    .default(null)
    .meta({ description: 'The template whose passes are subscribed to. Null: all templates of the tenant.' }),
  trigger: z.enum(TRIGGERS).meta({ description: 'The trigger. The dialect of the integration must have it.' }),
  url: endpointUrl.meta({ description: 'The endpoint: an https URL of a public address.' }),
  mapping: mappingSchema.default({ rename: {}, remove: [] }),
  options: z
    .record(z.string(), jsonValueSchema)
    .default({})
    .meta({ description: 'Subscription options of the dialect of the integration.' }),
  ordering: z.enum(ORDERINGS).default('none').meta({
    description:
      '`none`: as fast as possible, in no order. `pass`: events of one pass are delivered one after another, in the order accepted; a failing delivery holds up those after it until it ends. Other passes are not held up. A change applies to events accepted after it.',
  }),
  filter: filterInput.nullable().default(null).meta({
    description:
      'Which of the events that match are delivered. Decided when an event is accepted: a change leaves what waits as it is. Null: all.',
  }),
  enabled: z.boolean().default(true).meta({
    description: 'False: deliveries are held until the subscription is enabled.',
  }),
});

export type SubscriptionInput = z.infer<typeof subscriptionInputSchema>;

/** Why a subscription is disabled. */
export const DISABLED_REASONS = ['requested', 'gone', 'failing'] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

export interface Subscription extends Versioned {
  readonly id: SubscriptionId;
  readonly tenantId: TenantId;
  readonly integrationId: IntegrationId;
  readonly endpointId: EndpointId;
  /** Null: every template of the tenant. */
  readonly templateId: TemplateId | null;
  readonly trigger: Trigger;
  readonly url: string;
  readonly mapping: Mapping;
  readonly options: object;
  /** Keys of the template fields that are on for this subscription; null: all (there is no template). */
  readonly knownFields: readonly string[] | null;
  /** Null: every event that matches. */
  readonly filter: Filter | null;
  readonly ordering: Ordering;
  readonly disabled: DisabledReason | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What decides whether two subscriptions of one endpoint are the same. */
export type Neighbour = Pick<Subscription, 'id' | 'endpointId' | 'trigger' | 'templateId' | 'options'>;

/** The integration and the template of a subscription; no template: all of the tenant's. */
export interface Parts {
  readonly integration: Integration;
  readonly template: Template | undefined;
}

export interface ConfiguredSubscription extends Parts {
  readonly subscription: Subscription;
}
