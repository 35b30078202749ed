import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { passentry } from '../../../src/dialects/passentry.ts';
import { toId } from '../../../src/domain/id.ts';
import { APPLE, accepted, bodyOf, GOOGLE, OTHER, OTHER_UUID, OUR_UUID, SAMSUNG, template, textOf } from './bodies.ts';

interface Linkage {
  readonly data: { readonly id: string; readonly type: string } | null;
}
interface Resource {
  readonly id: string;
  readonly type: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly relationships?: Readonly<Record<string, Linkage>>;
}
interface PassEntryBody {
  readonly data: Resource & { readonly relationships: Readonly<Record<string, Linkage>> };
  readonly included: readonly Resource[];
}

const SCAN = { type: 'nfc', value: 'raw', validationType: 'internalValidation', status: 'successful' };
const READER = { id: 'r-1', name: 'West Gate', type: 'VtapReader' };
const SCANNED = { type: 'pass.scanned', scan: { ...SCAN, id: 'scan-1' }, reader: READER };
const TAPPED = { ...SCANNED, type: 'pass.tapped' };
const INSTALLED = { type: 'pass.installed', device: APPLE };
const REMOVED = { type: 'pass.uninstalled', device: APPLE };
const CREATED = { type: 'pass.created' };

function body(posted: object, setting = {}, derivedFrom?: string): PassEntryBody {
  return bodyOf<PassEntryBody>('passentry', accepted(posted, derivedFrom), setting);
}

function included(posted: object, type: string, setting = {}): Resource['attributes'] {
  return body(posted, setting).included.find((resource) => resource.type === type)?.attributes ?? {};
}

test('E1: data.id is the producer id when it is a UUID, else ours', () => {
  expect(body({ ...CREATED, id: OTHER_UUID }).data.id).toBe(OTHER_UUID);
  expect(body({ ...CREATED, id: 'order-17' }).data.id).toBe(OUR_UUID);
});

test.each([[CREATED], [INSTALLED], [REMOVED], [SCANNED], [TAPPED]])(
  'E2, E7: one opaque pass id everywhere in %o',
  (posted) => {
    const sent = body({ ...posted, pass: { id: '313c/ü' } });
    const linked = [
      sent.data.relationships.pass,
      ...sent.included.flatMap(({ relationships }) => relationships?.pass ?? []),
    ];
    expect(linked.every((linkage) => linkage?.data?.id === '313c/ü')).toBe(true);
    expect(sent.included.find(({ type }) => type === 'pass')?.id).toBe('313c/ü');
  },
);

test('E3: the tap, the scan and the included scan have one id', () => {
  const { data, included: resources } = body(TAPPED);
  expect(data.relationships).toMatchObject({
    passTap: { data: { id: 'scan-1', type: 'passTap' } },
    scan: { data: { id: 'scan-1', type: 'scan' } },
  });
  expect(resources[0]).toMatchObject({ id: 'scan-1', type: 'scan' });
});

test('E3: a scan without an id has ours, the same for the tap derived from it', () => {
  expect(body({ ...SCANNED, scan: SCAN }).data.relationships.scan?.data?.id).toBe(OUR_UUID);
  expect(body({ ...TAPPED, scan: SCAN }, {}, OTHER_UUID).data.relationships.passTap?.data?.id).toBe(OTHER_UUID);
  expect(body({ ...TAPPED, scan: SCAN }, {}, OTHER_UUID).data.id).toBe(OUR_UUID);
});

test('E4: timeStamp is the event, scannedAt and tappedAt the scan, defaulting to the event', () => {
  const scannedAt = '2025-01-28T12:25:11.900+02:00';
  const sent = body({ ...TAPPED, scan: { ...SCAN, scannedAt } });
  expect(sent.data.attributes.timeStamp).toBe('2026-03-01T12:00:00Z');
  expect(sent.included[0]?.attributes).toMatchObject({
    scannedAt: '2025-01-28T10:25:11Z',
    tappedAt: '2025-01-28T10:25:11Z',
  });
  expect(included(SCANNED, 'scan').scannedAt).toBe('2026-03-01T12:00:00Z');
});

describe('E5: the barcode', () => {
  const barcode = { value: '123' };
  const legacy = { type: 'qrCode', value: '123', displayText: true };
  const current = { enabled: true, type: 'qr', source: 'custom', value: '123', displayText: true };
  const shape = (posted: object, barcodeShape?: string) =>
    included({ ...posted, pass: { id: 'p', barcode } }, 'pass', { options: barcodeShape ? { barcodeShape } : {} }).barcode;

  test.each([
    [TAPPED, legacy],
    [REMOVED, legacy],
    [SCANNED, current],
    [INSTALLED, current],
    [CREATED, current],
  ])('is as published in %o', (posted, expected) => {
    expect(shape(posted)).toEqual(expected);
    expect(shape(posted, 'legacy')).toEqual(legacy);
    expect(shape(posted, 'current')).toEqual(current);
  });

  test('has what the event has', () => {
    const said = { format: 'pdf417', value: 'v', displayText: false, source: 'extId', enabled: false };
    const pass = { id: 'p', barcode: said };
    expect(included({ ...CREATED, pass }, 'pass').barcode).toEqual({
      enabled: false,
      type: 'pdf417',
      source: 'extId',
      value: 'v',
      displayText: false,
    });
    expect(included({ ...TAPPED, pass }, 'pass').barcode).toEqual({ type: 'pdf417', value: 'v', displayText: false });
  });
});

