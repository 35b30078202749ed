import { z } from 'zod';
import type { EventId, TemplateId, TenantId } from './id.ts';
import { instantSchema } from './instant.ts';
import { jsonValueSchema } from './json-value.ts';
import { mergePatchOf, optional, optionalText } from './optional.ts';
import { type PassTrigger, TRIGGER_TEXTS } from './trigger.ts';

/** Limits of one event and of one request that carries events. */
export const MAX_EVENT_BYTES = 256 * 1024;
export const MAX_REQUEST_BYTES = 8 * 1024 * 1024;
export const MAX_BATCH_EVENTS = 1000;

/** Longest opaque id, in bytes of UTF-8: two of them and a UUID still fit into a Postgres index entry. */
const MAX_OPAQUE_ID_BYTES = 512;

/** An id that another system assigned: never parsed, never required to have a format. */
export const opaqueIdSchema = opaqueId(1);

function opaqueId(minLength: number) {
  return z
    .string()
    .min(minLength)
    .refine((id) => Buffer.byteLength(id) <= MAX_OPAQUE_ID_BYTES, {
      error: `must be at most ${MAX_OPAQUE_ID_BYTES} bytes of UTF-8`,
    });
}

/** An opaque id that may be left out, and is when it is empty. */
const optionalId = optionalText(opaqueId(0));
const text = optionalText(z.string());
const flag = optional(z.boolean());
/** An instant of the pass: a null that was sent stays null (vendors.md X2). */
const instantOrNull = instantSchema.nullable().optional();
/** The instant of a device or a scan. */
const instant = optional(instantSchema);
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
  userProvidedId: optionalId.meta({ description: "The tenant's own id of the pass." }),
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

const passSchema = z
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
const changesSchema = z
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

const deviceSchema = z
  .strictObject({
    platform: z.enum(['apple', 'google', 'samsung', 'other']).meta({ description: 'The wallet of the device.' }),
    os: text.meta({ description: 'Required when the platform is `other`.' }),
    installId: optionalId.meta({ description: 'Identifies the installation of this pass on this device.' }),
    registeredAt: instant.meta({ description: 'When the device registered.' }),
    unregisteredAt: instant.meta({ description: 'When the device unregistered.' }),
  })
  .refine((device) => device.platform !== 'other' || device.os !== undefined, {
    path: ['os'],
    error: 'is required when the platform is "other"',
  })
  .meta({
    id: 'Device',
    description: 'The device that the event happened on.',
    examples: [{ platform: 'apple', os: 'iOS', installId: 'c1f8a0', registeredAt: '2026-01-15T12:00:00Z' }],
  });

const registrationsSchema = z
  .strictObject({
    active: z.int().min(0).meta({ description: 'Devices that have the pass.' }),
    inactive: z.int().min(0).meta({ description: 'Devices that had it and removed it.' }),
  })
  .meta({
    id: 'Registrations',
    description: 'Counts over all devices of the pass, after the event.',
    examples: [{ active: 1, inactive: 0 }],
  });

const scanSchema = z
  .strictObject({
    id: optionalId.meta({ description: 'Default: an id of ours.' }),
    type: z.enum(['nfc', 'barcode']).meta({ description: 'How the pass was read.' }),
    value: z.string().meta({ description: 'The value that was read.' }),
    validationType: z.enum(['internalValidation', 'externalValidation']).meta({ description: 'Who validated it.' }),
    status: z.enum(['successful', 'failed']).meta({ description: 'The result of the validation.' }),
    statusDetail: text.meta({ description: 'The reason for the result.' }),
    scannedAt: instant.meta({ description: 'Default: `occurredAt`.' }),
  })
  .meta({
    id: 'Scan',
    description: 'A scan of a pass.',
    examples: [{ type: 'nfc', value: '7Hq2vXk0', validationType: 'internalValidation', status: 'successful' }],
  });

const readerSchema = z
  .strictObject({
    id: opaqueIdSchema.meta({ description: "The reader's own id." }),
    name: text.meta({ description: 'Its name.' }),
    type: text.meta({ description: 'Its type or model.' }),
  })
  .meta({ id: 'Reader', description: 'The device that read a pass.', examples: [{ id: 'gate-7', name: 'West Gate' }] });
const failureSchema = z.strictObject({ reason: z.string().min(1).meta({ description: 'The reason, for people.' }) }).meta({
  id: 'Failure',
  description: 'Why a pass could not be generated.',
  examples: [{ reason: 'The strip image is larger than 10 MB' }],
});

const base = {
  id: optional(opaqueIdSchema).meta({
    description: "The producer's own id: repeating the event within 7 days returns the first result, as a duplicate.",
  }),
  templateId: opaqueIdSchema.meta({ description: 'The template, by our id or by its `externalId`.' }),
  occurredAt: instantSchema.meta({ description: 'When it happened, with an offset.' }),
  trackingId: optionalId.meta({ description: 'An id of the request that caused the event.' }),
  pass: passSchema,
};
const device = optional(deviceSchema).meta({ description: 'The device that the event happened on.' });
const scanned = {
  ...base,
  device,
  scan: scanSchema,
  reader: optional(readerSchema).meta({ description: 'The device that read the pass.' }),
};
const registrations = optional(registrationsSchema).meta({ description: 'Sent as given; derived when absent.' });
const changes = optional(changesSchema).meta({ description: 'What the event changed, and null for what it cleared.' });

