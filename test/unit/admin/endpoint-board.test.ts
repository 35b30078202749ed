import { expect, test } from 'vitest';
import { conditionOf } from '../../../src/admin/endpoint-board.ts';
import type { EndpointHealth } from '../../../src/ports/endpoint-health.ts';

const HEALTHY: EndpointHealth = {
  isKnown: true,
  breaker: 'closed',
  pausedUntil: undefined,
  pausedForMs: undefined,
  failures: 0,
  failingForMs: undefined,
  lastFailedAgoMs: undefined,
  share: 10,
  inFlight: 0,
  parked: 0,
};
const at = new Date('2026-01-15T12:00:00Z');
const active = { state: 'active', failingSince: undefined } as const;
const failing = { state: 'failing', failingSince: at } as const;
const nothing = { due: 0, held: 0 };

test.each([
  ['disabled', { state: 'disabled', failingSince: at }, { ...HEALTHY, breaker: 'open' }, nothing],
  ['open', failing, { ...HEALTHY, breaker: 'open', pausedUntil: at }, nothing],
  ['half-open', failing, { ...HEALTHY, breaker: 'half-open' }, nothing],
  ['failing', failing, HEALTHY, nothing],
  ['failing', failing, undefined, nothing],
  ['throttled', active, { ...HEALTHY, pausedUntil: at, parked: 3 }, nothing],
  ['waiting', active, { ...HEALTHY, parked: 1 }, nothing],
  ['waiting', active, undefined, { due: 1, held: 0 }],
  ['waiting', active, HEALTHY, { due: 0, held: 1 }],
  ['working', active, HEALTHY, nothing],
  ['working', active, undefined, nothing],
] as const)('%s: %j', (condition, endpoint, live, facts) => {
  expect(conditionOf(endpoint, live, facts)).toBe(condition);
});