describe('E6: X-Webhook-Signature', () => {
  const secret = {
    id: toId('secret', OUR_UUID),
    kind: 'passentry',
    value: 'a2e2c04657b924390d2a2623439c65734d07e0f8',
  } as const;

  test.each(['hex', 'base64'] as const)('is the HMAC-SHA256 of the text in %s', (signatureEncoding) => {
    const sign = passentry.headerSigner?.(passentry.options.parse({ signatureEncoding }), [secret]);
    const expected = createHmac('sha256', secret.value).update('{"é":1}').digest(signatureEncoding);
    expect(sign?.('{"é":1}')).toEqual({ 'X-Webhook-Signature': expected });
  });

  test('has one value, of the first secret of its kind', () => {
    const options = passentry.options.parse({});
    const other = { ...secret, kind: 'webhook', value: 'whsec_x' } as const;
    expect(passentry.headerSigner?.(options, [other, secret])?.('x')).toEqual(
      passentry.headerSigner?.(options, [secret])?.('x'),
    );
    expect(passentry.headerSigner?.(options, [other])).toBeUndefined();
  });
});

test('E8: members that the vendor describes without naming are left out', () => {
  expect(Object.keys(included(CREATED, 'pass'))).toEqual([
    'downloadUrl',
    'passType',
    'deviceType',
    'createdAt',
    'status',
    'extId',
    'addedAt',
    'removedAt',
    'deactivatedAt',
    'passTemplateUuid',
    'passTemplateName',
    'nfc',
    'passContent',
    'barcode',
  ]);
});

test('E10: passTapped is refused to new subscriptions unless allowed', () => {
  const refuse = (trigger: 'pass.tapped' | 'pass.scanned', options: object) =>
    passentry.refuse?.(trigger, passentry.options.parse(options), {});
  expect(refuse('pass.tapped', {})).toMatchObject({ pointer: '/trigger' });
  expect(refuse('pass.tapped', { allowDeprecated: true })).toBeUndefined();
  expect(refuse('pass.scanned', {})).toBeUndefined();
});

test('E10: only a tap repeats the members of the scan', () => {
  const failed = { ...SCAN, status: 'failed', statusDetail: 'Pass is not active' };
  expect(included({ ...TAPPED, scan: failed }, 'scan')).toMatchObject({
    successful: false,
    refusalReason: 'Pass is not active',
  });
  expect(Object.keys(included({ ...SCANNED, scan: failed }, 'scan'))).toEqual([
    'scanType',
    'scanValue',
    'validationType',
    'status',
    'statusDetail',
    'scannedAt',
  ]);
});

test('E11: a tap has the name of the reader, a scan also its type', () => {
  expect(included(TAPPED, 'reader')).toEqual({ name: 'West Gate' });
  expect(included(SCANNED, 'reader')).toEqual({ name: 'West Gate', readerType: 'VtapReader' });
  expect(included({ ...SCANNED, reader: { id: 'r' } }, 'reader')).toEqual({ name: null, readerType: null });
});

test.each([[SCANNED], [TAPPED]])('without a reader the linkage of %o is null and nothing is included', (posted) => {
  const sent = body({ ...posted, reader: undefined });
  expect(sent.data.relationships.reader).toEqual({ data: null });
  expect(sent.included.map(({ type }) => type)).toEqual(['scan', 'pass']);
  expect(sent.included[0]?.relationships?.reader).toEqual({ data: null });
});

test('only scans and taps link to a reader', () => {
  const sent = body(INSTALLED);
  expect(Object.keys(sent.data.relationships)).toEqual(['pass']);
  expect(sent.included.map(({ type }) => type)).toEqual(['pass']);
});

test('1.2.5: what is absent is null', () => {
  expect(included(CREATED, 'pass')).toMatchObject({
    downloadUrl: null,
    deviceType: null,
    extId: null,
    addedAt: null,
    removedAt: null,
    deactivatedAt: null,
    nfc: null,
    passContent: {},
    barcode: null,
  });
});

