import { z } from 'zod';
import { serialise } from '../domain/body.ts';
import { toId } from '../domain/id.ts';
import type { DialectName } from '../domain/integration.ts';
import type { JsonValue } from '../domain/json.ts';
import { sampleOperationalFacts } from '../domain/operational-event.ts';
import type { DeliveryPolicy } from '../domain/policy.ts';
import { sampleEvent } from '../domain/sample-event.ts';
import { SECRET_TEXTS, type SecretKind, type SecretText } from '../domain/signing.ts';
import { type Template, templateInputSchema } from '../domain/template.ts';
import { isOperational, TRIGGER_TEXTS, TRIGGERS, type Trigger, type TriggerText } from '../domain/trigger.ts';
import { DESCRIBED_AT_MS, DESCRIBED_EVENT_ID } from './describe.ts';
import type { Dialect, RequestShape, VendorSignature } from './dialect.ts';

/** What a form or a person needs to know of a dialect before there is an integration. */
export interface DialectDescription {
  readonly name: DialectName;
  readonly label: string;
  readonly description: string;
  /** Path and anchor in the documentation. */
  readonly documentation: string;
  readonly triggers: readonly DescribedTrigger[];
  /** JSON Schema (2020-12), every member with title and description. */
  readonly options: JsonSchema;
  readonly subscriptionOptions: JsonSchema;
  readonly request: RequestShape;
  readonly policy: DeliveryPolicy;
  /** Option values that change `policy` or `request`. */
  readonly optionEffects: readonly OptionEffect[];
  readonly secrets: readonly DescribedSecret[];
  readonly signatures: readonly VendorSignature[];
  readonly openContainers: readonly string[];
}

export type JsonSchema = { readonly [keyword: string]: unknown };

export interface DescribedTrigger extends TriggerText {
  readonly trigger: Trigger;
  /** What the vendor calls it. */
  readonly event: string;
  readonly kind: 'pass' | 'operational';
  /** Advice where the vendor has deprecated the event. */
  readonly deprecated: string | undefined;
  readonly passIdPaths: readonly string[];
  readonly sample: JsonValue;
}

export interface OptionEffect {
  /** JSON Pointer of the option: `/options/exact200`. */
  readonly pointer: string;
  readonly value: JsonValue;
  readonly policy: DeliveryPolicy | undefined;
  readonly request: RequestShape | undefined;
}

export interface DescribedSecret extends SecretText {
  readonly kind: SecretKind;
  /** Created with every integration; else on request. */
  readonly always: boolean;
}

const DEFAULT_REQUEST: RequestShape = { method: 'POST', contentType: 'application/json' };

const STANDARD_SIGNATURES: readonly VendorSignature[] = [
  {
    kind: 'v1',
    secret: 'webhook',
    location: 'header `webhook-signature`',
    description: 'Standard Webhooks: HMAC-SHA256 over `{id}.{timestamp}.{body}`, as base64.',
    always: true,
  },
  {
    kind: 'v1a',
    secret: 'webhook-ed25519',
    location: 'header `webhook-signature`',
    description:
      'Standard Webhooks: ed25519 over `{id}.{timestamp}.{body}`, as base64; for integrations with `asymmetric`.',
    always: false,
  },
];

/** Everything about a dialect that is independent of tenants. Samples are the same every time. */
export function describeDialect(dialect: Dialect): DialectDescription {
  const { name, label, description, openContainers } = dialect;
  const defaults = defaultsOf(dialect);
  return {
    name,
    label,
    description,
    documentation: `docs/dialects.md#${name}`,
    triggers: TRIGGERS.filter((trigger) => dialect.eventNames[trigger] !== undefined).map((trigger) =>
      describeTrigger(dialect, trigger),
    ),
    options: jsonSchemaOf(dialect.options),
    subscriptionOptions: jsonSchemaOf(dialect.subscriptionOptions),
    request: dialect.request?.(defaults.subscriptionOptions, defaults.options) ?? DEFAULT_REQUEST,
    policy: dialect.policy(defaults.options, defaults.subscriptionOptions),
    optionEffects: effectsOf(dialect),
    secrets: secretsOf(dialect),
    signatures: [...STANDARD_SIGNATURES, ...(dialect.signatures ?? [])],
    openContainers,
  };
}

