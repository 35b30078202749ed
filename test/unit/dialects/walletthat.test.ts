import { describe, expect, test } from 'vitest';
import { walletthat } from '../../../src/dialects/walletthat.ts';
import { APPLE, accepted, bodyOf, template, textOf } from './bodies.ts';

const shown = template({
  externalId: 'tpl-ext',
  fields: [{ key: 'points', type: 'number' }, { key: 'name' }, { key: 'vip' }],
});
const setting = { template: shown };
const pass = {
  id: 'p-1',
  userProvidedId: 'Store-1',
  expiresAt: '2026-12-31T23:59:59.999+02:00',
  barcode: { value: '123' },
  fields: { name: 'Jane', points: 120, vip: true, unknown: 'never shown' },
};

test('W13: fixed names, then the fields by key in template order, all as text', () => {
  expect(textOf('walletthat', accepted({ type: 'pass.created', pass }), setting)).toBe(
    JSON.stringify({
      'pass-id': 'Store-1',
      'pass-template-id': 'tpl-ext',
      'expiration-timestamp': '2026-12-31T21:59:59+00:00',
      'barcode-value': '123',
      points: '120',
      name: 'Jane',
      vip: 'true',
    }),
  );
});

test('W4: the body does not name the event', () => {
  const [created, installed] = [{ type: 'pass.created' }, { type: 'pass.installed', device: APPLE }];
  expect(textOf('walletthat', accepted({ ...created, pass }), setting)).toBe(
    textOf('walletthat', accepted({ ...installed, pass }), setting),
  );
});

test('W2: an update is the change of the record; a fetch is called an update too, with the whole body', () => {
  expect(walletthat.eventNames['pass.updated']).toBe('Pass Updated');
  expect(walletthat.eventNames['pass.refreshed']).toBe('Pass Updated');
  const pass = { id: 'p-1', barcode: { value: '123' }, fields: { name: 'Ann' } };
  const refreshed = accepted({ type: 'pass.refreshed', pass, device: { platform: 'apple' } });
  const created = accepted({ type: 'pass.created', pass });
  expect(bodyOf('walletthat', refreshed, setting)).toEqual(bodyOf('walletthat', created, setting));
});

test('1.2.5: what is absent or null is left out', () => {
  const bare = { id: 'p-1', expiresAt: null, barcode: null, fields: { name: null } };
  expect(bodyOf('walletthat', accepted({ type: 'pass.created', pass: bare }), setting)).toEqual({
    'pass-id': 'p-1',
    'pass-template-id': 'tpl-ext',
  });
});

test('the template id is the vendor own, else the external id, else ours', () => {
  const id = (input: object) =>
    bodyOf('walletthat', accepted({ type: 'pass.created' }), { template: template(input) })['pass-template-id'];
  expect(id({ externalId: 'ext', vendor: { walletthat: { templateId: 'own' } } })).toBe('own');
  expect(id({ externalId: 'ext' })).toBe('ext');
  expect(id({})).toBe('tpl_one');
});

test('a field may be called like a member of every object', () => {
  const odd = { template: template({ fields: [{ key: 'constructor' }, { key: 'toString' }] }) };
  const event = accepted({ type: 'pass.created', pass: { id: 'p', fields: { toString: 'yes' } } });
  expect(textOf('walletthat', event, odd)).toBe('{"pass-id":"p","pass-template-id":"tpl_one","toString":"yes"}');
});

describe('Pass Updated', () => {
  function updated(changes: object | undefined, changedOnly = true, type = 'pass.updated') {
    const event = accepted({ type, pass, ...(changes && { changes }) });
    return bodyOf('walletthat', event, { ...setting, subscription: { changedOnly } });
  }
  const whole = {
    'pass-id': 'Store-1',
    'pass-template-id': 'tpl-ext',
    'expiration-timestamp': '2026-12-31T21:59:59+00:00',
    'barcode-value': '123',
    points: '120',
    name: 'Jane',
    vip: 'true',
  };

  test.each([
    ['a changed field', { fields: { points: 150 } }, { points: '150' }],
    ['a cleared field', { fields: { name: null } }, { name: '' }],
    ['all fields cleared', { fields: null }, { points: '', name: '', vip: '' }],
    ['a new expiry', { expiresAt: '2027-01-01T00:00:00Z' }, { 'expiration-timestamp': '2027-01-01T00:00:00+00:00' }],
    ['a cleared expiry', { expiresAt: null }, { 'expiration-timestamp': '' }],
    ['a new barcode', { barcode: { value: '999' } }, { 'barcode-value': '999' }],
    ['a cleared barcode', { barcode: null }, { 'barcode-value': '' }],
    ['a cleared barcode value', { barcode: { value: null } }, { 'barcode-value': '' }],
    ['a barcode whose value stays', { barcode: { altText: 'x' } }, {}],
    ['a patch that touches nothing shown', { nfc: 'x', fields: { unknown: 'y' } }, {}],
    ['a patch of a field called like a fixed name', { fields: { 'pass-template-id': 'x' } }, {}],
    ['an empty patch', {}, {}],
  ])('shows %s beside the pass id', (_what, changes, expected) => {
    expect(updated(changes)).toEqual({ 'pass-id': 'Store-1', ...expected });
  });

  test('preserves the order of the body, whatever the order of the mapping', () => {
    const event = accepted({
      type: 'pass.updated',
      pass,
      changes: { fields: { name: 'J', points: 1 }, barcode: { value: 'b' } },
    });
    expect(Object.keys(bodyOf('walletthat', event, setting))).toEqual(['pass-id', 'barcode-value', 'points', 'name']);
  });

  test('changes win over the pass, for its id too', () => {
    expect(updated({ userProvidedId: 'Store-2' })).toEqual({ 'pass-id': 'Store-2' });
    expect(updated({ userProvidedId: null })).toEqual({ 'pass-id': 'p-1' });
  });

  test('shows the whole body without changes, or when asked to', () => {
    expect(updated(undefined)).toEqual(whole);
    expect(updated({ fields: { points: 150, name: null } }, false)).toEqual({ ...whole, points: '150', name: '' });
  });

  test('a void is an update too', () => {
    expect(updated(undefined, true, 'pass.voided')).toEqual(whole);
    expect(updated({ fields: { vip: null } }, true, 'pass.voided')).toEqual({ 'pass-id': 'Store-1', vip: '' });
  });
});

test("a template field with a name of WalletThat's own is refused, and never takes its place", () => {
  const clash = template({ fields: [{ key: 'name' }, { key: 'pass-id' }] });
  expect(walletthat.refuseTemplate?.(clash)?.pointer).toBe('/fields/1/key');
  expect(walletthat.refuseTemplate?.(shown)).toBeUndefined();
  const event = accepted({ type: 'pass.created', pass: { id: 'p', fields: { 'pass-id': 'forged' } } });
  expect(bodyOf('walletthat', event, { template: clash })['pass-id']).toBe('p');
});

test('the pass id is named for the warning', () => {
  expect(walletthat.passIdPaths('pass.created')).toEqual(['/pass-id']);
});
