import { describe, expect, test } from 'vitest';
import { eventually } from '../../support/poll.ts';
import { anEndpoint, type GateUnderTest, type Offers, offers, useGates } from './gate-under-test.ts';

const aGate = useGates();

describe('the state of an endpoint', () => {
  const FORGET_MS = 200;

  test('expires when it is idle, and not while deliveries are parked or attempts in flight', async () => {
    const gate = aGate({ forgetAfterMs: FORGET_MS });
    const endpointId = anEndpoint();
    await gate.offer(offers(2, { endpointId, limits: { maxInFlight: 1 } }));
    const busyUntilMs = Date.now() + 2 * FORGET_MS;
    while (Date.now() < busyUntilMs) {
      await gate.offer();
      expect(await gate.expiryOf(endpointId)).toBe('never');
    }
    await gate.end('failed');
    expect(await gate.healthOf(endpointId)).toMatchObject({ inFlight: 1, parked: 0, failures: 1 });
    expect(await gate.expiryOf(endpointId)).toBe('never');
    await gate.end('failed');
    expect(await gate.healthOf(endpointId)).toMatchObject({ inFlight: 0, parked: 0, failures: 2 });
    await eventually(async () => (await gate.expiryOf(endpointId)) === 'gone');
    expect(await gate.healthOf(endpointId)).toMatchObject({ isKnown: false, failures: 0 });
    expect(await gate.keys('*')).toEqual(['epoch', 'ticket', 'workers', 'parked'].sort());
  });

  test.each([
    ['parked', async (gate: GateUnderTest, offered: Offers) => gate.gate.step({ offers: offered })],
    [
      'reported as in flight',
      async (gate: GateUnderTest, offered: Offers) =>
        gate.gate.step({
          inFlight: offered.map((offer) => ({ ...offer, lane: 'fast' as const, rateSlotAtMs: undefined })),
        }),
    ],
  ])('does not expire once a delivery is %s again', async (_name, touch) => {
    const gate = aGate({ forgetAfterMs: FORGET_MS });
    const endpointId = anEndpoint();
    await gate.offer(offers(1, { endpointId }));
    await gate.end('failed');
    expect(await gate.expiryOf(endpointId)).not.toBe('never');
    await touch(gate, offers(5, { endpointId }));
    expect(await gate.expiryOf(endpointId)).toBe('never');
  });

  test('expires after a reset or a new rate slot for an endpoint that has nothing to do', async () => {
    const gate = aGate({ forgetAfterMs: FORGET_MS });
    const [reset, reslotted] = [anEndpoint(), anEndpoint()];
    await gate.health.reset(reset);
    await gate.gate.step({ reslot: [reslotted] });
    for (const id of [reset, reslotted]) await eventually(async () => (await gate.expiryOf(id)) === 'gone');
  });

  test('that expires while its breaker is open leaves nothing in the list of failing endpoints', async () => {
    const gate = aGate({ forgetAfterMs: FORGET_MS, pauseMs: 10 });
    const endpointId = anEndpoint();
    await gate.offer(offers(5, { endpointId, limits: { maxInFlight: 1 } }));
    for (const _ of [1, 2, 3, 4, 5]) await gate.end('failed');
    expect([...(await gate.health.failing()).keys()]).toEqual([endpointId]);
    await eventually(async () => (await gate.expiryOf(endpointId)) === 'gone');
    await gate.offer();
    expect((await gate.health.failing()).size).toBe(0);
  });

  test('a success after it expired removes the endpoint from the list of failing ones', async () => {
    const gate = aGate({ pauseMs: 10 });
    const endpointId = anEndpoint();
    const offered = offers(6, { endpointId, limits: { maxInFlight: 1 } });
    await gate.offer(offered.slice(0, 5));
    for (const _ of [1, 2, 3, 4, 5]) await gate.end('failed');
    await gate.forget(endpointId);
    await gate.offer(offered.slice(5));
    await gate.end('delivered');
    expect((await gate.health.failing()).size).toBe(0);
  });
});
