import type { AcceptedEvent, EventFacts } from './event.ts';
import { type EventId, newId, type TenantId, toId, toUuid } from './id.ts';
import type { Pass } from './pass.ts';
import { type Template, type TemplateField, templateInputSchema } from './template.ts';
import type { PassTrigger } from './trigger.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * A full, plausible pass event of any trigger, from the samples of a template: for previews, test sends and descriptions. It
 * has every member its trigger can have; an update changes all of its pass, so that a dialect that shows only what changed
 * shows every field.
 *
 * @param nowMs Unix milliseconds: when the sample says that it happened
 * @param id given where samples must not differ from call to call
 */
export function sampleEvent(
  template: Template,
  trigger: PassTrigger,
  nowMs: number,
  id: EventId = newId('event', nowMs),
): AcceptedEvent {
  const pass = samplePass(template, trigger, nowMs);
  const facts: EventFacts = {
    type: trigger,
    id: toUuid(id),
    templateId: template.id,
    occurredAt: iso(nowMs),
    trackingId: 'sample-tracking-id',
    pass,
  };
  for (const part of PARTS[trigger]) Object.assign(facts, part(pass, nowMs));
  return { id, tenantId: template.tenantId, templateId: template.id, derivedFrom: undefined, facts };
}

/** Stands in for the template where a subscription has none; it has no fields. */
export function sampleTemplate(tenantId: TenantId): Template {
  const at = new Date(0);
  const id = toId('template', '00000000-0000-7000-8000-000000000000');
  const input = templateInputSchema.parse({ name: 'Sample template' });
  return { ...input, id, tenantId, version: 1, createdAt: at, updatedAt: at };
}

type Part = (pass: Pass, nowMs: number) => Partial<EventFacts>;

const installedDevice: Part = (_pass, nowMs) => ({
  device: { platform: 'apple', os: 'iOS', installId: 'sample-install-id', registeredAt: iso(nowMs) },
});
const removedDevice: Part = (_pass, nowMs) => ({
  device: {
    platform: 'apple',
    os: 'iOS',
    installId: 'sample-install-id',
    registeredAt: iso(nowMs - HOUR_MS),
    unregisteredAt: iso(nowMs),
  },
});
const scan: Part = (pass, nowMs) => ({
  scan: {
    id: '01890a5d-ac96-774b-bcce-b302099a8057',
    type: 'nfc',
    value: pass.id,
    validationType: 'internalValidation',
    status: 'successful',
    statusDetail: 'Sample detail of a scan',
    scannedAt: iso(nowMs),
  },
  reader: { id: 'sample-reader-id', name: 'West Gate', type: 'SampleReader' },
});
const active: Part = () => ({ registrations: { active: 1, inactive: 0 } });
const inactive: Part = () => ({ registrations: { active: 0, inactive: 1 } });
const first: Part = () => ({ first: true });
const changes: Part = ({ id: _id, ...rest }) => ({ changes: rest });
const failure: Part = () => ({ failure: { reason: 'Sample reason of a failure' } });

const PARTS: Readonly<Record<PassTrigger, readonly Part[]>> = {
  'pass.created': [installedDevice],
  'pass.generated': [],
  'pass.generation_failed': [failure],
  'pass.installed': [installedDevice, active, first],
  'pass.first_installed': [installedDevice, active, first],
  'pass.uninstalled': [removedDevice, inactive],
  'pass.updated': [installedDevice, changes],
  'pass.refreshed': [installedDevice],
  'pass.voided': [installedDevice, changes],
  'pass.scanned': [installedDevice, scan],
  'pass.tapped': [installedDevice, scan],
};

function samplePass(template: Template, trigger: PassTrigger, nowMs: number): Pass {
  const isAdded = !['pass.created', 'pass.generated', 'pass.generation_failed'].includes(trigger);
  const isRemoved = trigger === 'pass.uninstalled';
  const isVoided = trigger === 'pass.voided';
  return {
    id: 'sample-pass-id',
    userProvidedId: 'SAMPLE-0001',
    uniqueIdentifier: '122501adfa977d7.55989831',
    type: template.passType,
    status: isVoided ? 'deactivated' : isRemoved ? 'removed' : isAdded ? 'active' : 'issued',
    createdAt: iso(nowMs - DAY_MS),
    addedAt: isAdded ? iso(nowMs - HOUR_MS) : null,
    removedAt: isRemoved ? iso(nowMs) : null,
    deactivatedAt: isVoided ? iso(nowMs) : null,
    expiresAt: iso(nowMs + 365 * DAY_MS),
    barcode: {
      format: 'qr',
      value: '1234567890',
      altText: '1234567890',
      displayText: true,
      source: 'custom',
      enabled: true,
    },
    nfc: 'sample-nfc-message',
    fields: Object.fromEntries(template.fields.map((field) => [field.key, sampleValue(field, nowMs)])),
    links: {
      page: 'https://example.com/passes/sample-pass-id',
      download: 'https://example.com/download?pass=sample-pass-id',
    },
    buyer: {
      email: 'jane.smith@example.com',
      firstName: 'Jane',
      lastName: 'Smith',
      street: 'Example Street 1',
      zipCode: '01234',
      city: 'Example City',
    },
    bulkCreationId: 'sample-bulk-id',
    genericProperties: { note: 'sample' },
    referenceData: { note: 'sample' },
  };
}

function sampleValue({ key, label, type, sample }: TemplateField, nowMs: number): string | number | boolean {
  if (sample !== undefined) return sample;
  if (type === 'number') return 100;
  if (type === 'boolean') return true;
  return type === 'date' ? iso(nowMs) : (label ?? key);
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
