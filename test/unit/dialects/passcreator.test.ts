import { execFileSync } from 'node:child_process';
import { createVerify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Unbuildable } from '../../../src/dialects/dialect.ts';
import { passcreator } from '../../../src/dialects/passcreator.ts';
import { toId } from '../../../src/domain/id.ts';
import { generateSecret, type SigningSecret } from '../../../src/domain/signing.ts';
import { APPLE, accepted, bodyOf, GOOGLE, OTHER, OUR_UUID, SAMSUNG, template, textOf } from './bodies.ts';

const shown = template({
  name: 'Loyalty card',
  fields: [
    { key: 'name', label: 'Name', area: 'secondaryFields' },
    { key: 'hidden' },
    { key: 'fixed', label: 'Fixed', area: 'secondaryFields', personalised: false },
    { key: 'points', area: 'secondaryFields', type: 'number' },
    { key: 'door', label: 'Door', area: 'headerFields', index: 7 },
  ],
});
const setting = { template: shown };
const CREATED = { type: 'pass.created' };
const INSTALLED = { type: 'pass.installed', device: APPLE };
const UNINSTALLED = { type: 'pass.uninstalled', device: APPLE };

test('P1: bulkCreationId stands once, after buyerCity', () => {
  const text = textOf('passcreator', accepted({ ...INSTALLED, pass: { id: 'p', bulkCreationId: '42' } }), setting);
  expect(text.match(/"bulkCreationId"/g)).toHaveLength(1);
  expect(text).toContain('"buyerCity":"","bulkCreationId":"42"');
});

test('P2 and 1.2.5: what is absent is an empty text', () => {
  const body = bodyOf(
    'passcreator',
    accepted({ ...INSTALLED, pass: { id: 'p', expiresAt: null, barcode: null } }),
    setting,
  );
  expect(
    Object.entries(body)
      .filter(([, value]) => value === '')
      .map(([name]) => name),
  ).toEqual([
    'uniqueIdentifier',
    'userProvidedId',
    'secondaryFields_0_Name',
    'secondaryFields_2_points',
    'headerFields_7_Door',
    'barcodeValue',
    'barcodeAlternativeText',
    'expirationDate',
    'buyerEmail',
    'buyerFirstName',
    'buyerLastName',
    'buyerStreet',
    'buyerZipCode',
    'buyerCity',
    'bulkCreationId',
    'linkToPassPage',
  ]);
});

test('P3: empty genericProperties are an object, or a list when asked; others stay as they are', () => {
  const properties = (pass: object, options: object) =>
    bodyOf('passcreator', accepted({ ...CREATED, pass: { id: 'p', ...pass } }), { ...setting, options }).genericProperties;
  expect(properties({}, {})).toEqual({});
  expect(properties({}, { emptyGenericProperties: 'array' })).toEqual([]);
  expect(properties({ genericProperties: {} }, { emptyGenericProperties: 'array' })).toEqual([]);
  expect(properties({ genericProperties: { b: 1, a: [2] } }, { emptyGenericProperties: 'array' })).toEqual({
    b: 1,
    a: [2],
  });
});

test.each([
  [CREATED, true],
  [{ type: 'pass.updated' }, true],
  [{ type: 'pass.voided' }, true],
  [INSTALLED, false],
  [UNINSTALLED, false],
])('P4: passId in %o: %s', (posted, has) => {
  const body = bodyOf('passcreator', accepted(posted), setting);
  expect('passId' in body).toBe(has);
  expect('operatingSystem' in body).toBe(!has);
  expect('noOfActivePasses' in body).toBe(!has);
});

const AT = {
  createdAt: '2020-01-01T00:00:00Z',
  registeredAt: '2021-01-01T00:00:00Z',
  unregisteredAt: '2022-01-01T00:00:00Z',
};
const timed = { ...APPLE, registeredAt: AT.registeredAt, unregisteredAt: AT.unregisteredAt };
const made = { id: 'p', createdAt: AT.createdAt };

test.each([
  ['pass.created', { pass: made, device: timed }, '2020-01-01 00:00:00'],
  ['pass.created', {}, '2026-03-01 12:00:00'],
  ['pass.created', { pass: { id: 'p', createdAt: null } }, '2026-03-01 12:00:00'],
  ['pass.updated', { pass: made }, '2020-01-01 00:00:00'],
  ['pass.updated', {}, ''],
  ['pass.voided', {}, ''],
  ['pass.installed', { pass: made, device: timed }, '2021-01-01 00:00:00'],
  ['pass.installed', { pass: made, device: APPLE }, '2026-03-01 12:00:00'],
  ['pass.uninstalled', { pass: made, device: timed }, '2022-01-01 00:00:00'],
  ['pass.uninstalled', { pass: made, device: APPLE }, '2026-03-01 12:00:00'],
] as const)('P5: createdOn of %s %o is %s', (type, posted, expected) => {
  expect(bodyOf('passcreator', accepted({ type, ...posted }), setting).createdOn).toBe(expected);
});

