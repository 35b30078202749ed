import { describe, expect, test } from 'vitest';
import { concerns, isInTime, matches } from '../../../../src/api/stream/filter-changes.ts';
import type { DeliveryChange } from '../../../../src/domain/change.ts';
import { isAfter, readPosition, writePosition } from '../../../../src/domain/feed-position.ts';
import { newId } from '../../../../src/domain/id.ts';
import type { DeliveryFilter } from '../../../../src/ports/deliveries.ts';

const change: DeliveryChange = {
  kind: 'delivery',
  action: 'attempted',
  tenantId: newId('tenant', 1),
  deliveryId: newId('delivery', 1),
  subscriptionId: newId('subscription', 1),
  endpointId: newId('endpoint', 1),
  eventId: newId('event', 1),
  trigger: 'pass.updated',
  passId: 'pass-1',
  test: false,
  state: 'retrying',
  lastStatus: 503,
};
const integrationId = newId('integration', 1);

const FILTERS: readonly (readonly [DeliveryFilter, boolean])[] = [
  [{}, true],
  [{ ids: [change.deliveryId] }, true],
  [{ ids: [newId('delivery', 2)] }, false],
  [{ subscriptionId: change.subscriptionId, endpointId: change.endpointId, eventId: change.eventId }, true],
  [{ subscriptionId: newId('subscription', 2) }, false],
  [{ endpointId: newId('endpoint', 2) }, false],
  [{ eventId: newId('event', 2) }, false],
  [{ passId: 'pass-1', trigger: 'pass.updated', test: false }, true],
  [{ passId: 'pass-2' }, false],
  [{ trigger: 'pass.installed' }, false],
  [{ test: true }, false],
  [{ integrationId }, true],
  [{ integrationId: newId('integration', 2) }, false],
  [{ states: ['dead'], status: { from: 200, to: 299 }, after: new Date() }, true],
];

test.each(FILTERS)('%j concerns the change: %j', (filter, expected) => {
  expect(concerns(filter, change, integrationId)).toBe(expected);
});

test('a delivery whose integration is unknown may match any', () => {
  expect(concerns({ integrationId }, change, undefined)).toBe(true);
});

test.each([
  [{}, true],
  [{ states: ['retrying', 'dead'] }, true],
  [{ states: ['dead'] }, false],
  [{ status: { from: 500, to: 599 } }, true],
  [{ status: { from: 400, to: 499 } }, false],
  [{ states: ['retrying'], status: { from: 400, to: 499 } }, false],
] as const)('%j matches: %j', (filter, expected) => {
  expect(matches(filter, change)).toBe(expected);
});

test('without an answer no status matches', () => {
  expect(matches({ status: { from: 100, to: 599 } }, { state: 'retrying' })).toBe(false);
});

test('times are compared as in the list: from one instant on, before the other', () => {
  const createdAt = new Date(1000);
  expect(isInTime({ after: new Date(1000), before: new Date(1001) }, { createdAt })).toBe(true);
  expect(isInTime({ after: new Date(1001) }, { createdAt })).toBe(false);
  expect(isInTime({ before: new Date(1000) }, { createdAt })).toBe(false);
});

describe('positions', () => {
  const position = { epoch: '0123abcd', ms: 1_768_478_400_120, sequence: 3, index: Number.MAX_SAFE_INTEGER };

  test('are read as they are written', () => {
    expect(readPosition(writePosition(position))).toEqual(position);
  });

  test.each(['', '1-2-3-4', 'zzzzzzzz-1-2-3', '0123abcd-1-2', '0123abcd-1-2-3-4', '0123abcd--1-2-3'])(
    '%j is none',
    (text) => {
      expect(readPosition(text)).toBeUndefined();
    },
  );

  test('follow each other by time, sequence and index, within an epoch', () => {
    expect(isAfter({ ...position, ms: position.ms + 1, sequence: 0 }, position)).toBe(true);
    expect(isAfter({ ...position, sequence: 4, index: 0 }, position)).toBe(true);
    expect(isAfter(position, { ...position, index: 0 })).toBe(true);
    expect(isAfter(position, position)).toBe(false);
    expect(isAfter({ ...position, epoch: '00000000', ms: 0 }, position)).toBe(true);
  });
});
