import { z } from 'zod';
import { type Device, deviceSchema, type KnownDevice, type Registrations, registrationsSchema } from './device.ts';
import type { EventId, TemplateId, TenantId } from './id.ts';
import { instantSchema } from './instant.ts';
import { opaqueIdSchema, optionalIdSchema } from './opaque-id.ts';
import { optional } from './optional.ts';
import { changesSchema, type Pass, type PassChanges, passSchema } from './pass.ts';
import { type Reader, readerSchema, type Scan, scanSchema } from './scan.ts';
import { type PassTrigger, TRIGGER_TEXTS } from './trigger.ts';
import type { UndeliveredReason } from './undelivered.ts';

/** Limits of one event and of one request that carries events. */
export const MAX_EVENT_BYTES = 256 * 1024;
export const MAX_REQUEST_BYTES = 8 * 1024 * 1024;
/** A request with one event: it may be indented, or have every character escaped, which takes six times the bytes. */
export const MAX_SINGLE_REQUEST_BYTES = 2 * 1024 * 1024;
export const MAX_BATCH_EVENTS = 1000;

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
  trackingId: optionalIdSchema.meta({ description: 'An id of the request that caused the event.' }),
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
        first: optional(z.boolean()).meta({
          description: 'Whether the pass was never installed before; derived when absent.',
        }),
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
  /** What was known of the pass's device when the event was accepted, for events that name none (vendors.md E13). */
  readonly knownDevice?: KnownDevice | undefined;
  /** Why it had no delivery when it was accepted; undefined when it had one. */
  readonly undelivered?: UndeliveredReason | undefined;
}