test('P6: bodies name neither the event nor its id', () => {
  const id = '5725c57e-f4bf-47e3-8b1f-6b47e532157a';
  const made = accepted({ ...CREATED, id, pass: { id: 'p', createdAt: AT.createdAt } });
  const text = textOf('passcreator', made, setting);
  expect(text).not.toContain(id);
  expect(text).not.toContain(OUR_UUID);
  expect(text).toBe(textOf('passcreator', accepted({ type: 'pass.voided', pass: made.facts.pass }), setting));
});

test('P7: instants are UTC, in seconds, without a zone', () => {
  const pass = { id: 'p', expiresAt: '2026-01-01T01:30:00.999+02:00' };
  expect(bodyOf('passcreator', accepted({ ...CREATED, pass }), setting).expirationDate).toBe('2025-12-31 23:30:00');
});

test('P8: the counts are those of the event', () => {
  const registrations = { active: 1, inactive: 2 };
  expect(bodyOf('passcreator', accepted({ ...UNINSTALLED, registrations }), setting)).toMatchObject({
    noOfActivePasses: 1,
    noOfInactivePasses: 2,
  });
});

test('P9: the counts come early when a device registers, late when it unregisters', () => {
  const before = (posted: object) => {
    const names = Object.keys(bodyOf('passcreator', accepted(posted), setting));
    return names[names.indexOf('noOfActivePasses') - 1];
  };
  expect(before(INSTALLED)).toBe('userProvidedId');
  expect(before(UNINSTALLED)).toBe('bulkCreationId');
});

test('P10: an install and a first install are two events with one body', () => {
  const event = accepted({ ...INSTALLED, first: true, registrations: { active: 1, inactive: 0 } });
  expect(textOf('passcreator', event, setting, 'pass.first_installed')).toBe(textOf('passcreator', event, setting));
  expect(passcreator.eventNames['pass.first_installed']).toBe('first_pushnotification_registered');
});

test('P11: two fields of one name are refused', () => {
  const clash = template({
    fields: [
      { key: 'a', label: 'Name', area: 'backFields', index: 1 },
      { key: 'b', label: 'Other', area: 'backFields' },
      { key: 'c', label: 'Name', area: 'backFields', index: 1 },
    ],
  });
  expect(passcreator.refuseTemplate?.(clash)).toMatchObject({ pointer: '/fields/2' });
  expect(passcreator.refuseTemplate?.(clash)?.detail).toContain('backFields_1_Name');
  expect(passcreator.refuseTemplate?.(shown)).toBeUndefined();
});

test('P12: the link to the pass page is not encoded', () => {
  const page = 'https://app.example/show?passInstance[__identity]=abc';
  expect(textOf('passcreator', accepted({ ...CREATED, pass: { id: 'p', links: { page } } }), setting)).toContain(page);
});

test('P13: a void has the body of an update, without a member for the void', () => {
  const body = textOf('passcreator', accepted({ type: 'pass.voided' }), setting);
  expect(body).not.toMatch(/void/i);
});

test('dynamic names follow template order, by index or position in the area; others are not sent', () => {
  const pass = { id: 'p', fields: { name: 'Jane', hidden: 'x', fixed: 'y', points: 12, door: 'A' } };
  const body = bodyOf('passcreator', accepted({ ...CREATED, pass }), setting);
  expect(Object.entries(body).slice(6, 10)).toEqual([
    ['secondaryFields_0_Name', 'Jane'],
    ['secondaryFields_2_points', '12'],
    ['headerFields_7_Door', 'A'],
    ['barcodeValue', ''],
  ]);
});

test('barcode and expiry are sent where the template has them personalised', () => {
  const plain = template({ personalised: { barcodeValue: false, barcodeText: false, expiry: false } });
  const body = bodyOf('passcreator', accepted(CREATED), { template: plain });
  expect(Object.keys(body).filter((name) => /barcode|expiration/.test(name))).toEqual([]);
});

test('changes win over the pass', () => {
  const posted = { type: 'pass.updated', pass: { id: 'p', fields: { name: 'Old' }, expiresAt: '2026-01-01T00:00:00Z' } };
  const body = bodyOf(
    'passcreator',
    accepted({ ...posted, changes: { fields: { name: 'New' }, expiresAt: null } }),
    setting,
  );
  expect(body).toMatchObject({ secondaryFields_0_Name: 'New', expirationDate: '' });
});

