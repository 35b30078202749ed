import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { describeDialect, sampleBody } from '../dialects/describe-dialect.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { DIALECTS } from '../dialects/index.ts';
import { type MessageId, toId } from '../domain/id.ts';
import { jsonValueSchema } from '../domain/json-value.ts';
import { type SigningSecret, webhookHeaders, webhookSigner } from '../domain/signing.ts';
import type { Trigger } from '../domain/trigger.ts';
import { EXAMPLE_IDS } from './example-ids.ts';

const EXAMPLE_SECRET: SigningSecret = {
  id: toId('secret', EXAMPLE_IDS.secret.slice(4)),
  kind: 'webhook',
  value: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8G',
};
const EXAMPLE_PASSENTRY_SECRET: SigningSecret = { ...EXAMPLE_SECRET, kind: 'passentry', value: '3f9a2c7d5e8b1a4c' };
const EXAMPLE_TIMESTAMP_S = 1_768_478_400;

/** What receivers get: one webhook for each dialect, with the bodies that the dialect builds from its sample events. */
export function describeWebhooks(): ZodOpenApiPathsObject {
  return Object.fromEntries(Object.values(DIALECTS).map((dialect) => [dialect.name, { post: webhook(dialect) }]));
}

function webhook(dialect: Dialect): ZodOpenApiOperationObject {
  const { name, label, description, options } = dialect;
  const { triggers, signatures, request } = describeDialect(dialect);
  const word = options.meta()?.id?.replace(/Options$/, '') ?? name;
  const first = triggers[0]?.trigger;
  const signed = signatures.map((one) => `- \`${one.kind}\`, ${one.location}: ${one.description}`);
  return {
    operationId: `receive${word}Webhook`,
    summary: `${label}: what the endpoint receives`,
    description: [
      description,
      'A mapping can rename and remove members. Verify a signature before you trust the body:',
      signed.join('\n'),
    ].join('\n\n'),
    security: [],
    requestParams: { header: z.object(headersOf(dialect, first)) },
    requestBody: {
      required: true,
      content: {
        [request.contentType]: {
          schema: bodySchema(word, label, triggers[0]?.sample),
          examples: Object.fromEntries(
            triggers.map(({ trigger, event, sample }) => [trigger, { summary: event, value: sample }]),
          ),
        },
      },
    },
    responses: {
      '2XX': { description: 'Delivered. The body is stored in part and not interpreted.' },
      '410': {
        description: 'The endpoint is gone: the delivery ends, and the subscriptions of the endpoint are disabled.',
      },
      '4XX': { description: 'Not delivered. Retried, unless the policy of the dialect counts the status as permanent.' },
      '5XX': { description: 'Not delivered, and retried. `Retry-After` is respected up to 24 hours.' },
    },
  };
}

function bodySchema(word: string, label: string, sample: unknown): z.ZodType {
  return z.record(z.string(), jsonValueSchema).meta({
    id: `${word}Webhook`,
    title: label,
    description: `The body of a webhook in the format of ${label}; \`describeTemplate\` lists its members for a template.`,
    examples: [sample],
  });
}

function headersOf(dialect: Dialect, trigger: Trigger | undefined): Record<string, z.ZodType> {
  const body = trigger ? sampleBody(dialect, trigger) : '{}';
  const messageId: MessageId = toId('message', EXAMPLE_IDS.message.slice(4));
  const values = webhookHeaders([webhookSigner(EXAMPLE_SECRET)], messageId, EXAMPLE_TIMESTAMP_S, body);
  const options = dialect.options.parse(dialect.sampleOptions ?? {});
  const vendorHeaders = dialect.headerSigner?.(options, [EXAMPLE_PASSENTRY_SECRET])?.(body) ?? {};
  const event = (trigger && dialect.eventNames[trigger]) ?? '';
  return {
    'webhook-id': header('Identifies the message; retries have the same.', values['webhook-id']),
    'webhook-timestamp': header('Seconds since 1970, of this attempt.', values['webhook-timestamp']),
    'webhook-signature': header(
      `Signatures of \`{id}.{timestamp}.{body}\`, separated by spaces (Standard Webhooks); the example is of the first body with the secret \`${EXAMPLE_SECRET.value}\`.`,
      values['webhook-signature'],
    ),
    'x-webhook-event': header("The vendor's name of the event.", event),
    'x-webhook-test': header('`true` on a test send.', 'true').optional(),
    ...Object.fromEntries(
      Object.entries(vendorHeaders).map(([name, value]) => [
        name,
        header(
          `The vendor's own signature; the example is of the first body with the secret \`${EXAMPLE_PASSENTRY_SECRET.value}\`.`,
          value,
        ),
      ]),
    ),
  };
}

function header(description: string, example: string | undefined): z.ZodString {
  return z.string().meta({ description, examples: [example ?? ''] });
}
