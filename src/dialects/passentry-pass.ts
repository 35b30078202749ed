import { type BodyObject, type BodyValue, object } from '../domain/body.ts';
import type { Device, KnownDevice } from '../domain/device.ts';
import type { EventFacts } from '../domain/event.ts';
import { toSecondsZ } from '../domain/instant.ts';
import type { Pass } from '../domain/pass.ts';
import { shownId, type Template } from '../domain/template.ts';
import type { Trigger } from '../domain/trigger.ts';
import type { BodyInput } from './dialect.ts';
import { fieldValue, instant } from './read-event.ts';

/** Which of the two published shapes a barcode has (E5); `asPublished`: the legacy one for taps and removals. */
export interface BarcodeOptions {
  readonly barcodeShape: 'asPublished' | 'legacy' | 'current';
}

type PassType = NonNullable<Pass['type']>;

/** PassEntry has three types; the other two are shown as the nearest. */
const PASS_TYPES: Readonly<Record<PassType, string>> = {
  generic: 'generic',
  eventTicket: 'eventTicket',
  storeCard: 'storeCard',
  coupon: 'storeCard',
  boardingPass: 'generic',
};

/** The status of a pass after an event, when the producer sends none. */
const STATUSES: Readonly<Partial<Record<Trigger, string>>> = {
  'pass.created': 'issued',
  'pass.installed': 'active',
  'pass.uninstalled': 'removed',
  'pass.scanned': 'active',
  'pass.tapped': 'active',
};

/** The included pass. E7: its id is opaque; E8: attributes the vendor describes without naming them are left out. */
export function includedPass({ event, trigger, template, options }: BodyInput<BarcodeOptions, object>): BodyObject {
  const { facts } = event;
  const { pass } = facts;
  // E13: a scan shows the device that has the pass, where it names none itself
  const { platform, os, registeredAt }: KnownDevice = facts.device ?? event.knownDevice ?? {};
  const attributes = object([
    ['downloadUrl', pass.links?.download ?? null],
    ['passType', PASS_TYPES[pass.type ?? template.passType]],
    ['deviceType', deviceType(platform, os)],
    ['createdAt', at(pass.createdAt, trigger === 'pass.created' ? facts.occurredAt : undefined)],
    ['status', pass.status ?? STATUSES[trigger] ?? null],
    ['extId', pass.userProvidedId ?? null],
    ['addedAt', at(pass.addedAt, facts.device ? addedNow(facts, trigger) : registeredAt)],
    ['removedAt', at(pass.removedAt, removedNow(facts, trigger))],
    ['deactivatedAt', at(pass.deactivatedAt, undefined)],
    ['passTemplateUuid', shownId(template, template.vendor.passentry?.uuid)],
    ['passTemplateName', template.name],
    ['nfc', pass.nfc ?? null],
    ['passContent', passContent(pass, template)],
    ['barcode', barcode(pass, isLegacy(options, trigger))],
  ]);
  return object([
    ['id', pass.id],
    ['type', 'pass'],
    ['attributes', attributes],
  ]);
}

/** A null that was sent stays null; only an absent value takes the default. */
function at(sent: string | null | undefined, otherwise: string | undefined): string | null {
  return instant(toSecondsZ, sent === undefined ? otherwise : sent) ?? null;
}

function addedNow({ device, occurredAt }: EventFacts, trigger: Trigger): string | undefined {
  return trigger === 'pass.installed' ? (device?.registeredAt ?? occurredAt) : undefined;
}

function removedNow({ device, occurredAt }: EventFacts, trigger: Trigger): string | undefined {
  return trigger === 'pass.uninstalled' ? (device?.unregisteredAt ?? occurredAt) : undefined;
}

const DEVICE_TYPES: Readonly<Partial<Record<Device['platform'], string>>> = {
  apple: 'iphone',
  google: 'android',
  samsung: 'android',
};

/** E12: of another platform, only Android's and Samsung's devices have a type. */
function deviceType(platform: Device['platform'] | undefined, os = ''): string | null {
  if (platform === undefined) return null;
  return DEVICE_TYPES[platform] ?? (/^(android|samsung)/i.test(os) ? 'android' : null);
}

/** Values keep their JSON type; a field without a value is left out. */
function passContent(pass: Pass, { fields }: Template): BodyObject {
  return object(fields.map(({ key }) => [key, fieldValue(pass, key)]));
}

function isLegacy({ barcodeShape }: BarcodeOptions, trigger: Trigger): boolean {
  if (barcodeShape !== 'asPublished') return barcodeShape === 'legacy';
  return trigger === 'pass.tapped' || trigger === 'pass.uninstalled';
}

function barcode({ barcode: shown }: Pass, legacy: boolean): BodyValue {
  if (!shown) return null;
  const format = shown.format ?? 'qr';
  return object([
    ['enabled', legacy ? undefined : (shown.enabled ?? true)],
    ['type', legacy && format === 'qr' ? 'qrCode' : format],
    ['source', legacy ? undefined : (shown.source ?? 'custom')],
    ['value', shown.value],
    ['displayText', shown.displayText ?? true],
  ]);
}
