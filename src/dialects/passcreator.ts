import { createPrivateKey, createSign } from 'node:crypto';
import { z } from 'zod';
import { type BodyObject, type BodyValue, fromJson, object } from '../domain/body.ts';
import type { Device } from '../domain/device.ts';
import type { EventFacts } from '../domain/event.ts';
import { toSecondsSpaced } from '../domain/instant.ts';
import { type Pass, passAfter } from '../domain/pass.ts';
import { STANDARD_POLICY } from '../domain/policy.ts';
import type { SigningSecret } from '../domain/signing.ts';
import { shownId, type Template } from '../domain/template.ts';
import type { Trigger } from '../domain/trigger.ts';
import { type BodyInput, type BodySigner, type Dialect, Unbuildable } from './dialect.ts';
import { dynamicNames, refuseTemplate } from './passcreator-names.ts';
import { fieldText, instant } from './read-event.ts';

const optionsSchema = z
  .strictObject({
    // P3: a PHP back end sends a list where the object is empty.
    emptyGenericProperties: z
      .enum(['object', 'array'])
      .default('object')
      .meta({
        title: 'Empty generic properties',
        description: 'What is sent as `genericProperties` when the pass has none.',
        'x-enum-labels': { object: 'An empty object, {}', array: 'An empty list, []' },
      }),
  })
  .meta({
    id: 'PasscreatorOptions',
    title: 'Passcreator options',
    description: 'Integration options of the dialect `passcreator`.',
    examples: [{ emptyGenericProperties: 'array' }],
  });
const subscriptionSchema = z
  .strictObject({
    signPayload: z.boolean().default(false).meta({
      title: 'Sign the payload',
      description: 'The body has `signature` and `signedData`, made with the private key of the integration.',
    }),
    retryEnabled: z.boolean().default(false).meta({
      title: 'Retry',
      description: 'Failed requests are retried. False: one attempt, as at Passcreator.',
    }),
    subscriptionUrl: z.string().min(1).max(2048).optional().meta({
      title: 'Subscription URL',
      description:
        'Gets a DELETE when the subscription is deleted in Passwire, also with its integration, template or tenant.',
    }),
  })
  .meta({
    id: 'PasscreatorSubscriptionOptions',
    title: 'Passcreator subscription options',
    description: 'Subscription options of the dialect `passcreator`.',
    examples: [{ signPayload: true, retryEnabled: true }],
  });

type Options = z.infer<typeof optionsSchema>;
type SubscriptionOptions = z.infer<typeof subscriptionSchema>;

const EVENT_NAMES: Readonly<Partial<Record<Trigger, string>>> = {
  'pass.created': 'pass_created',
  'pass.updated': 'pass_updated',
  'pass.voided': 'pass_voided',
  'pass.first_installed': 'first_pushnotification_registered',
  'pass.installed': 'pushnotification_registered',
  'pass.uninstalled': 'pushnotification_unregistered',
};

/** Passcreator's pass hooks (vendors.md 3.2). An absent value is an empty text (P2). */
export const passcreator: Dialect<Options, SubscriptionOptions> = {
  name: 'passcreator',
  label: 'Passcreator',
  description:
    'Passcreator pass hooks: a flat JSON object with the personalised fields, optionally signed inside the body.',
  eventNames: EVENT_NAMES,
  options: optionsSchema,
  subscriptionOptions: subscriptionSchema,
  secretKinds: ['passcreator'],
  signatures: [
    {
      kind: 'passcreator',
      secret: 'passcreator',
      location: 'body members `signature` and `signedData`',
      description: 'ECDSA P-256 with SHA-1 over `signedData`, as hex of the DER form; only with `signPayload`.',
      always: false,
    },
  ],
  openContainers: ['/genericProperties'],
  policy: (_options, { retryEnabled }) => (retryEnabled ? STANDARD_POLICY : { ...STANDARD_POLICY, retryDelaysMs: [] }),
  passIdPaths: (trigger) => (isOfRecord(trigger) ? ['/identifier', '/passId'] : ['/identifier']),
  buildBody,
  refuseTemplate,
  unsubscribeUrl: ({ subscriptionUrl: url }) => (url === undefined ? undefined : { url, option: 'subscriptionUrl' }),
  reservedNames: ({ signPayload }) => (signPayload ? ['signature', 'signedData'] : []),
  bodySigner: ({ signPayload }, secrets) => (signPayload ? bodySigner(secrets) : undefined),
};

/** The three events of the pass's record, which carry no device. */
function isOfRecord(trigger: Trigger): boolean {
  return trigger !== 'pass.installed' && trigger !== 'pass.first_installed' && trigger !== 'pass.uninstalled';
}

