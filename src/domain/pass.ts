import { z } from 'zod';
import { instantSchema } from './instant.ts';
import { isObject } from './json.ts';
import { jsonValueSchema } from './json-value.ts';
import { opaqueIdSchema, optionalIdSchema } from './opaque-id.ts';
import { mergePatchOf, optional, optionalText } from './optional.ts';

// The pass that an event is about, and what an event changed of it.

const text = optionalText(z.string());
const flag = optional(z.boolean());
/** An instant of the pass: a null that was sent stays null (vendors.md X2). */
const instantOrNull = instantSchema.nullable().optional();
const FIELD_TYPES = new Set(['string', 'number', 'boolean']);
const MAX_WRONG_FIELDS = 20;

/**
 * Values of fields. They are checked together: a union costs a hundred times as much for each value that fails, and an event can
 * have thousands.
 */
const fieldValues = z
  .record(
    z.string(),
    (z.unknown() as z.ZodType<unknown> as z.ZodType<string | number | boolean | null>).meta({
      override: { type: ['string', 'number', 'boolean', 'null'] },
    }),
  )
  .check(({ value, issues }) => {
    const wrong = Object.entries(value).filter(([, field]) => field !== null && !FIELD_TYPES.has(typeof field));
    for (const [key, input] of wrong.slice(0, MAX_WRONG_FIELDS)) {
      issues.push({ code: 'custom', path: [key], input, message: WRONG_FIELD });
    }
  });
const WRONG_FIELD = 'must be text, or must be a number, or must be true or false, or must be null';
const openObject = optional(z.record(z.string(), jsonValueSchema));

const barcodeShape = {
  format: text.meta({ description: 'For example `qr`, `pdf417`, `aztec` or `code128`.' }),
  value: z.string().meta({ description: 'The encoded text.' }),
  altText: text.meta({ description: 'The text shown below the barcode.' }),
  displayText: flag.meta({ description: 'Whether the text is shown.' }),
  source: text.meta({ description: "Where the value comes from, in the pass system's words." }),
  enabled: flag.meta({ description: 'Whether the pass shows the barcode.' }),
};
const linksShape = {
  page: text.meta({ description: "The pass's web page; never re-encoded." }),
  download: text.meta({ description: 'Where the pass is downloaded; never re-encoded.' }),
};
const buyerShape = {
  email: text.meta({ description: 'Email address.' }),
  firstName: text.meta({ description: 'First name.' }),
  lastName: text.meta({ description: 'Last name.' }),
  street: text.meta({ description: 'Street and number.' }),
  zipCode: text.meta({ description: 'Postal code.' }),
  city: text.meta({ description: 'City.' }),
};

export const PASS_TYPES = ['generic', 'eventTicket', 'storeCard', 'coupon', 'boardingPass'] as const;
const PASS_STATUSES = ['issued', 'active', 'removed', 'deactivated'] as const;

const barcodeSchema = z.strictObject(barcodeShape).meta({
  id: 'Barcode',
  description: 'The barcode of a pass.',
  examples: [{ format: 'qr', value: '4012345678901', altText: '4012 3456 78901' }],
});
const linksSchema = z.strictObject(linksShape).meta({
  id: 'PassLinks',
  description: 'Addresses of a pass.',
  examples: [{ page: 'https://passes.example.com/p/7Hq2', download: 'https://passes.example.com/p/7Hq2.pkpass' }],
});
const buyerSchema = z.strictObject(buyerShape).meta({
  id: 'Buyer',
  description: 'Who bought the pass.',
  examples: [{ email: 'ann.smith@example.com', firstName: 'Ann', lastName: 'Smith', city: 'Leeds' }],
});

const passShape = {
  userProvidedId: optionalIdSchema.meta({ description: "The tenant's own id of the pass." }),
  uniqueIdentifier: text.meta({ description: 'The id that is validated at a gate or till.' }),
  type: optional(z.enum(PASS_TYPES)).meta({ description: "Default: the template's pass type." }),
  status: optional(z.enum(PASS_STATUSES)).meta({ description: 'Default: what follows from the trigger.' }),
  createdAt: instantOrNull.meta({ description: 'When the pass was created.' }),
  addedAt: instantOrNull.meta({ description: 'When the pass was first added to a wallet.' }),
  removedAt: instantOrNull.meta({ description: 'When the pass was removed from its last wallet.' }),
  deactivatedAt: instantOrNull.meta({ description: 'When the pass was voided.' }),
  expiresAt: instantOrNull.meta({ description: 'When the pass expires.' }),
  barcode: optional(barcodeSchema).meta({ description: 'The barcode.' }),
  nfc: text.meta({ description: 'The NFC message.' }),
  fields: optional(fieldValues).meta({
    description: "Values by the key of the template's field. Null: no value.",
  }),
  links: optional(linksSchema).meta({ description: 'Addresses of the pass.' }),
  buyer: optional(buyerSchema).meta({ description: 'Who bought the pass.' }),
  bulkCreationId: text.meta({ description: 'The id of the bulk run that created the pass.' }),
  genericProperties: openObject.meta({ description: 'Free properties, sent as they are (Passcreator).' }),
  referenceData: openObject.meta({ description: 'Free data, sent as it is (WalletThat postback).' }),
};

export const passSchema = z
  .strictObject({ id: opaqueIdSchema.meta({ description: "The pass system's own id, never parsed." }), ...passShape })
  .meta({
    id: 'Pass',
    description: 'The pass after the event.',
    examples: [
      {
        id: '7Hq2vXk0',
        userProvidedId: 'customer-1042',
        type: 'storeCard',
        createdAt: '2026-01-10T08:00:00Z',
        fields: { first_name: 'Ann', points: 120 },
      },
    ],
  });

/** A merge patch (RFC 7396) of the pass: what the update changed, null for what it cleared. No defaults anywhere. */
export const changesSchema = z
  .strictObject({
    ...mergePatchOf(passShape),
    barcode: z.strictObject(mergePatchOf(barcodeShape)).nullish().meta({ description: 'Changed members of the barcode.' }),
    links: z.strictObject(mergePatchOf(linksShape)).nullish().meta({ description: 'Changed addresses.' }),
    buyer: z.strictObject(mergePatchOf(buyerShape)).nullish().meta({ description: 'Changed members of the buyer.' }),
  })
  .meta({
    id: 'PassChanges',
    description: 'A merge patch (RFC 7396) of the pass: what the update changed, null for what it cleared.',
    examples: [{ fields: { points: 150 }, expiresAt: null }],
  });

export type Pass = z.infer<typeof passSchema>;
export type PassChanges = z.infer<typeof changesSchema>;

/** The pass after the event: `changes` (RFC 7396) win over `pass`. */
export function passAfter({ pass, changes }: { readonly pass: Pass; readonly changes?: PassChanges | undefined }): Pass {
  return changes === undefined ? pass : (merged(pass, changes) as Pass);
}

function merged(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else if (value !== undefined) result[name] = merged(result[name], value);
  }
  return result;
}
