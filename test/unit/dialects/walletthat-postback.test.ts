import { expect, test } from 'vitest';
import { Unbuildable } from '../../../src/dialects/dialect.ts';
import { walletthatPostback } from '../../../src/dialects/walletthat-postback.ts';
import { APPLE, accepted, bodyOf, GOOGLE, OTHER, SAMSUNG } from './bodies.ts';

const trackingId = 'track-1';
const referenceData = { 'transaction-id': 96, nested: { a: [1, null] } };
const pass = { id: 'p-1', referenceData };

const EVENTS = {
  N801: { type: 'pass.generated' },
  N802: { type: 'pass.generation_failed', failure: { reason: 'No image' } },
  N804: { type: 'pass.installed', device: APPLE },
  N805: { type: 'pass.uninstalled', device: APPLE },
  N806: { type: 'pass.updated' },
  N807: { type: 'pass.refreshed', device: APPLE },
} as const;

function postback(code: keyof typeof EVENTS, extra: object = {}) {
  return bodyOf('walletthat-postback', accepted({ ...EVENTS[code], pass, trackingId, ...extra }));
}

test('W5: the origin is in lower case', () => {
  expect(postback('N801').origin).toBe('wallet');
});

test.each([
  ['N801', 'Generated', 'Pass generated successfully'],
  ['N802', 'Failed', 'No image'],
  ['N804', 'Installed', 'Pass Installed on the App'],
  ['N805', 'Uninstalled', 'Pass Uninstalled on the App'],
  ['N806', 'Updated', 'Pass data updated via API/Web'],
  ['N807', 'Notified', 'Pass was updated on the app'],
] as const)('W6: %s is %s', (code, text, details) => {
  expect(postback(code)).toMatchObject({ 'status-code': code, 'status-text': text, 'status-details': details });
});

test('W7: there is no N803', () => {
  expect(Object.values(walletthatPostback.eventNames)).not.toContain('N803');
});

test('W8: the timestamp is the event in UTC, in seconds', () => {
  expect(postback('N804', { occurredAt: '2018-11-23T08:27:28.999+02:00' }).timestamp).toBe('2018-11-23T06:27:28+00:00');
});

test('W9: app-type, install-id and reference-data stand where the examples have them', () => {
  const having = (name: string) =>
    (Object.keys(EVENTS) as (keyof typeof EVENTS)[]).filter((code) => name in postback(code));
  expect(having('app-type')).toEqual(['N804', 'N805', 'N807']);
  expect(having('install-id')).toEqual(['N804', 'N805', 'N807']);
  expect(having('reference-data')).toEqual(['N804', 'N805']);
  expect(postback('N804')['reference-data']).toEqual(referenceData);
});

test('W10: tracking-id is in N801, N802 and N806 only, and only when there is one', () => {
  const codes = Object.keys(EVENTS) as (keyof typeof EVENTS)[];
  expect(codes.filter((code) => 'tracking-id' in postback(code))).toEqual(['N801', 'N802', 'N806']);
  expect(postback('N806', { trackingId: undefined })).not.toHaveProperty('tracking-id');
});

test('W11: Google is still Google Pay', () => {
  expect(postback('N804', { device: GOOGLE })['app-type']).toBe('Google Pay');
  expect(postback('N804')['app-type']).toBe('Apple Wallet');
});

test('W12: names follow each other as in the examples', () => {
  expect(Object.keys(postback('N804'))).toEqual([
    'origin',
    'status-code',
    'status-text',
    'status-details',
    'pass-template-id',
    'pass-id',
    'timestamp',
    'app-type',
    'install-id',
    'reference-data',
  ]);
});

test('a void is N806', () => {
  expect(bodyOf('walletthat-postback', accepted({ type: 'pass.voided', trackingId }))).toMatchObject({
    'status-code': 'N806',
    'tracking-id': trackingId,
  });
});

test('another platform cannot be expressed in bodies that have a platform', () => {
  expect(() => postback('N804', { device: OTHER })).toThrow(Unbuildable);
  expect(() => postback('N804', { device: OTHER })).toThrow(/AndroidWalletPasses/);
  expect(() => postback('N804', { device: SAMSUNG })).toThrow(/not the platform "samsung"/);
  expect(postback('N806', { device: OTHER })).toHaveProperty('status-code', 'N806');
});

test('1.2.5: what is absent is left out', () => {
  const body = postback('N804', { device: { platform: 'apple' }, pass: { id: 'p' } });
  expect(body).not.toHaveProperty('install-id');
  expect(body).not.toHaveProperty('reference-data');
  expect(body['pass-id']).toBe('p');
});

test('a trigger it does not have cannot be built', () => {
  expect(() => bodyOf('walletthat-postback', accepted({ type: 'pass.created' }))).toThrow(Unbuildable);
});

test('W5: origin as in the table, where an integration has it so', () => {
  const event = accepted({ type: 'pass.generated' });
  expect(bodyOf('walletthat-postback', event)).toMatchObject({ origin: 'wallet' });
  expect(bodyOf('walletthat-postback', event, { options: { origin: 'Wallet' } })).toMatchObject({ origin: 'Wallet' });
});
