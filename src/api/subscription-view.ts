import { z } from 'zod';
import type { ExplainedSubscription } from '../admin/explain-subscriptions.ts';
import type { Preview } from '../admin/preview.ts';
import { filterSchema } from '../domain/filter.ts';
import type { JsonValue } from '../domain/json.ts';
import { jsonValueSchema } from '../domain/json-value.ts';
import { mappingSchema } from '../domain/mapping.ts';
import { DISABLED_REASONS, ON_GONE, ORDERINGS, WHILE_DISABLED } from '../domain/subscription.ts';
import { TRIGGERS } from '../domain/trigger.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { createdAtAnswer, idAnswer, updatedAtAnswer, versionAnswer } from './paging.ts';
import { fieldErrorSchema } from './problem.ts';

const warningsSchema = z.array(fieldErrorSchema).meta({
  description: 'What is doubtful and nevertheless accepted: a URL that does not resolve, a field that is not always there.',
});

export const subscriptionSchema = z
  .strictObject({
    id: idAnswer('subscription', 'Its id.'),
    tenantId: idAnswer('tenant', 'Its tenant.'),
    integrationId: idAnswer('integration', 'Its integration.'),
    endpointId: idAnswer('endpoint', 'Its endpoint: the integration together with the URL.'),
    templateId: z.string().nullable().meta({ description: 'Its template. Null: all templates of the tenant.' }),
    trigger: z.enum(TRIGGERS).meta({ description: 'The trigger.' }),
    event: z.string().meta({ description: 'What the vendor calls the trigger.' }),
    url: z.string().meta({ description: 'The URL that is sent to.' }),
    mapping: mappingSchema,
    options: z
      .record(z.string(), jsonValueSchema)
      .meta({ description: 'The subscription options of the dialect, defaults included.' }),
    knownFields: z.array(z.string()).nullable().meta({
      description: 'Keys of the template fields that are sent; later ones are off until added. Null: all.',
    }),
    filter: filterSchema.nullable().meta({ description: 'Which of the matching events are delivered. Null: all.' }),
    ordering: z.enum(ORDERINGS).meta({ description: '`none`, or one by one for each `pass`.' }),
    state: z.enum(['enabled', 'disabled']).meta({ description: 'Disabled: its deliveries are held.' }),
    disabledReason: z.enum(DISABLED_REASONS).nullable().meta({
      description: '`requested` by a caller, `gone` after a 410, `failing` after long failure. Null: it is enabled.',
    }),
    disabledBy: z.string().nullable().meta({
      description: 'The id of the API key that disabled it. Null: it is enabled, or was disabled otherwise.',
    }),
    whileDisabled: z.enum(WHILE_DISABLED).meta({
      description: 'What becomes of deliveries while it is disabled by request: `hold` or `cancel`.',
    }),
    onGone: z.enum(ON_GONE).meta({ description: 'What a 410 of the endpoint does: `disable` it, or `end` it.' }),
    warnings: warningsSchema,
    version: versionAnswer,
    createdAt: createdAtAnswer,
    updatedAt: updatedAtAnswer,
  })
  .meta({
    id: 'Subscription',
    description: 'Which trigger of which template is sent to which URL, and with which fields.',
    examples: [
      {
        id: EXAMPLE_IDS.subscription,
        tenantId: EXAMPLE_IDS.tenant,
        integrationId: EXAMPLE_IDS.integration,
        endpointId: EXAMPLE_IDS.endpoint,
        templateId: EXAMPLE_IDS.template,
        trigger: 'pass.installed',
        event: 'Pass Installed',
        url: 'https://hooks.example.com/wallet',
        mapping: { rename: { first_name: 'firstName' }, remove: [] },
        options: { changedOnly: true },
        knownFields: ['first_name', 'points'],
        filter: { path: '/pass/fields/points', gte: 100 },
        ordering: 'none',
        state: 'enabled',
        disabledReason: null,
        disabledBy: null,
        whileDisabled: 'hold',
        onGone: 'disable',
        warnings: [],
        version: 7,
        createdAt: '2026-01-15T12:00:00.000Z',
        updatedAt: '2026-01-15T12:00:00.000Z',
      },
    ],
  });