/** The body that the dialect builds from the sample event of a trigger. */
export function sampleBody(dialect: Dialect, trigger: Trigger): string {
  if (isOperational(trigger)) {
    const facts = sampleOperationalFacts(trigger, SAMPLE_SUBSCRIPTION, DESCRIBED_AT_MS);
    const body = dialect.buildOperationalBody?.({ id: DESCRIBED_EVENT_ID, tenantId: SAMPLE_TEMPLATE.tenantId, facts });
    return body ? serialise(body) : '{}';
  }
  const { options, subscriptionOptions: subscription } = defaultsOf(dialect);
  const event = sampleEvent(SAMPLE_TEMPLATE, trigger, DESCRIBED_AT_MS, DESCRIBED_EVENT_ID);
  return serialise(dialect.buildBody({ event, trigger, template: SAMPLE_TEMPLATE, options, subscription }));
}

function describeTrigger(dialect: Dialect, trigger: Trigger): DescribedTrigger {
  const note = dialect.triggerNotes?.[trigger];
  const text = TRIGGER_TEXTS[trigger];
  const isPass = !isOperational(trigger);
  return {
    trigger,
    event: dialect.eventNames[trigger] ?? trigger,
    kind: isPass ? 'pass' : 'operational',
    label: text.label,
    description: note?.description ?? text.description,
    deprecated: note?.deprecated,
    passIdPaths: isPass ? dialect.passIdPaths(trigger) : [],
    sample: JSON.parse(sampleBody(dialect, trigger)),
  };
}

interface Defaults {
  readonly options: object;
  readonly subscriptionOptions: object;
}

function defaultsOf({ options, sampleOptions = {}, subscriptionOptions }: Dialect): Defaults {
  return { options: options.parse(sampleOptions), subscriptionOptions: subscriptionOptions.parse({}) };
}

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const { $defs = {}, $ref } = z.toJSONSchema(schema, {
    io: 'input',
    // RFC 3339 is what `format` says already; the pattern is a page long
    override: ({ jsonSchema }) => {
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  });
  return $defs[$ref?.split('/').at(-1) ?? ''] ?? {};
}

/** Every value of a choice that changes how the dialect delivers, compared with its defaults. */
function effectsOf(dialect: Dialect): OptionEffect[] {
  const defaults = defaultsOf(dialect);
  return (['options', 'subscriptionOptions'] as const).flatMap((part) =>
    choicesOf(jsonSchemaOf(dialect[part])).flatMap(([name, value]) => {
      const changed = { ...defaults, [part]: { ...defaults[part], [name]: value } };
      const policy = different(
        dialect.policy(defaults.options, defaults.subscriptionOptions),
        dialect.policy(changed.options, changed.subscriptionOptions),
      );
      const request = different(
        dialect.request?.(defaults.subscriptionOptions, defaults.options),
        dialect.request?.(changed.subscriptionOptions, changed.options),
      );
      return policy || request ? [{ pointer: `/${part}/${name}`, value, policy, request }] : [];
    }),
  );
}

function different<T>(one: T, other: T): T | undefined {
  return JSON.stringify(one) === JSON.stringify(other) ? undefined : other;
}

interface ChoiceSchema {
  readonly type?: string;
  readonly enum?: readonly JsonValue[];
}

function choicesOf({ properties = {} }: JsonSchema): (readonly [string, JsonValue])[] {
  return Object.entries(properties as Record<string, ChoiceSchema>).flatMap(([name, member]) =>
    (member.enum ?? (member.type === 'boolean' ? [true, false] : [])).map((value) => [name, value] as const),
  );
}

function secretsOf({ secretKinds }: Dialect): DescribedSecret[] {
  const kinds: readonly SecretKind[] = ['webhook', 'webhook-ed25519', ...secretKinds];
  return kinds.map((kind) => ({ kind, ...SECRET_TEXTS[kind], always: kind !== 'webhook-ed25519' }));
}

const NONE = '00000000-0000-7000-8000-000000000000';

const SAMPLE_TEMPLATE: Template = {
  ...templateInputSchema.parse({
    name: 'Loyalty card',
    externalId: 'loyalty-2026',
    passType: 'storeCard',
    fields: [
      { key: 'first_name', label: 'First name', sample: 'Ann', area: 'secondaryFields' },
      { key: 'points', label: 'Points', type: 'number', sample: 120, area: 'primaryFields' },
    ],
  }),
  id: toId('template', NONE),
  tenantId: toId('tenant', NONE),
  version: 1,
  createdAt: new Date(0),
  updatedAt: new Date(0),
};

const SAMPLE_SUBSCRIPTION = {
  id: toId('subscription', NONE),
  integrationId: toId('integration', NONE),
  endpointId: toId('endpoint', NONE),
  url: 'https://hooks.example.com/wallet',
};
