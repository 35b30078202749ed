import { z } from 'zod';
import type { EventId, TemplateId, TenantId } from './id.ts';
import { instantSchema } from './instant.ts';
import type { PassTrigger } from './trigger.ts';

/** Limits of one event and of one request that carries events. */
export const MAX_EVENT_BYTES = 256 * 1024;
export const MAX_REQUEST_BYTES = 8 * 1024 * 1024;
export const MAX_BATCH_EVENTS = 1000;

/** Longest opaque id, in bytes of UTF-8: two of them and a UUID still fit into a Postgres index entry. */
const MAX_OPAQUE_ID_BYTES = 512;

/** An id that another system assigned: never parsed, never required to have a format. */
export const opaqueIdSchema = z
  .string()
  .min(1)
  .refine((id) => Buffer.byteLength(id) <= MAX_OPAQUE_ID_BYTES, {
    error: `must be at most ${MAX_OPAQUE_ID_BYTES} bytes of UTF-8`,
  });

const opaqueId = opaqueIdSchema;
const instantOrNull = instantSchema.nullable();
const fieldValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const openObject = z.record(z.string(), z.json());

const barcodeShape = {
  format: z.string().min(1).optional(),
  value: z.string(),
  altText: z.string().optional(),
  displayText: z.boolean().optional(),
  source: z.string().optional(),
  enabled: z.boolean().optional(),
};
const linksShape = { page: z.string().optional(), download: z.string().optional() };
const buyerShape = {
  email: z.string().optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  street: z.string().optional(),
  zipCode: z.string().optional(),
  city: z.string().optional(),
};

export const PASS_TYPES = ['generic', 'eventTicket', 'storeCard', 'coupon', 'boardingPass'] as const;
const PASS_STATUSES = ['issued', 'active', 'removed', 'deactivated'] as const;

const passShape = {
  userProvidedId: opaqueId.optional(),
  uniqueIdentifier: z.string().optional(),
  type: z.enum(PASS_TYPES).optional(),
  status: z.enum(PASS_STATUSES).optional(),
  createdAt: instantOrNull.optional(),
  addedAt: instantOrNull.optional(),
  removedAt: instantOrNull.optional(),
  deactivatedAt: instantOrNull.optional(),
  expiresAt: instantOrNull.optional(),
  barcode: z.strictObject(barcodeShape).nullable().optional(),
  nfc: z.string().nullable().optional(),
  fields: z.record(z.string(), fieldValue).optional(),
  links: z.strictObject(linksShape).optional(),
  buyer: z.strictObject(buyerShape).optional(),
  bulkCreationId: z.string().optional(),
  genericProperties: openObject.optional(),
  referenceData: openObject.optional(),
};

const passSchema = z.strictObject({ id: opaqueId, ...passShape });

/** Every member of `shape` may be absent, or null for "cleared" (RFC 7396). */
function patchOf<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(
    Object.fromEntries(Object.entries(shape).map(([key, schema]) => [key, z.nullish(schema as z.ZodType)])) as {
      [K in keyof S]: z.ZodOptional<z.ZodNullable<S[K] & z.ZodType>>;
    },
  );
}

/** A merge patch (RFC 7396) of the pass: what the update changed, null for what it cleared. No defaults anywhere. */
const changesSchema = z.strictObject({
  ...patchOf(passShape).shape,
  barcode: patchOf(barcodeShape).nullish(),
  links: patchOf(linksShape).nullish(),
  buyer: patchOf(buyerShape).nullish(),
});

const deviceSchema = z
  .strictObject({
    platform: z.enum(['apple', 'google', 'other']),
    os: z.string().min(1).optional(),
    installId: opaqueId.optional(),
    registeredAt: instantSchema.optional(),
    unregisteredAt: instantSchema.optional(),
  })
  .refine((device) => device.platform !== 'other' || device.os !== undefined, {
    path: ['os'],
    error: 'is required when the platform is "other"',
  });

const registrationsSchema = z.strictObject({ active: z.int().min(0), inactive: z.int().min(0) });

const scanSchema = z.strictObject({
  id: opaqueId.optional(),
  type: z.enum(['nfc', 'barcode']),
  value: z.string(),
  validationType: z.enum(['internalValidation', 'externalValidation']),
  status: z.enum(['successful', 'failed']),
  statusDetail: z.string().nullable().optional(),
  scannedAt: instantSchema.optional(),
});

const readerSchema = z.strictObject({ id: opaqueId, name: z.string().optional(), type: z.string().optional() });
const failureSchema = z.strictObject({ reason: z.string().min(1) });

const base = {
  id: opaqueId.optional(),
  templateId: opaqueId,
  occurredAt: instantSchema,
  trackingId: opaqueId.optional(),
  pass: passSchema,
};
const device = deviceSchema.optional();
const scanned = { ...base, device, scan: scanSchema, reader: readerSchema.optional() };

/**
 * The event a producer posts: what is true of one pass at this moment. Names, campaign ids, labels and shapes are
 * configuration and stand in templates and integrations. Unknown names are refused, except inside `pass.fields`,
 * `pass.genericProperties` and `pass.referenceData`.
 */
export const postedEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pass.created'), ...base, device }),
  z.strictObject({ type: z.literal('pass.generated'), ...base }),
  z.strictObject({ type: z.literal('pass.generation_failed'), ...base, failure: failureSchema }),
  z.strictObject({
    type: z.literal('pass.installed'),
    ...base,
    device: deviceSchema,
    registrations: registrationsSchema.optional(),
    first: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('pass.uninstalled'),
    ...base,
    device: deviceSchema,
    registrations: registrationsSchema.optional(),
  }),
  z.strictObject({ type: z.literal('pass.updated'), ...base, device, changes: changesSchema.optional() }),
  z.strictObject({ type: z.literal('pass.refreshed'), ...base, device: deviceSchema }),
  z.strictObject({ type: z.literal('pass.voided'), ...base, device, changes: changesSchema.optional() }),
  z.strictObject({ type: z.literal('pass.scanned'), ...scanned }),
  z.strictObject({ type: z.literal('pass.tapped'), ...scanned }),
]);

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

/** A pass event as it is stored. `facts.id` is the producer's own id; a derived event has none. */
export interface AcceptedEvent {
  readonly id: EventId;
  readonly tenantId: TenantId;
  readonly templateId: TemplateId;
  readonly derivedFrom: EventId | undefined;
  readonly facts: EventFacts;
}