test.each([
  ['coupon', 'storeCard'],
  ['boardingPass', 'generic'],
  ['eventTicket', 'eventTicket'],
  ['storeCard', 'storeCard'],
  [undefined, 'eventTicket'],
])('the pass type %s is shown as %s', (type, expected) => {
  const setting = { template: template({ passType: 'eventTicket' }) };
  expect(included({ ...CREATED, pass: { id: 'p', type } }, 'pass', setting).passType).toBe(expected);
});

test.each([
  [CREATED, 'issued'],
  [INSTALLED, 'active'],
  [SCANNED, 'active'],
  [TAPPED, 'active'],
  [REMOVED, 'removed'],
])('the status of %o is %s unless it says another', (posted, expected) => {
  expect(included(posted, 'pass').status).toBe(expected);
  expect(included({ ...posted, pass: { id: 'p', status: 'deactivated' } }, 'pass').status).toBe('deactivated');
});

test.each([
  [APPLE, 'iphone'],
  [GOOGLE, 'android'],
  [SAMSUNG, 'android'],
  [OTHER, 'android'],
  [{ platform: 'other', os: 'Samsung Wallet' }, 'android'],
  [{ platform: 'other', os: 'android 15' }, 'android'],
  [{ platform: 'other', os: 'HarmonyOS' }, null],
  [{ platform: 'other', os: 'Not Android' }, null],
])('E12: the device type of %o is %s', (device, expected) => {
  expect(included({ ...INSTALLED, device }, 'pass').deviceType).toBe(expected);
});

test.each([
  ['addedAt', INSTALLED, {}, '2026-03-01T12:00:00Z'],
  ['addedAt', { ...INSTALLED, device: { ...APPLE, registeredAt: '2025-01-01T00:00:00Z' } }, {}, '2025-01-01T00:00:00Z'],
  ['addedAt', INSTALLED, { addedAt: null }, null],
  ['addedAt', INSTALLED, { addedAt: '2024-01-01T00:00:00Z' }, '2024-01-01T00:00:00Z'],
  ['addedAt', { ...REMOVED, device: { ...APPLE, registeredAt: '2025-01-01T00:00:00Z' } }, {}, null],
  ['removedAt', REMOVED, {}, '2026-03-01T12:00:00Z'],
  ['removedAt', { ...REMOVED, device: { ...APPLE, unregisteredAt: '2025-01-01T00:00:00Z' } }, {}, '2025-01-01T00:00:00Z'],
  ['removedAt', REMOVED, { removedAt: null }, null],
  ['removedAt', INSTALLED, {}, null],
  ['createdAt', CREATED, {}, '2026-03-01T12:00:00Z'],
  ['createdAt', INSTALLED, {}, null],
])('%s of %o with %o is %s', (name, posted, pass, expected) => {
  expect(included({ ...posted, pass: { id: 'p', ...pass } }, 'pass')[name]).toBe(expected);
});

test('field values keep their type, in template order; fields that the pass lacks are left out', () => {
  const setting = { template: template({ fields: [{ key: 'b' }, { key: 'a' }, { key: 'none' }, { key: 'null' }] }) };
  const pass = { id: 'p', fields: { a: 1.5, b: true, null: null, unknown: 'x' } };
  expect(textOf('passentry', accepted({ ...CREATED, pass }), setting)).toContain(
    '"passContent":{"b":true,"a":1.5,"null":null}',
  );
});

test('pass-id paths per event', () => {
  expect(passentry.passIdPaths('pass.installed')).toEqual(['/data/relationships/pass/data/id', '/included/0/id']);
  expect(passentry.passIdPaths('pass.tapped')).toEqual(['/data/relationships/pass/data/id', '/included/1/id']);
});

test('E13: a scan without a device shows the known one, beside the event', () => {
  const knownDevice = { platform: 'other', os: 'Samsung', registeredAt: '2026-02-01T01:00:00+01:00' } as const;
  for (const posted of [SCANNED, TAPPED]) {
    const { device: _device, ...rest } = posted as { readonly device?: object };
    const shown = (more: object = {}, event: object = { knownDevice }) => {
      const sent = bodyOf<{ readonly included: readonly { readonly attributes: Record<string, unknown> }[] }>('passentry', {
        ...accepted({ ...rest, ...more }),
        ...event,
      });
      return sent.included[1]?.attributes;
    };
    expect(shown()).toMatchObject({ deviceType: 'android', addedAt: '2026-02-01T00:00:00Z' });
    expect(shown({ pass: { id: 'p', addedAt: null } })).toMatchObject({ addedAt: null });
    expect(shown({ device: { platform: 'apple' } })).toMatchObject({ deviceType: 'iphone', addedAt: null });
    expect(shown({}, {})).toMatchObject({ deviceType: null, addedAt: null });
    const standard = textOf('standard', { ...accepted({ ...rest }), knownDevice });
    expect(JSON.parse(standard).data).not.toHaveProperty('device');
  }
});