const EXAMPLE = {
  templateId: 'loyalty-2026',
  occurredAt: '2026-01-15T12:00:00Z',
  pass: { id: '7Hq2vXk0', userProvidedId: 'customer-1042', fields: { first_name: 'Ann', points: 120 } },
};
const EXAMPLE_DEVICE = { platform: 'apple', os: 'iOS', installId: 'c1f8a0' };
const EXAMPLE_SCAN = { type: 'nfc', value: '7Hq2vXk0', validationType: 'internalValidation', status: 'successful' };

/** JSON Pointers in an event of what is passed on as it is (vendors.md X2, X3). */
export const OPEN_CONTAINERS: readonly string[] = ['pass', 'changes'].flatMap((parent) => [
  `/${parent}/genericProperties`,
  `/${parent}/referenceData`,
]);

/** The schema of the event of one trigger, named after it in the API's document: `PassCreatedEvent`. */
function eventOf<T extends PassTrigger, S extends z.ZodRawShape>(type: T, shape: S, example: object) {
  return z.strictObject({ type: z.literal(type).meta({ description: 'The trigger.' }), ...shape }).meta({
    id: `${pascalCase(type)}Event`,
    title: type,
    description: TRIGGER_TEXTS[type].description,
    examples: [{ type, ...EXAMPLE, ...example }],
  });
}

/** `pass.generation_failed` is `PassGenerationFailed`. */
function pascalCase(trigger: string): string {
  return trigger.replaceAll(/(?:^|[._])([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

/**
 * The event a producer posts: what is true of one pass at this moment. Names, campaign ids, labels and shapes are
 * configuration and stand in templates and integrations. Unknown names are refused, except inside `pass.fields`,
 * `pass.genericProperties` and `pass.referenceData`.
 */
export const postedEventSchema = z
  .discriminatedUnion('type', [
    eventOf('pass.created', { ...base, device }, { id: 'order-77-created' }),
    eventOf('pass.generated', base, { id: 'order-77-generated', trackingId: 'request-77' }),
    eventOf(
      'pass.generation_failed',
      { ...base, failure: failureSchema },
      { failure: { reason: 'The strip image is too large' } },
    ),
    eventOf(
      'pass.installed',
      {
        ...base,
        device: deviceSchema,
        registrations,
        first: flag.meta({ description: 'Whether the pass was never installed before; derived when absent.' }),
      },
      { device: EXAMPLE_DEVICE, registrations: { active: 1, inactive: 0 } },
    ),
    eventOf('pass.uninstalled', { ...base, device: deviceSchema, registrations }, { device: EXAMPLE_DEVICE }),
    eventOf('pass.updated', { ...base, device, changes }, { changes: { fields: { points: 150 } } }),
    eventOf('pass.refreshed', { ...base, device: deviceSchema }, { device: EXAMPLE_DEVICE }),
    eventOf('pass.voided', { ...base, device, changes }, { changes: { deactivatedAt: '2026-01-15T12:00:00Z' } }),
    eventOf('pass.scanned', scanned, { scan: EXAMPLE_SCAN, reader: { id: 'gate-7', name: 'West Gate' } }),
    eventOf('pass.tapped', scanned, { scan: EXAMPLE_SCAN }),
  ])
  .meta({
    id: 'PostedEvent',
    description: 'An event of a pass, as a producer posts it: one schema for each trigger. Unknown members are refused.',
    examples: [{ type: 'pass.created', ...EXAMPLE }],
  });

export type PostedEvent = z.infer<typeof postedEventSchema>;
export type Pass = z.infer<typeof passSchema>;
export type PassChanges = z.infer<typeof changesSchema>;
export type Device = z.infer<typeof deviceSchema>;
export type Registrations = z.infer<typeof registrationsSchema>;
export type Scan = z.infer<typeof scanSchema>;
export type Reader = z.infer<typeof readerSchema>;

/**
 * What is known of an event once it is accepted: the posted event, completed from the pass's installations
 * (`registrations`, `first`, `device.registeredAt`) and frozen. All triggers in one shape, for the dialects to read.
 */
export interface EventFacts {
  readonly type: PassTrigger;
  readonly id?: string | undefined;
  readonly templateId: string;
  readonly occurredAt: string;
  readonly trackingId?: string | undefined;
  readonly pass: Pass;
  readonly device?: Device | undefined;
  readonly registrations?: Registrations | undefined;
  readonly first?: boolean | undefined;
  readonly changes?: PassChanges | undefined;
  readonly scan?: Scan | undefined;
  readonly reader?: Reader | undefined;
  readonly failure?: { readonly reason: string } | undefined;
}

/** What is known of the device of a pass, where an event names none (vendors.md E13). */
export type KnownDevice = Partial<Pick<Device, 'platform' | 'os' | 'registeredAt'>>;

/** A pass event as it is stored. `facts.id` is the producer's own id; a derived event has none. */
export interface AcceptedEvent {
  readonly id: EventId;
  readonly tenantId: TenantId;
  readonly templateId: TemplateId;
  readonly derivedFrom: EventId | undefined;
  readonly facts: EventFacts;
  /** What was known of the pass's device when the event was accepted, for events that name none (vendors.md E13). */
  readonly knownDevice?: KnownDevice | undefined;
}