test.each([
  [APPLE, 'iOS'],
  [{ ...APPLE, os: 'iOS 19.1' }, 'iOS'],
  [GOOGLE, 'AndroidGooglePay'],
  [{ ...GOOGLE, os: 'Android' }, 'Android'],
  [OTHER, 'AndroidWalletPasses'],
  [SAMSUNG, 'Android'],
  [{ platform: 'samsung', os: 'AndroidWalletUnion' }, 'AndroidWalletUnion'],
  [{ platform: 'samsung' }, 'Android'],
])('the operating system of %o is %s', (device, expected) => {
  expect(bodyOf('passcreator', accepted({ ...INSTALLED, device }), setting).operatingSystem).toBe(expected);
});

test('pass-id paths per event', () => {
  expect(passcreator.passIdPaths('pass.voided')).toEqual(['/identifier', '/passId']);
  expect(passcreator.passIdPaths('pass.first_installed')).toEqual(['/identifier']);
});

describe('signPayload', () => {
  const { value, publicKey = '' } = generateSecret('passcreator');
  const secret = { id: toId('secret', OUR_UUID), kind: 'passcreator', value } as const;
  const signing = passcreator.subscriptionOptions.parse({ signPayload: true });
  const signedBy = (secrets: readonly SigningSecret[], body: string): string => {
    const signer = passcreator.bodySigner?.(signing, secrets);
    return signer?.embed(body, signer.sign(body)) ?? '';
  };
  const text = textOf('passcreator', accepted({ ...CREATED, pass: { id: 'p', userProvidedId: 'Zoë "1"' } }), setting);
  const signed = signedBy([secret], text);
  const { signature, signedData, ...row } = JSON.parse(signed) as Record<string, unknown> &
    Record<'signature' | 'signedData', string>;

  test('appends signature and signedData to the row, nothing nested', () => {
    expect(Object.keys(JSON.parse(signed)).slice(-2)).toEqual(['signature', 'signedData']);
    expect(signedData).toBe(text);
    expect(row).toEqual(JSON.parse(text));
    expect(signature).toMatch(/^30[0-9a-f]+$/);
    expect(signed).toBe(JSON.stringify(JSON.parse(signed)));
  });

  test('verifies with node:crypto', () => {
    expect(createVerify('SHA1').update(signedData).verify(publicKey, signature, 'hex')).toBe(true);
    expect(createVerify('SHA1').update(`${signedData} `).verify(publicKey, signature, 'hex')).toBe(false);
  });

  test('verifies with the openssl command', () => {
    const folder = mkdtempSync(join(tmpdir(), 'passcreator-'));
    try {
      writeFileSync(join(folder, 'key.pem'), publicKey);
      writeFileSync(join(folder, 'signature'), Buffer.from(signature, 'hex'));
      writeFileSync(join(folder, 'data'), signedData);
      const answer = execFileSync('openssl', ['dgst', '-sha1', '-verify', 'key.pem', '-signature', 'signature', 'data'], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(answer.trim()).toBe('Verified OK');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('P15: after a rotation, bytes that the old key signed verify with the old public key only', () => {
    const { value: newValue, publicKey: newKey = '' } = generateSecret('passcreator');
    const after = signedBy([{ ...secret, value: newValue }, secret], text);
    const fresh = (JSON.parse(after) as Record<'signature', string>).signature;
    const verifies = (key: string, by: string) => createVerify('SHA1').update(text).verify(key, by, 'hex');
    expect([verifies(publicKey, signature), verifies(newKey, signature)]).toEqual([true, false]);
    expect([verifies(publicKey, fresh), verifies(newKey, fresh)]).toEqual([false, true]);
  });

  test('the first key signs', () => {
    const other = { ...secret, value: generateSecret('passcreator').value };
    const twice = signedBy([secret, other], '{}');
    const parsed = JSON.parse(twice) as Record<'signature' | 'signedData', string>;
    expect(Object.keys(parsed)).toEqual(['signature', 'signedData']);
    expect(createVerify('SHA1').update('{}').verify(publicKey, parsed.signature, 'hex')).toBe(true);
  });

  test('without a key nothing can be sent', () => {
    expect(() => signedBy([], text)).toThrow(Unbuildable);
  });

  test('reserves the two names, and only then', () => {
    const plain = passcreator.subscriptionOptions.parse({});
    expect(passcreator.reservedNames?.(signing)).toEqual(['signature', 'signedData']);
    expect(passcreator.reservedNames?.(plain)).toEqual([]);
    expect(passcreator.bodySigner?.(plain, [secret])).toBeUndefined();
  });
});
