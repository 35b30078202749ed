import { z } from 'zod';
import type { ShownAttention } from '../admin/attention.ts';
import { ATTENTION_KINDS } from '../ports/attention.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { idAnswer, instantAnswer, showInstant } from './paging.ts';

const EXAMPLE = {
  kind: 'endpoint-failing',
  tenantId: EXAMPLE_IDS.tenant,
  tenantName: 'Acme Coffee',
  integrationId: EXAMPLE_IDS.integration,
  integrationName: 'CRM',
  endpointId: EXAMPLE_IDS.endpoint,
  subscriptionId: null,
  url: 'https://hooks.example.com/wallet',
  trigger: null,
  at: '2026-01-15T11:58:00.000Z',
  disablesAt: '2026-01-20T11:58:00.000Z',
  reason: null,
  advice: null,
};

const itemSchema = z
  .strictObject({
    kind: z.enum(ATTENTION_KINDS).meta({ description: 'What it is about, the most urgent first.' }),
    tenantId: idAnswer('tenant', 'Its tenant.'),
    tenantName: z.string().meta({ description: 'The name of the tenant.' }),
    integrationId: idAnswer('integration', 'Its integration.'),
    integrationName: z.string().meta({ description: 'The name of the integration.' }),
    endpointId: idAnswer('endpoint', 'Its endpoint.').nullable().meta({ description: 'Its endpoint. Null: a secret.' }),
    subscriptionId: idAnswer('subscription', 'Its subscription.')
      .nullable()
      .meta({ description: 'Its subscription. Null: it is about more than one.' }),
    url: z.string().nullable().meta({ description: 'The URL of the endpoint. Null: a secret.' }),
    trigger: z.string().nullable().meta({ description: 'The trigger of the subscription. Null: there is none.' }),
    at: instantAnswer
      .nullable()
      .meta({ description: 'Since when an endpoint fails, or when a secret ends. Null: not known.' }),
    disablesAt: instantAnswer
      .nullable()
      .meta({ description: 'When an endpoint is disabled if it goes on failing. Null: it is not failing.' }),
    reason: z.string().nullable().meta({ description: 'Why it is disabled, or the kind of the secret. Null: neither.' }),
    advice: z
      .string()
      .nullable()
      .meta({ description: 'What to use in the place of a deprecated trigger. Null: it is not deprecated.' }),
  })
  .meta({ id: 'AttentionItem', description: 'Something that needs attention.', examples: [EXAMPLE] });

export const attentionSchema = z
  .strictObject({ data: z.array(itemSchema).meta({ description: 'The most urgent first.' }) })
  .meta({ id: 'Attention', description: 'What needs attention.', examples: [{ data: [EXAMPLE] }] });

export function showAttention(items: readonly ShownAttention[]): z.infer<typeof attentionSchema> {
  return {
    data: items.map(({ dialect: _dialect, ...item }) => ({
      ...item,
      endpointId: item.endpointId ?? null,
      subscriptionId: item.subscriptionId ?? null,
      url: item.url ?? null,
      trigger: item.trigger ?? null,
      at: showInstant(item.at),
      disablesAt: showInstant(item.disablesAt),
      reason: item.reason ?? null,
      advice: item.advice ?? null,
    })),
  };
}
