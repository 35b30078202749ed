import { describe, expect, test } from 'vitest';
import { type DeliveryViewDeps, listDeliveries, type ShownDelivery } from '../../../src/admin/deliveries.ts';
import { findEndpoint, listEndpoints } from '../../../src/admin/endpoints.ts';
import type { Delivery, DeliveryState } from '../../../src/domain/delivery.ts';
import { Unavailable } from '../../../src/domain/errors.ts';
import { deliveryId, newId } from '../../../src/domain/id.ts';
import type { EndpointRecord } from '../../../src/ports/endpoints.ts';

// What is only known live is shown where Redis answers, and left out where it does not.

const tenantId = newId('tenant', 1);
const endpoint: EndpointRecord = {
  id: newId('endpoint', 1),
  tenantId,
  integrationId: newId('integration', 1),
  url: 'https://receiver.example/hook',
  state: 'active',
  limits: {},
  failingSince: undefined,
  lastFailedSince: undefined,
  paused: undefined,
  subscriptions: { count: 1, disabled: 0, reasons: [] },
  createdAt: new Date(1),
};

function delivery(state: DeliveryState): Delivery {
  const [eventId, subscriptionId] = [newId('event', 1), newId('subscription', 1)];
  return {
    kind: 'event',
    id: deliveryId(eventId, subscriptionId),
    tenantId,
    eventId,
    subscriptionId,
    endpointId: endpoint.id,
    trigger: 'pass.created',
    passId: 'p',
    state,
    attempts: 0,
    dueAt: undefined,
    messageId: newId('message', 1),
    replayOf: undefined,
    test: false,
    lastStatus: undefined,
    lastReason: undefined,
    createdAt: new Date(1),
    endedAt: undefined,
    endedReason: undefined,
    endedBy: undefined,
  };
}

/** Deliveries in pages by position; those of `waiting` wait in the gate. */
function depsWith(all: readonly Delivery[], waiting: readonly Delivery[] | 'unknown'): DeliveryViewDeps {
  return {
    deliveries: {
      find: async (_tenant, id) => all.find((one) => one.id === id),
      async list(_tenant, { states }, { limit, cursor }) {
        const matching = all.filter(({ state }) => !states || states.includes(state));
        const start = Number(cursor ?? 0);
        const more = start + limit < matching.length;
        return { data: matching.slice(start, start + limit), nextCursor: more ? String(start + limit) : undefined };
      },
    },
    endpointHealth: {
      async waitingAmong(some) {
        if (waiting === 'unknown') throw new Unavailable('Redis');
        return new Set(some.filter(({ id }) => waiting.some((one) => one.id === id)));
      },
    },
  };
}

describe('deliveries', () => {
  const all = (['pending', 'retrying', 'held', 'pending', 'succeeded', 'pending'] as const).map(delivery);
  const waiting = all.filter((_, index) => [1, 5].includes(index));
  const page = { limit: 10, cursor: undefined };
  const states = async (deps: DeliveryViewDeps) =>
    (await listDeliveries(deps, tenantId, {}, page)).data.map(({ delivery: { state } }) => state);

  test('that wait are parked, the others are as they are stored', async () => {
    expect(await states(depsWith(all, waiting))).toEqual(['pending', 'parked', 'held', 'pending', 'succeeded', 'parked']);
  });

  test('are shown as stored while the gate is unavailable', async () => {
    expect(await states(depsWith(all, 'unknown'))).toEqual(all.map(({ state }) => state));
  });

  test.each([1, 2, 10])('that are parked can be listed, pages of %i', async (limit) => {
    const found: ShownDelivery[] = [];
    let cursor: string | undefined;
    do {
      const { data, nextCursor } = await listDeliveries(
        depsWith(all, waiting),
        tenantId,
        { states: ['parked'] },
        { limit, cursor },
      );
      expect(data.length).toBeLessThanOrEqual(limit);
      found.push(...data);
      cursor = nextCursor;
    } while (cursor !== undefined);
    expect(found.map(({ delivery: { id } }) => id)).toEqual(waiting.map(({ id }) => id));
    expect(found.every(({ delivery: { state }, live }) => state === 'parked' && live?.parked)).toBe(true);
  });

  test('that may be parked are listed as stored where nobody knows what waits', async () => {
    const { data } = await listDeliveries(depsWith(all, 'unknown'), tenantId, { states: ['parked'] }, page);
    expect(data.map(({ delivery: { state }, live }) => [state, live])).toEqual([
      ['pending', undefined],
      ['retrying', undefined],
      ['pending', undefined],
      ['pending', undefined],
    ]);
  });

  test('are shown in time where Redis never answers', async () => {
    const deps = depsWith(all, []);
    const frozen = { ...deps, endpointHealth: { waitingAmong: () => new Promise<never>(() => {}) } };
    expect(await states(frozen)).toEqual(all.map(({ state }) => state));
  });
});

test('endpoints are shown without their health while the gate is unavailable', async () => {
  const deps = {
    endpoints: { find: async () => endpoint, list: async () => ({ data: [endpoint], nextCursor: undefined }) },
    endpointHealth: {
      async of() {
        throw new Unavailable('Redis');
      },
    },
  };
  expect(await findEndpoint(deps, tenantId, endpoint.id)).toEqual({ endpoint, live: undefined });
  const { data } = await listEndpoints(deps, tenantId, {}, { limit: 10, cursor: undefined });
  expect(data).toEqual([{ endpoint, live: undefined }]);
});
