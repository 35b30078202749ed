import { describe, expect, test } from 'vitest';
import { readPostedEvent } from '../../../src/domain/read-posted-event.ts';

const INSTALL = {
  type: 'pass.installed',
  templateId: 't',
  occurredAt: '2026-03-01T12:00:00Z',
  pass: { id: 'p' },
  device: { platform: 'apple' },
};
const SCAN = {
  ...INSTALL,
  type: 'pass.scanned',
  scan: { type: 'nfc', value: '', validationType: 'internalValidation', status: 'successful' },
};

type Event = Record<string, unknown> & { readonly pass: object };

/** The event as it would be stored; undefined when it is refused. */
function stored(event: object): Event | undefined {
  const read = readPostedEvent(event);
  return read.kind === 'event' ? JSON.parse(JSON.stringify(read.event)) : undefined;
}

const errorsOf = (event: object) => {
  const read = readPostedEvent(event);
  return read.kind === 'invalid' ? read.errors.map(({ pointer }) => pointer) : [];
};

describe('X2: null for an optional member, and an empty optional text, are the same as absent', () => {
  const texts = ['userProvidedId', 'uniqueIdentifier', 'nfc', 'bulkCreationId'];
  const others = ['type', 'status', 'barcode', 'fields', 'links', 'buyer', 'genericProperties', 'referenceData'];

  test.each([...texts, ...others].map((name) => [name, null]).concat(texts.map((name) => [name, ''])))(
    'pass.%s: %j',
    (name, value) => {
      expect(stored({ ...INSTALL, pass: { id: 'p', [String(name)]: value } })?.pass).toEqual({ id: 'p' });
    },
  );

  test.each([null, ''])('texts below: %j', (value) => {
    const pass = {
      id: 'p',
      barcode: { format: value, value: '', altText: value, source: value },
      links: { page: value, download: value },
      buyer: { email: value, firstName: value, lastName: value, street: value, zipCode: value, city: value },
    };
    const device = { platform: 'apple', os: value, installId: value };
    expect(stored({ ...INSTALL, pass, device, trackingId: value })).toEqual({
      ...INSTALL,
      pass: { id: 'p', barcode: { value: '' }, links: {}, buyer: {} },
    });
    const scan = { ...SCAN.scan, id: value, statusDetail: value };
    expect(stored({ ...SCAN, scan, reader: { id: 'r', name: value, type: value } })).toEqual({
      ...SCAN,
      reader: { id: 'r' },
    });
  });

  test('null for other members', () => {
    const device = { platform: 'apple', registeredAt: null, unregisteredAt: null };
    expect(stored({ ...INSTALL, id: null, first: null, registrations: null, device })).toEqual(INSTALL);
    const nothing = { device: null, reader: null, scan: { ...SCAN.scan, scannedAt: null } };
    const { device: _device, ...scan } = SCAN;
    expect(stored({ ...SCAN, ...nothing })).toEqual(scan);
    const updated = { ...INSTALL, type: 'pass.updated' };
    expect(stored({ ...updated, changes: null })).toEqual(updated);
    expect(
      stored({ ...INSTALL, pass: { id: 'p', barcode: { value: 'x', displayText: null, enabled: null } } })?.pass,
    ).toEqual({ id: 'p', barcode: { value: 'x' } });
  });

  test('a null instant of the pass stays null, and so do the null and empty values of its fields', () => {
    const pass = {
      id: 'p',
      ...{ createdAt: null, addedAt: null, removedAt: null, deactivatedAt: null, expiresAt: null },
      fields: { none: null, empty: '' },
    };
    expect(stored({ ...INSTALL, pass })?.pass).toEqual(pass);
  });

  test('open containers pass as they are', () => {
    const open = { '10': 1, '2': { '3': null }, a: '', b: null, c: [null, ''] };
    const pass = { id: 'p', genericProperties: open, referenceData: open };
    const changes = { genericProperties: open, referenceData: open };
    const event = stored({ ...INSTALL, type: 'pass.updated', pass, changes });
    expect(JSON.stringify(event?.pass)).toBe(JSON.stringify(pass));
    expect(JSON.stringify(event?.changes)).toBe(JSON.stringify(changes));
  });

  test.each([
    ['an empty id', { id: '' }, '/id'],
    ['an empty template', { templateId: '' }, '/templateId'],
    ['no instant', { occurredAt: null }, '/occurredAt'],
    ['an empty instant', { occurredAt: '' }, '/occurredAt'],
    ['an empty id of the pass', { pass: { id: '' } }, '/pass/id'],
    ['no pass', { pass: null }, '/pass'],
    ['no device', { device: null }, '/device'],
    ['no os', { device: { platform: 'other', os: '' } }, '/device/os'],
    ['an empty status', { pass: { id: 'p', status: '' } }, '/pass/status'],
    ['a number as a text', { trackingId: 1 }, '/trackingId'],
    ['a name that is a number', { pass: { id: 'p', fields: { '10': 1 } } }, '/pass/fields/10'],
    ['a number in another object', { pass: { id: 'p', buyer: { '10': 1 } } }, '/pass/buyer/10'],
    [
      '__proto__',
      { pass: { id: 'p', genericProperties: JSON.parse('{"__proto__":1}') } },
      '/pass/genericProperties/__proto__',
    ],
    ['an id too long', { pass: { id: 'p', userProvidedId: 'x'.repeat(513) } }, '/pass/userProvidedId'],
  ])('%s is refused', (_what, more, pointer) => {
    expect(errorsOf({ ...INSTALL, ...more })).toContain(pointer);
  });
});

describe('X2: in changes', () => {
  const changed = (changes: object) => stored({ ...INSTALL, type: 'pass.updated', changes })?.changes;

  test('null clears, and so does an empty optional text; absent changes nothing', () => {
    expect(
      changed({
        userProvidedId: '',
        nfc: null,
        expiresAt: null,
        barcode: { altText: '', format: '', value: '', displayText: null },
        links: { page: '', download: null },
        buyer: null,
        fields: { empty: '', none: null },
      }),
    ).toEqual({
      userProvidedId: null,
      nfc: null,
      expiresAt: null,
      barcode: { altText: null, format: null, value: '', displayText: null },
      links: { page: null, download: null },
      buyer: null,
      fields: { empty: '', none: null },
    });
    expect(changed({})).toEqual({});
  });
});

test('X1: an instant before the year 1 in UTC is refused in every member', () => {
  const before = '0001-01-01T00:00:00+05:00';
  const instants = { createdAt: before, addedAt: before, removedAt: before, deactivatedAt: before, expiresAt: before };
  const device = { platform: 'apple', registeredAt: before, unregisteredAt: before };
  const updated = { ...INSTALL, type: 'pass.updated', occurredAt: before, pass: { id: 'p', ...instants }, device };
  expect(errorsOf({ ...updated, changes: instants })).toEqual([
    '/occurredAt',
    ...Object.keys(instants).map((name) => `/pass/${name}`),
    '/device/registeredAt',
    '/device/unregisteredAt',
    ...Object.keys(instants).map((name) => `/changes/${name}`),
  ]);
  expect(errorsOf({ ...SCAN, scan: { ...SCAN.scan, scannedAt: before } })).toEqual(['/scan/scannedAt']);
});
