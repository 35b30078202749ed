import { z } from 'zod';
import { opaqueIdSchema, PASS_TYPES } from './event.ts';
import type { TemplateId, TenantId } from './id.ts';
import { isUnstableKey } from './json.ts';

const FIELD_AREAS = ['headerFields', 'primaryFields', 'secondaryFields', 'auxiliaryFields', 'backFields'] as const;

const stableName = z
  .string()
  .min(1)
  .max(128)
  .refine((key) => !isUnstableKey(key), { error: 'must not be a number or __proto__: JSON parsers would move or drop it' });

const templateFieldSchema = z.strictObject({
  key: stableName,
  label: z.string().min(1).max(128).optional(),
  type: z.enum(['text', 'number', 'boolean', 'date']).default('text'),
  sample: z.union([z.string(), z.number(), z.boolean()]).optional(),
  area: z.enum(FIELD_AREAS).optional(),
  index: z.int().min(0).max(999).optional(),
  personalised: z.boolean().default(true),
});

export type TemplateField = z.infer<typeof templateFieldSchema>;

const vendorId = z.string().min(1).max(255);

/** A pass template as a tenant writes it. `vendor` holds the ids that differ from `externalId`, per vendor. */
export const templateInputSchema = z.strictObject({
  name: z.string().min(1).max(255),
  externalId: opaqueIdSchema.optional(),
  passType: z.enum(PASS_TYPES).default('generic'),
  fields: z.array(templateFieldSchema).max(500).default([]),
  personalised: z
    .strictObject({
      barcodeValue: z.boolean().default(true),
      barcodeText: z.boolean().default(true),
      expiry: z.boolean().default(true),
    })
    .prefault({}),
  vendor: z
    .strictObject({
      vibes: z.strictObject({ campaignToken: vendorId.optional(), campaignUid: vendorId.optional() }).optional(),
      passcreator: z.strictObject({ guid: vendorId.optional() }).optional(),
      walletthat: z.strictObject({ templateId: vendorId.optional() }).optional(),
      passentry: z.strictObject({ uuid: vendorId.optional() }).optional(),
    })
    .default({}),
});

export type TemplateInput = z.infer<typeof templateInputSchema>;

export interface Template extends TemplateInput {
  readonly id: TemplateId;
  readonly tenantId: TenantId;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What the vendor's body shows for a template: the vendor's own id, else `externalId`, else our id. */
export function shownId(template: Template, vendorOwn: string | undefined): string {
  return vendorOwn ?? template.externalId ?? template.id;
}
