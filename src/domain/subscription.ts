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

export const WHILE_DISABLED = ['hold', 'cancel'] as const;
export type WhileDisabled = (typeof WHILE_DISABLED)[number];
export const ON_GONE = ['disable', 'end'] as const;
export type OnGone = (typeof ON_GONE)[number];

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
    description: 'False: deliveries are held until the subscription is enabled, or cancelled: see `whileDisabled`.',
  }),
  whileDisabled: z.enum(WHILE_DISABLED).default('hold').meta({
    description:
      'What becomes of deliveries while the subscription is disabled by request. `hold`: they go out when it is enabled. `cancel`: they are cancelled, those that wait already too. Disabled after a 410 or long failure, it always holds them.',
  }),
  onGone: z.enum(ON_GONE).default('disable').meta({
    description:
      'What a 410 of the endpoint does. `disable`: the subscription is disabled and its deliveries are held. `end`: it is deleted and they are cancelled.',
  }),
});

export type SubscriptionInput = z.infer<typeof subscriptionInputSchema>;

/** Why a subscription is disabled. `paused`: with its endpoint, by a person, until the endpoint is enabled. */
export const DISABLED_REASONS = ['requested', 'gone', 'failing', 'paused'] as const;
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
  /** The id of the API key that disabled it; undefined when it is enabled, or was disabled by the system or an earlier version. */
  readonly disabledBy: string | undefined;
  readonly whileDisabled: WhileDisabled;
  readonly onGone: OnGone;
  /** Gets a DELETE when the subscription is deleted; undefined when nobody wants to know. */
  readonly unsubscribeUrl: string | undefined;
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

/** What becomes of a delivery of a subscription that is disabled: it is held, or cancelled in the name of the key that disabled it. */
export function stateWhileDisabled({
  disabled,
  whileDisabled,
  disabledBy,
}: Pick<Subscription, 'disabled' | 'whileDisabled' | 'disabledBy'>): { readonly state: 'held' } | Cancelled {
  if (disabled !== 'requested' || whileDisabled === 'hold') return { state: 'held' };
  return { state: 'cancelled', reason: DISABLED, by: disabledBy ?? 'system' };
}

interface Cancelled {
  readonly state: 'cancelled';
  readonly reason: string;
  readonly by: string;
}

/** The reason of deliveries that are cancelled because their subscription is disabled. */
const DISABLED = 'disabled';
