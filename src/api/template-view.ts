import { z } from 'zod';
import type { InferredTemplate } from '../admin/infer-template.ts';
import { jsonValueSchema } from '../domain/json-value.ts';
import { PASS_TYPES } from '../domain/pass.ts';
import { type Template, templateFieldSchema, templateInputSchema } from '../domain/template.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { createdAtAnswer, idAnswer, updatedAtAnswer, versionAnswer } from './paging.ts';
import { fieldErrorSchema } from './problem.ts';

export const templateSchema = z
  .strictObject({
    id: idAnswer('template', 'Its id.'),
    tenantId: idAnswer('tenant', 'Its tenant.'),
    ...templateInputSchema.shape,
    externalId: z.string().nullable().meta({
      description: "The pass system's own id of the template, unique in the tenant. Null: none.",
    }),
    version: versionAnswer,
    createdAt: createdAtAnswer,
    updatedAt: updatedAtAnswer,
  })
  .meta({
    id: 'Template',
    description: 'A pass template.',
    examples: [
      {
        id: EXAMPLE_IDS.template,
        tenantId: EXAMPLE_IDS.tenant,
        name: 'Loyalty card',
        externalId: 'loyalty-2026',
        passType: 'storeCard',
        fields: [
          { key: 'first_name', label: 'First name', type: 'text', sample: 'Ann', personalised: true },
          { key: 'points', label: 'Points', type: 'number', sample: 120, personalised: true },
        ],
        personalised: { barcodeValue: true, barcodeText: true, expiry: true },
        vendor: { vibes: { campaignToken: 'spring-26' } },
        version: 7,
        createdAt: '2026-01-15T12:00:00.000Z',
        updatedAt: '2026-01-15T12:00:00.000Z',
      },
    ],
  });

const describedFieldSchema = z
  .strictObject({
    name: z.string().meta({ description: 'The name of the field in a mapping.' }),
    path: z.string().meta({ description: 'JSON Pointer of the field in the body.' }),
    type: z
      .enum(['string', 'number', 'boolean', 'null', 'object', 'array'])
      .meta({ description: 'The JSON type of the sample.' }),
    sample: jsonValueSchema,
    optional: z.boolean().meta({
      description: 'True: the bodies of some events are without it. A field that is always there may be null or empty.',
    }),
    open: z.boolean().meta({ description: 'True: the tenant or the producer names its members, so it may have others.' }),
  })
  .meta({
    id: 'DescribedField',
    description: "A field of a vendor's body.",
    examples: [
      {
        name: '/wallet_item/tokens/first_name',
        path: '/wallet_item/tokens/first_name',
        type: 'string',
        sample: 'Ann',
        optional: true,
        open: false,
      },
    ],
  });

export const templateDescriptionSchema = z
  .strictObject({
    fields: z.array(describedFieldSchema).meta({ description: 'All fields that the body can have, in its order.' }),
  })
  .meta({
    id: 'TemplateDescription',
    description: "Every field of a dialect's body for a template and a trigger.",
    examples: [
      {
        fields: [
          { name: 'pass-id', path: '/pass-id', type: 'string', sample: 'SAMPLE-0001', optional: false, open: false },
        ],
      },
    ],
  });

export const inferredTemplateSchema = z
  .strictObject({
    externalId: z
      .string()
      .nullable()
      .meta({ description: "The pass system's own id of the template. Null: the sample does not show one." }),
    passType: z.enum(PASS_TYPES).meta({ description: 'The type of its passes.' }),
    fields: z.array(templateFieldSchema).meta({ description: 'Its fields, in the order of the sample.' }),
    warnings: z.array(fieldErrorSchema).meta({ description: 'What of the sample became no field, and why; at most 20.' }),
  })
  .meta({
    id: 'InferredTemplate',
    description: 'A draft of a template: it needs a name, and is not stored.',
    examples: [
      {
        externalId: 'loyalty-2026',
        passType: 'storeCard',
        fields: [{ key: 'points', type: 'number', sample: 120, personalised: true }],
        warnings: [{ pointer: '/sample/pass/fields/7', detail: 'has a number or __proto__ as its key' }],
      },
    ],
  });

export function showInferred({
  externalId,
  passType,
  fields,
  warnings,
}: InferredTemplate): z.infer<typeof inferredTemplateSchema> {
  return { externalId: externalId ?? null, passType, fields: [...fields], warnings: [...warnings] };
}

export function showTemplate(template: Template): z.infer<typeof templateSchema> {
  const { id, tenantId, name, externalId = null, passType, fields, personalised, vendor, version } = template;
  const { createdAt, updatedAt } = template;
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id, tenantId, name, externalId, passType, fields, personalised, vendor, version, ...times };
}