const [EXAMPLE] = subscriptionSchema.meta()?.examples ?? [];

/** The answer to one trigger, or to several. */
export const createdSchema = z
  .union([
    subscriptionSchema,
    z
      .strictObject({ data: z.array(subscriptionSchema).meta({ description: 'One for each trigger, in their order.' }) })
      .meta({
        id: 'CreatedSubscriptions',
        description: 'The subscriptions to several triggers.',
        examples: [{ data: [EXAMPLE] }],
      }),
  ])
  .meta({
    id: 'CreatedSubscription',
    description: 'The subscription; with `triggers`, all of them.',
    examples: [EXAMPLE, { data: [EXAMPLE] }],
  });

export const previewSchema = z
  .strictObject({
    method: z.string().meta({ description: 'The HTTP method.' }),
    url: z.string().meta({ description: 'The URL.' }),
    headers: z
      .record(z.string(), z.string())
      .meta({ description: 'All headers, signatures included; values of extra headers are `***`.' }),
    contentType: z.string().meta({ description: 'The content type.' }),
    body: z.string().meta({ description: 'The body, byte for byte.' }),
    unmappedBody: z.string().meta({ description: 'The body without the mapping, to compare.' }),
    filteredOut: z
      .string()
      .nullable()
      .meta({ description: 'Why the filter would keep this event out. Null: it would be sent.' }),
    recent: z
      .strictObject({
        events: z.int().meta({ description: 'How many events were looked at: fewer when there are not so many.' }),
        kept: z.int().meta({ description: 'How many of them the filter lets through.' }),
      })
      .meta({
        id: 'RecentMatches',
        description: 'What the filter would have let through of the last events.',
        examples: [{ events: 100, kept: 37 }],
      })
      .nullable()
      .meta({ description: 'The answer to `matchRecent`. Null: not asked for.' }),
    warnings: warningsSchema,
  })
  .meta({
    id: 'Preview',
    description: 'A request as it would be sent.',
    examples: [
      {
        method: 'POST',
        url: 'https://hooks.example.com/wallet',
        headers: { 'content-type': 'application/json', 'x-webhook-event': 'Pass Installed' },
        contentType: 'application/json',
        body: '{"pass-id":"SAMPLE-0001","pass-template-id":"loyalty-2026","firstName":"Ann"}',
        unmappedBody: '{"pass-id":"SAMPLE-0001","pass-template-id":"loyalty-2026","first_name":"Ann"}',
        filteredOut: null,
        recent: { events: 100, kept: 37 },
        warnings: [],
      },
    ],
  });

export function showSubscription({
  subscription,
  event,
  warnings,
}: ExplainedSubscription): z.infer<typeof subscriptionSchema> {
  const {
    disabled,
    disabledBy,
    options,
    knownFields,
    createdAt,
    updatedAt,
    unsubscribeUrl: _inOptions,
    ...rest
  } = subscription;
  return {
    ...rest,
    event,
    options: { ...options } as Record<string, JsonValue>,
    knownFields: knownFields && [...knownFields],
    state: disabled ? 'disabled' : 'enabled',
    disabledReason: disabled ?? null,
    disabledBy: disabledBy ?? null,
    warnings: [...warnings],
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** @param several whether the request had `triggers` */
export function showCreated(created: readonly ExplainedSubscription[], several: boolean): z.infer<typeof createdSchema> {
  const data = created.map(showSubscription);
  const [only] = data;
  return only && !several ? only : { data };
}

export function showPreview({
  method,
  url,
  headers,
  body,
  unmappedBody,
  warnings,
  filteredOut,
  recent,
}: Preview): z.infer<typeof previewSchema> {
  const contentType = headers['content-type'] ?? '';
  const shown = { method, url, headers: { ...headers }, contentType, body, unmappedBody };
  return { ...shown, filteredOut: filteredOut ?? null, recent: recent ? { ...recent } : null, warnings: [...warnings] };
}