function buildBody({ event: { facts }, trigger, template, options }: BodyInput<Options, SubscriptionOptions>): BodyObject {
  const pass = passAfter(facts);
  const ofRecord = isOfRecord(trigger);
  const isRemoval = trigger === 'pass.uninstalled';
  const counts: Member[] = [
    ['noOfActivePasses', facts.registrations?.active ?? 0],
    ['noOfInactivePasses', facts.registrations?.inactive ?? 0],
  ];
  return object([
    ['identifier', pass.id],
    // P4
    ['passId', ofRecord ? pass.id : undefined],
    ['uniqueIdentifier', pass.uniqueIdentifier ?? ''],
    ['createdOn', createdOn(facts, pass, trigger)],
    ['passTemplate', template.name],
    ['userProvidedId', pass.userProvidedId ?? ''],
    // P9: the counts stand early when a device registers, late when it goes.
    ...(ofRecord || isRemoval ? [] : counts),
    ...personalised(pass, template),
    ['buyerEmail', pass.buyer?.email ?? ''],
    ['buyerFirstName', pass.buyer?.firstName ?? ''],
    ['buyerLastName', pass.buyer?.lastName ?? ''],
    ['buyerStreet', pass.buyer?.street ?? ''],
    ['buyerZipCode', pass.buyer?.zipCode ?? ''],
    ['buyerCity', pass.buyer?.city ?? ''],
    ['bulkCreationId', pass.bulkCreationId ?? ''],
    ...(isRemoval ? counts : []),
    ['linkToPassPage', pass.links?.page ?? ''],
    ['passTemplateGuid', shownId(template, template.vendor.passcreator?.guid)],
    ['operatingSystem', ofRecord ? undefined : operatingSystem(facts.device)],
    ['genericProperties', genericProperties(pass, options)],
  ]);
}

type Member = readonly [string, BodyValue | undefined];

/** The personalised members of a pass of this template: fields, then barcode and expiry. */
export function personalised(pass: Pass, template: Template): Member[] {
  const { barcodeValue, barcodeText, expiry } = template.personalised;
  return [
    ...dynamicNames(template).map(({ name, key }): Member => [name, fieldText(pass, key) ?? '']),
    ['barcodeValue', barcodeValue ? (pass.barcode?.value ?? '') : undefined],
    ['barcodeAlternativeText', barcodeText ? (pass.barcode?.altText ?? '') : undefined],
    ['expirationDate', expiry ? (instant(toSecondsSpaced, pass.expiresAt) ?? '') : undefined],
  ];
}

/** P5: when the pass was created, or when this device registered or went. */
function createdOn({ device, occurredAt }: EventFacts, pass: Pass, trigger: Trigger): string {
  if (trigger === 'pass.uninstalled') return toSecondsSpaced(device?.unregisteredAt ?? occurredAt);
  if (!isOfRecord(trigger)) return toSecondsSpaced(device?.registeredAt ?? occurredAt);
  return instant(toSecondsSpaced, pass.createdAt ?? (trigger === 'pass.created' ? occurredAt : undefined)) ?? '';
}

const OPERATING_SYSTEMS: readonly string[] = [
  'iOS',
  'AndroidGooglePay',
  'Android',
  'AndroidWalletPasses',
  'AndroidWalletUnion',
  'WindowsPhone',
];

/** The word for a platform whose event names none of the vendor's own. */
const PLATFORM_SYSTEMS: Readonly<Record<Device['platform'], string>> = {
  apple: 'iOS',
  google: 'AndroidGooglePay',
  samsung: 'Android',
  other: '',
};

function operatingSystem(device: Device | undefined): string {
  if (device === undefined) return '';
  const { os, platform } = device;
  if (os !== undefined && (platform === 'other' || OPERATING_SYSTEMS.includes(os))) return os;
  return PLATFORM_SYSTEMS[platform];
}

function genericProperties({ genericProperties: properties = {} }: Pass, { emptyGenericProperties }: Options): BodyValue {
  return emptyGenericProperties === 'array' && Object.keys(properties).length === 0 ? [] : fromJson(properties);
}

/**
 * Appends `signature` (hex of the DER form; ECDSA P-256 and SHA-1, which is what the vendor's receivers verify) and
 * `signedData`, the exact text that was signed (vendors.md 3.3). One signature only: the newest key's. Without a key
 * nothing is signed and nothing may be sent.
 */
function bodySigner(secrets: readonly SigningSecret[]): BodySigner {
  const secret = secrets.find(({ kind }) => kind === 'passcreator');
  const key = secret && createPrivateKey(secret.value);
  return {
    sign(text) {
      if (!key) throw new Unbuildable('the payload is to be signed, but the integration has no signing key');
      return createSign('SHA1').update(text).sign(key, 'hex');
    },
    embed(text, signature) {
      const separator = text === '{}' ? '' : ',';
      return `${text.slice(0, -1)}${separator}"signature":"${signature}","signedData":${JSON.stringify(text)}}`;
    },
  };
}
