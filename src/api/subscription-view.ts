import { z } from 'zod';
import type { Preview } from '../admin/preview.ts';
import type { ExplainedSubscription } from '../admin/subscriptions.ts';
import { mappingSchema } from '../domain/mapping.ts';
import { DISABLED_REASONS, ORDERINGS } from '../domain/subscription.ts';
import { TRIGGERS } from '../domain/trigger.ts';
import { instantAnswer } from './paging.ts';

const warningsSchema = z.array(z.strictObject({ pointer: z.string(), detail: z.string() }));

export const subscriptionSchema = z
  .strictObject({
    id: z.string(),
    tenantId: z.string(),
    integrationId: z.string(),
    endpointId: z.string(),
    templateId: z.string().nullable(),
    trigger: z.enum(TRIGGERS),
    event: z.string().meta({ description: 'What the vendor calls the trigger.' }),
    url: z.string(),
    mapping: mappingSchema,
    options: z.looseObject({}),
    knownFields: z.array(z.string()).nullable().meta({ description: 'Fields of the template that are on. Null: all.' }),
    ordering: z.enum(ORDERINGS),
    state: z.enum(['enabled', 'disabled']),
    disabledReason: z.enum(DISABLED_REASONS).nullable(),
    warnings: warningsSchema,
    createdAt: instantAnswer,
    updatedAt: instantAnswer,
  })
  .meta({ id: 'Subscription' });

export const previewSchema = z
  .strictObject({
    method: z.enum(['POST', 'PUT']),
    url: z.string(),
    headers: z.record(z.string(), z.string()),
    contentType: z.string(),
    body: z.string(),
    warnings: warningsSchema,
  })
  .meta({ id: 'Preview' });

export function showSubscription({
  subscription,
  event,
  warnings,
}: ExplainedSubscription): z.infer<typeof subscriptionSchema> {
  const { disabled, options, knownFields, createdAt, updatedAt, ...rest } = subscription;
  return {
    ...rest,
    event,
    options: { ...options },
    knownFields: knownFields && [...knownFields],
    state: disabled ? 'disabled' : 'enabled',
    disabledReason: disabled ?? null,
    warnings: [...warnings],
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

export function showPreview({ method, url, headers, body, warnings }: Preview): z.infer<typeof previewSchema> {
  const contentType = headers['content-type'] ?? '';
  return { method, url, headers: { ...headers }, contentType, body, warnings: [...warnings] };
}
