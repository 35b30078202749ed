import { z } from 'zod';
import type { TemplateId, TenantId } from './id.ts';
import { isUnstableKey } from './json.ts';
import { opaqueIdSchema } from './opaque-id.ts';
import { PASS_TYPES } from './pass.ts';
import type { Versioned } from './row-version.ts';

export const FIELD_AREAS = ['headerFields', 'primaryFields', 'secondaryFields', 'auxiliaryFields', 'backFields'] as const;

/** Fields of one template, and characters of a key or label. */
export const MAX_FIELDS = 500;
export const MAX_NAME_LENGTH = 128;

const stableName = z
  .string()
  .min(1)
  .max(MAX_NAME_LENGTH)
  .refine((key) => !isUnstableKey(key), { error: 'must not be a number or __proto__: JSON parsers would move or drop it' });

export const templateFieldSchema = z
  .strictObject({
    key: stableName.meta({ description: 'The name of the value in `pass.fields`.' }),
    label: z
      .string()
      .min(1)
      .max(MAX_NAME_LENGTH)
      .optional()
      .meta({ description: 'The label on the pass. Default: the key.' }),
    type: z.enum(['text', 'number', 'boolean', 'date']).default('text').meta({ description: 'The type of its values.' }),
    sample: z
      .union([z.string(), z.number(), z.boolean()])
      .optional()
      .meta({ description: 'A value for previews and test sends.' }),
    area: z
      .enum(FIELD_AREAS)
      .optional()
      .meta({ description: 'Where the pass shows it (Passcreator names fields by area).' }),
    index: z.int().min(0).max(999).optional().meta({ description: 'Its index in its area. Default: its position.' }),
    personalised: z.boolean().default(true).meta({ description: 'Whether its value differs between passes.' }),
  })
  .meta({
    id: 'TemplateField',
    description: 'A field that the passes of a template have.',
    examples: [{ key: 'first_name', label: 'First name', type: 'text', sample: 'Ann', personalised: true }],
  });

export type TemplateField = z.infer<typeof templateFieldSchema>;

const vendorId = z.string().min(1).max(255);

const personalisedSchema = z
  .strictObject({
    barcodeValue: z.boolean().default(true).meta({ description: 'The value of the barcode.' }),
    barcodeText: z.boolean().default(true).meta({ description: 'The text below the barcode.' }),
    expiry: z.boolean().default(true).meta({ description: 'The date of expiry.' }),
  })
  .meta({
    id: 'PersonalisedParts',
    description: 'Which members of a pass, beside its fields, differ between the passes of a template.',
    examples: [{ barcodeValue: true, barcodeText: true, expiry: false }],
  });

const vendorIdsSchema = z
  .strictObject({
    vibes: z
      .strictObject({
        campaignToken: vendorId.optional().meta({ description: "The wallet campaign's token." }),
        campaignUid: vendorId.optional().meta({ description: "The wallet campaign's uid." }),
      })
      .optional()
      .meta({ description: 'For Vibes.' }),
    passcreator: z
      .strictObject({ guid: vendorId.optional().meta({ description: "The pass template's GUID." }) })
      .optional()
      .meta({ description: 'For Passcreator.' }),
    walletthat: z
      .strictObject({ templateId: vendorId.optional().meta({ description: "The pass template's id." }) })
      .optional()
      .meta({ description: 'For WalletThat.' }),
    passentry: z
      .strictObject({ uuid: vendorId.optional().meta({ description: "The pass template's UUID." }) })
      .optional()
      .meta({ description: 'For PassEntry.' }),
  })
  .meta({
    id: 'VendorIds',
    description: "Ids that a vendor's body shows for the template. Default of each: `externalId`, else our id.",
    examples: [{ vibes: { campaignToken: 'spring-26' }, passcreator: { guid: '6b2f2a0e-8d3e-4c06-9d1e-2f4c5f3e9a11' } }],
  });

/** A pass template as a tenant creates it. `vendor` holds ids that differ from `externalId`, per vendor. */
export const templateInputSchema = z.strictObject({
  name: z.string().min(1).max(255).meta({ description: 'The name, for people and for some vendors.' }),
  externalId: opaqueIdSchema.optional().meta({
    description: "The pass system's own id of the template, unique in the tenant; events may name the template by it.",
  }),
  passType: z.enum(PASS_TYPES).default('generic').meta({ description: 'The type of its passes.' }),
  fields: z
    .array(templateFieldSchema)
    .max(MAX_FIELDS)
    .default([])
    .meta({ description: 'Its fields, in the order of the bodies.' }),
  personalised: personalisedSchema.default({ barcodeValue: true, barcodeText: true, expiry: true }),
  vendor: vendorIdsSchema.default({}),
});

export type TemplateInput = z.infer<typeof templateInputSchema>;

export interface Template extends TemplateInput, Versioned {
  readonly id: TemplateId;
  readonly tenantId: TenantId;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What the vendor's body shows for a template: the vendor's own id, else `externalId`, else our id. */
export function shownId(template: Template, vendorOwn: string | undefined): string {
  return vendorOwn ?? template.externalId ?? template.id;
}

/** A template by its id, or by the one that its tenant gave it. */
export type TemplateRef = { readonly id: TemplateId } | { readonly externalId: string };
