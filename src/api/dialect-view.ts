import { z } from 'zod';
import { type DialectDescription, describeDialect } from '../dialects/describe-dialect.ts';
import { DIALECTS } from '../dialects/index.ts';
import { DIALECT_NAMES } from '../domain/integration.ts';
import { jsonValueSchema } from '../domain/json-value.ts';
import { SECRET_KINDS } from '../domain/signing.ts';
import { TRIGGERS } from '../domain/trigger.ts';
import { deliveryPolicySchema, showPolicy } from './policy-view.ts';

const label = z.string().meta({ description: 'The name, for people.' });
const sentence = z.string().meta({ description: 'One sentence, for people.' });

const requestShapeSchema = z
  .strictObject({
    method: z.enum(['POST', 'PUT']).meta({ description: 'The HTTP method.' }),
    contentType: z.string().meta({ description: 'The content type.' }),
  })
  .meta({
    id: 'RequestShape',
    description: 'How requests are made.',
    examples: [{ method: 'POST', contentType: 'application/json' }],
  });

const dialectTriggerSchema = z
  .strictObject({
    trigger: z.enum(TRIGGERS).meta({ description: 'The trigger, in our words.' }),
    event: z.string().meta({ description: "The vendor's name, as in `x-webhook-event`." }),
    kind: z
      .enum(['pass', 'operational'])
      .meta({ description: 'Whether it is about a pass, or about the dispatch itself.' }),
    label,
    description: sentence,
    deprecated: z
      .string()
      .nullable()
      .meta({ description: 'What to use instead, where the vendor has deprecated the event. Null: it is not.' }),
    passIdPaths: z
      .array(z.string())
      .meta({ description: 'JSON Pointers of the pass id in the body; removing one of them is warned about.' }),
    sample: jsonValueSchema,
  })
  .meta({
    id: 'DialectTrigger',
    description: 'A trigger that a dialect has, with a sample body built by the dialect.',
    examples: [
      {
        trigger: 'pass.installed',
        event: 'Pass Installed',
        kind: 'pass',
        label: 'Pass installed',
        description: 'A device added the pass to its wallet.',
        deprecated: null,
        passIdPaths: ['/pass-id'],
        sample: { 'pass-id': 'SAMPLE-0001', 'pass-template-id': 'loyalty-2026', first_name: 'Ann' },
      },
    ],
  });

const optionEffectSchema = z
  .strictObject({
    pointer: z.string().meta({ description: 'The option: `/options/…` or `/subscriptionOptions/…`.' }),
    value: jsonValueSchema,
    policy: deliveryPolicySchema.nullable().meta({ description: 'The policy with this value. Null: unchanged.' }),
    request: requestShapeSchema.nullable().meta({ description: 'The request with this value. Null: unchanged.' }),
  })
  .meta({
    id: 'OptionEffect',
    description: 'An option value that changes the policy or the request.',
    examples: [
      {
        pointer: '/subscriptionOptions/method',
        value: 'PUT',
        policy: null,
        request: { method: 'PUT', contentType: 'application/json' },
      },
    ],
  });

const dialectSecretSchema = z
  .strictObject({
    kind: z.enum(SECRET_KINDS).meta({ description: 'The kind, as in `secrets` of an integration.' }),
    label,
    description: sentence,
    own: z.boolean().meta({ description: 'Whether a tenant may supply its own.' }),
    always: z.boolean().meta({ description: 'Whether every integration has one; else on request.' }),
  })
  .meta({
    id: 'DialectSecret',
    description: 'A kind of secret that integrations of a dialect can have.',
    examples: [
      {
        kind: 'webhook',
        label: 'Webhook secret',
        description: 'Signs `webhook-signature`.',
        own: true,
        always: true,
      },
    ],
  });

const dialectSignatureSchema = z
  .strictObject({
    kind: z.string().meta({ description: 'The kind, as the receivers’ documentation names it.' }),
    secret: z.enum(SECRET_KINDS).meta({ description: 'The kind of secret that makes it.' }),
    location: z.string().meta({ description: 'The header or the members of the body that have it.' }),
    description: sentence,
    always: z.boolean().meta({ description: 'Whether every request has it; else by option.' }),
  })
  .meta({
    id: 'DialectSignature',
    description: 'A signature that requests of a dialect have.',
    examples: [
      {
        kind: 'v1',
        secret: 'webhook',
        location: 'header `webhook-signature`',
        description: 'Standard Webhooks: HMAC-SHA256 over `{id}.{timestamp}.{body}`, as base64.',
        always: true,
      },
    ],
  });

const optionsJsonSchema = z.record(z.string(), jsonValueSchema);

export const dialectSchema = z
  .strictObject({
    name: z.enum(DIALECT_NAMES).meta({ description: 'The name, as in `dialect` of an integration.' }),
    label,
    description: sentence,
    documentation: z.string().meta({ description: 'Path and anchor in the documentation.' }),
    triggers: z.array(dialectTriggerSchema).meta({ description: 'The triggers it has; others cannot be subscribed to.' }),
    options: optionsJsonSchema.meta({ description: 'JSON Schema (2020-12) of the options of an integration.' }),
    subscriptionOptions: optionsJsonSchema.meta({ description: 'JSON Schema (2020-12) of the options of a subscription.' }),
    request: requestShapeSchema,
    policy: deliveryPolicySchema,
    optionEffects: z.array(optionEffectSchema).meta({ description: 'How options change `policy` and `request`.' }),
    secrets: z.array(dialectSecretSchema).meta({ description: 'The kinds of secrets.' }),
    signatures: z.array(dialectSignatureSchema).meta({ description: 'The signatures.' }),
    openContainers: z.array(z.string()).meta({
      description: 'JSON Pointers of objects whose members the tenant or the producer names.',
    }),
  })
  .meta({
    id: 'Dialect',
    description: "A vendor's webhook format.",
    examples: [exampleDialect()],
  });

// typed loosely: the type of the schema must not depend on its example
function exampleDialect(): object {
  return showDialect(describeDialect(DIALECTS.vibes));
}

export function showDialect(dialect: DialectDescription): z.infer<typeof dialectSchema> {
  const { triggers, policy, optionEffects, secrets, signatures, openContainers, options, subscriptionOptions } = dialect;
  return {
    ...dialect,
    options: { ...options } as z.infer<typeof optionsJsonSchema>,
    subscriptionOptions: { ...subscriptionOptions } as z.infer<typeof optionsJsonSchema>,
    triggers: triggers.map(({ deprecated, passIdPaths, ...rest }) => ({
      ...rest,
      deprecated: deprecated ?? null,
      passIdPaths: [...passIdPaths],
    })),
    policy: showPolicy(policy),
    optionEffects: optionEffects.map(({ pointer, value, policy: changed, request }) => ({
      pointer,
      value,
      policy: changed ? showPolicy(changed) : null,
      request: request ?? null,
    })),
    secrets: [...secrets],
    signatures: [...signatures],
    openContainers: [...openContainers],
  };
}
