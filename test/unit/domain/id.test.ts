import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  deliveryId,
  ID_PREFIXES,
  type IdKind,
  isUuid,
  lowestUuidAt,
  newId,
  parseId,
  timeOfId,
  toId,
  toUuid,
} from '../../../src/domain/id.ts';

const UUID = '0198c3f0-1234-7abc-8def-0123456789ab';
const NOW = Date.UTC(2026, 2, 1, 12);

test.each(Object.entries(ID_PREFIXES) as [IdKind, string][])('%s ids begin with %s_', (kind, prefix) => {
  const id = newId(kind, NOW);
  expect(id).toMatch(new RegExp(`^${prefix}_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`));
  expect(parseId(kind, id)).toBe(id);
  expect(toId(kind, toUuid(id))).toBe(id);
});

test('no two prefixes are equal, and each has three letters', () => {
  const prefixes = Object.values(ID_PREFIXES);
  expect(new Set(prefixes).size).toBe(prefixes.length);
  expect(prefixes.every((prefix) => /^[a-z]{3}$/.test(prefix))).toBe(true);
});

test.each([
  [`sub_${UUID}`, true],
  [`evt_${UUID}`, false],
  [UUID, false],
  [`sub_${UUID.toUpperCase()}`, false],
  [`sub_${UUID}x`, false],
  [`sub_${UUID}\n`, false],
  ['sub_', false],
  ['', false],
])('%j is a subscription id: %s', (text, isOne) => {
  expect(parseId('subscription', text)).toBe(isOne ? text : undefined);
});

test.each([
  [UUID, true],
  [UUID.toUpperCase(), true],
  ['5725c57e-f4bf-47e3-8b1f-6b47e532157a', true],
  [UUID.replaceAll('-', ''), false],
  [`{${UUID}}`, false],
  ['313c3c3b950d30d7ecec486ddf9adf33b887ae29', false],
  ['', false],
])('%s is a UUID: %s', (text, isOne) => {
  expect(isUuid(text)).toBe(isOne);
});

test('an id carries its time, and sorts by it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 47 }), fc.integer({ min: 1, max: 1000 }), (atMs, later) => {
      const [early, late] = [newId('event', atMs), newId('event', atMs + later)];
      expect(timeOfId(early)).toBe(atMs);
      expect(early < late).toBe(true);
      expect(toUuid(early) >= lowestUuidAt(atMs)).toBe(true);
      expect(toUuid(early) < lowestUuidAt(atMs + 1)).toBe(true);
    }),
  );
});

test('ids of one moment sort in the order they were made', () => {
  const ids = Array.from({ length: 4000 }, () => newId('event', NOW + 1));
  expect([...ids].sort()).toEqual(ids);
});

test('ids of one moment differ', () => {
  const ids = Array.from({ length: 5000 }, () => newId('event', NOW));
  expect(new Set(ids).size).toBe(ids.length);
});

describe('the id of a delivery', () => {
  const [event, subscription] = [newId('event', NOW), newId('subscription', NOW)];
  const id = deliveryId(event, subscription);

  test('is the same for the same event and subscription', () => {
    expect(deliveryId(event, subscription)).toBe(id);
    expect(parseId('delivery', id)).toBe(id);
  });

  test('carries the time of the event', () => {
    expect(timeOfId(id)).toBe(NOW);
  });

  test('sorts as its event does', () => {
    const events = Array.from({ length: 100 }, () => newId('event', NOW + 2));
    const ids = events.map((one) => deliveryId(one, subscription));
    expect([...ids].sort()).toEqual(ids);
  });

  test('differs by event, subscription and salt', () => {
    const others = [
      deliveryId(newId('event', NOW), subscription),
      deliveryId(event, newId('subscription', NOW)),
      deliveryId(event, subscription, 'replay'),
    ];
    expect(new Set([id, ...others]).size).toBe(4);
  });
});
