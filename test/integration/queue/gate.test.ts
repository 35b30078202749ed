import { describe, expect, test } from 'vitest';
import type { EndpointSignal } from '../../../src/domain/endpoint-signal.ts';
import { GATE_RULES } from '../../../src/domain/gate-rules.ts';
import { spreadOf, spreadPauseMs, startFromMs } from '../../../src/domain/spread.ts';
import { eventually } from '../../support/poll.ts';
import { anEndpoint, aTenant, offers, useGates } from './gate-under-test.ts';

const aGate = useGates();
/** Longer than a busy machine takes from the end of an attempt to the look at what it changed. */
const PAUSE_MS = 250;
const short = { pauseMs: PAUSE_MS, maxPauseMs: 5 * PAUSE_MS };

describe('the breaker', () => {
  type Step = readonly [ends: EndpointSignal['kind'], breaker: string, failures: number, pauses?: number];
  const four: readonly Step[] = [1, 2, 3, 4].map((failures) => ['failed', 'closed', failures]);
  const opened: readonly Step[] = [...four, ['failed', 'open', 5, 1]];

  test.each<readonly [string, readonly Step[]]>([
    [
      'stays closed while attempts succeed',
      [
        ['delivered', 'closed', 0],
        ['delivered', 'closed', 0],
      ],
    ],
    ['counts failures in a row', [...four, ['delivered', 'closed', 0], ...four]],
    ['does not count a 429', [...four, ['throttled', 'closed', 4], ['delivered', 'closed', 0]]],
    ['does not count attempts that were not sent', [...four, ['none', 'closed', 4], ['failed', 'open', 5, 1]]],
    ['opens after five failures in a row and closes by one success', [...opened, ['delivered', 'closed', 0]]],
    ['starts from nothing once it is closed', [...opened, ['delivered', 'closed', 0], ...opened]],
    [
      'opens for twice as long after each probe that fails, up to a bound',
      [...opened, ['failed', 'open', 6, 2], ['failed', 'open', 7, 4], ['failed', 'open', 8, 5], ['failed', 'open', 9, 5]],
    ],
    ['stays half-open when a probe was not sent', [...opened, ['none', 'half-open', 5], ['failed', 'open', 6, 2]]],
  ])('%s', async (_name, steps) => {
    const gate = aGate(short);
    const endpointId = anEndpoint();
    await gate.offer(offers(30, { endpointId, limits: { maxInFlight: 1 } }));
    for (const [ends, breaker, failures, pauses] of steps) {
      if (gate.inFlightAt(endpointId) === 0) await gate.next();
      expect(gate.inFlightAt(endpointId)).toBe(1);
      const beforeMs = Date.now();
      await gate.end(ends);
      const afterMs = Date.now();
      const health = await gate.healthOf(endpointId);
      expect(health).toMatchObject({ breaker, failures });
      if (pauses === undefined) continue;
      expect(gate.inFlightAt(endpointId)).toBe(0);
      const pauseMs = spreadPauseMs(pauses * PAUSE_MS, spreadOf(endpointId), GATE_RULES);
      const pausedAtMs = (health.pausedUntil?.getTime() ?? 0) - pauseMs;
      expect(pausedAtMs).toBeGreaterThanOrEqual(beforeMs - 1);
      expect(pausedAtMs).toBeLessThanOrEqual(afterMs + 1);
    }
  });

  test('lets one probe through at a time while it is half-open', async () => {
    const gate = aGate(short);
    const endpointId = anEndpoint();
    await gate.offer(offers(10, { endpointId, limits: { maxInFlight: 5 } }));
    await eventually(async () => {
      await gate.end('failed', { count: 5 });
      await gate.offer();
      return (await gate.healthOf(endpointId)).breaker === 'open';
    });
    await gate.next();
    expect(gate.inFlightAt(endpointId)).toBe(1);
    expect(await gate.offer()).toEqual([]);
    expect(await gate.healthOf(endpointId)).toMatchObject({ breaker: 'half-open', share: 1, inFlight: 1 });
  });

  test('ignores attempts that were in flight when it opened', async () => {
    const gate = aGate({ pauseMs: 60_000 });
    const endpointId = anEndpoint();
    await gate.offer(offers(30, { endpointId, limits: { maxInFlight: 8 } }));
    await gate.end('delivered', { count: 2 });
    expect(gate.inFlightAt(endpointId)).toBe(8);
    await gate.end('failed', { count: 5 });
    await gate.end('delivered');
    await gate.end('failed');
    expect(await gate.healthOf(endpointId)).toMatchObject({ breaker: 'open', failures: 5, inFlight: 1 });
  });

  test('reports a change of health once: when it opens, with the first failure, and when it closes', async () => {
    const gate = aGate(short);
    const endpointId = anEndpoint();
    await gate.offer(offers(20, { endpointId, limits: { maxInFlight: 1 } }));
    await gate.end('delivered');
    // the first known success of an endpoint may be a recovery that Redis has forgotten
    expect(gate.healthChanges.splice(0)).toEqual([{ endpointId, failingForMs: undefined }]);
    const sinceMs = Date.now();
    for (const _ of [1, 2, 3, 4, 5]) await gate.end('failed');
    for (const _ of [1, 2]) {
      await gate.next();
      await gate.end('failed');
    }
    const elapsedMs = Date.now() - sinceMs + 1;
    const [change, ...more] = gate.healthChanges.splice(0);
    expect([change?.endpointId, more]).toEqual([endpointId, []]);
    expect(change?.failingForMs).toBeLessThanOrEqual(elapsedMs);
    const [[failing, forMs] = []] = [...(await gate.health.failing())];
    expect(failing).toBe(endpointId);
    expect(forMs).toBeGreaterThanOrEqual(change?.failingForMs ?? Number.NaN);
    expect((await gate.healthOf(endpointId)).failingForMs).toBeGreaterThanOrEqual(forMs ?? Number.NaN);
    await gate.next();
    await gate.end('delivered');
    await gate.end('delivered');
    expect(gate.healthChanges).toEqual([{ endpointId, failingForMs: undefined }]);
    expect((await gate.health.failing()).size).toBe(0);
  });

  test('is closed by a reset, and parked deliveries are admitted again', async () => {
    const gate = aGate({ pauseMs: 60_000 });
    const endpointId = anEndpoint();
    await gate.offer(offers(10, { endpointId, limits: { maxInFlight: 1 } }));
    for (const _ of [1, 2, 3, 4, 5]) await gate.end('failed');
    expect(await gate.offer()).toEqual([]);
    await gate.health.reset(endpointId);
    expect(await gate.healthOf(endpointId)).toMatchObject({ breaker: 'closed', failures: 0, pausedUntil: undefined });
    expect(await gate.offer()).toHaveLength(1);
    expect((await gate.health.failing()).size).toBe(0);
  });
});

describe('the share of an endpoint', () => {
  test.each<readonly [string, readonly EndpointSignal['kind'][], number]>([
    ['starts at two', [], 2],
    ['doubles with each success', ['delivered', 'delivered'], 8],
    ['stops at the limit', ['delivered', 'delivered', 'delivered', 'delivered'], 10],
    ['is halved by a failure', ['delivered', 'delivered', 'failed'], 4],
    ['is halved by a 429', ['delivered', 'delivered', 'throttled', 'throttled'], 2],
    ['is never less than one', ['failed', 'failed', 'throttled', 'throttled'], 1],
    ['doubles back after successes', ['failed', 'failed', 'delivered', 'delivered', 'delivered'], 8],
    ['does not change by an attempt that was not sent', ['delivered', 'none'], 4],
  ])('%s', async (_name, endings, share) => {
    const gate = aGate();
    const endpointId = anEndpoint();
    await gate.offer(offers(200, { endpointId, limits: { maxInFlight: 10 } }));
    expect(gate.inFlightAt(endpointId)).toBe(2);
    for (const ends of endings) await gate.end(ends);
    expect(await gate.healthOf(endpointId)).toMatchObject({ share });
    // attempts beyond the share end in their time; then no more than the share is in flight
    await gate.end('none', { count: 20 });
    expect(gate.inFlightAt(endpointId)).toBe(share);
  });

  test('follows a limit that is lowered or raised', async () => {
    const gate = aGate();
    const endpointId = anEndpoint();
    const tenantId = aTenant();
    await gate.offer(offers(100, { tenantId, endpointId, limits: { maxInFlight: 4 } }));
    for (const _ of [1, 2, 3, 4]) await gate.end('delivered');
    expect(gate.inFlightAt(endpointId)).toBe(4);
    await gate.offer(offers(1, { tenantId, endpointId, limits: { maxInFlight: 2 } }));
    await gate.end('none', { count: 4 });
    expect(gate.inFlightAt(endpointId)).toBe(2);
    await gate.offer(offers(1, { tenantId, endpointId, limits: { maxInFlight: 50 } }));
    for (const _ of [1, 2, 3, 4, 5, 6]) await gate.end('delivered');
    expect(gate.inFlightAt(endpointId)).toBe(50);
  });
});

describe('a pause that the receiver asks for', () => {
  test.each(['throttled', 'failed', 'delivered'] as const)('is retained after an attempt that was %s', async (kind) => {
    const gate = aGate();
    const endpointId = anEndpoint();
    await gate.offer(offers(10, { endpointId, limits: { maxInFlight: 1 } }));
    const beforeMs = Date.now();
    expect(await gate.end(kind, { pauseMs: 500 })).toEqual([]);
    expect(await gate.offer()).toEqual([]);
    expect(await gate.healthOf(endpointId)).toMatchObject({ breaker: 'closed', parked: 9 });
    expect(await gate.next()).toHaveLength(1);
    expect(Date.now() - beforeMs).toBeGreaterThanOrEqual(499);
  });

  test('does not prevent the breaker from opening', async () => {
    const gate = aGate();
    const endpointId = anEndpoint();
    await gate.offer(offers(20, { endpointId, limits: { maxInFlight: 8 } }));
    await gate.end('delivered', { count: 2 });
    await gate.end('failed', { count: 5, pauseMs: 100 });
    expect((await gate.healthOf(endpointId)).breaker).toBe('open');
  });
});

test('the rate gives each attempt a slot of its own, ahead of time but not far', async () => {
  const gate = aGate();
  const endpointId = anEndpoint();
  const limits = { maxInFlight: 200, ratePerSecond: 100 };
  await gate.offer(offers(60, { endpointId, limits }));
  await eventually(async () => {
    await gate.offer();
    await gate.end('delivered', { count: 100 });
    return gate.admitted.length > 30;
  });
  const rateSlots = gate.admitted.map(({ rateSlotAtMs, atMs }) => rateSlotAtMs ?? atMs);
  for (const [index, { atMs }] of gate.admitted.entries()) expect((rateSlots[index] ?? 0) - atMs).toBeLessThanOrEqual(101);
  const gaps = rateSlots.slice(1).map((slot, index) => slot - (rateSlots[index] ?? 0));
  for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(9);
});

describe('fairness', () => {
  const limits = { maxInFlight: 100 };

  test('endpoints of a tenant are served round robin, in whatever order they were offered', async () => {
    const gate = aGate({ firstShare: 100, tenantShare: 1 }, 20);
    const tenantId = aTenant();
    const endpoints = [anEndpoint(), anEndpoint(), anEndpoint(), anEndpoint()];
    const offered = endpoints.flatMap((endpointId) => offers(50, { tenantId, endpointId, limits }));
    await gate.offer(offered); // 16 slots of 20 are fast
    expect(endpoints.map((id) => gate.inFlightAt(id))).toEqual([4, 4, 4, 4]);
  });

  test('a tenant has at most its share of the slots, and others find free ones', async () => {
    const gate = aGate({ firstShare: 100 }, 100);
    const [flood, small] = [aTenant(), aTenant()];
    const endpoints = Array.from({ length: 10 }, anEndpoint);
    const flooded = endpoints.flatMap((endpointId) => offers(50, { tenantId: flood, endpointId, limits }));
    expect(await gate.offer(flooded)).toHaveLength(20); // a quarter of the 80 fast ones
    const late = offers(5, { tenantId: small, endpointId: anEndpoint(), limits });
    expect((await gate.offer(late)).map(({ deliveryId }) => deliveryId)).toEqual(late.map(({ deliveryId }) => deliveryId));
    expect(await gate.end('delivered', { count: 3 })).toHaveLength(3);
  });

  test('tenants are served round robin', async () => {
    const gate = aGate({ firstShare: 100, tenantShare: 1 }, 10);
    const tenants = [aTenant(), aTenant()];
    const endpoints = tenants.map(() => anEndpoint());
    const of = (index: number) => ({
      tenantId: tenants[index] ?? aTenant(),
      endpointId: endpoints[index] ?? anEndpoint(),
      limits,
    });
    await gate.offer([...offers(50, of(0)), ...offers(50, of(1))]);
    expect(endpoints.map((id) => gate.inFlightAt(id))).toEqual([4, 4]);
  });

  test('two failures in a row move an endpoint to the slow lane, a success moves it back', async () => {
    const gate = aGate({ firstShare: 100, tenantShare: 1 }, 20);
    const tenantId = aTenant();
    const [bad, good] = [anEndpoint(), anEndpoint()];
    await gate.offer(offers(100, { tenantId, endpointId: bad, limits }));
    expect(gate.inFlightAt(bad)).toBe(16);
    const instead = [...(await gate.end('failed')), ...(await gate.end('failed'))];
    expect(instead.filter(({ lane }) => lane === 'slow')).toHaveLength(4);
    await gate.offer(offers(100, { tenantId, endpointId: good, limits }));
    await gate.end('none', { of: bad, count: 15 });
    expect([gate.inFlightAt(bad), gate.inFlightAt(good)]).toEqual([4, 16]);
    await gate.end('delivered', { of: bad });
    const back = await gate.end('none', { of: good, count: 4 });
    expect(back.filter(({ endpointId }) => endpointId === bad).map(({ lane }) => lane)).toContain('fast');
  });
});

test('a full list holds the oldest deliveries, whichever was offered first', async () => {
  const gate = aGate({ maxParked: 3 });
  const endpointId = anEndpoint();
  const [running, ...others] = offers(6, { endpointId, limits: { maxInFlight: 1 } });
  if (!running) throw new Error('six are made');
  await gate.offer([running]);
  await gate.offer(others.slice(2));
  await gate.offer(others.slice(0, 2));
  expect(await gate.gate.parked()).toBe(3);
  const order = [];
  for (let n = 0; n < 3; n++) order.push(...(await gate.end('delivered')));
  expect(order.map(({ deliveryId }) => deliveryId)).toEqual(others.slice(0, 3).map(({ deliveryId }) => deliveryId));
});

describe('what many endpoints would do at one moment', () => {
  const many = Array.from({ length: 200 }, anEndpoint);

  test('first attempts begin one after another, once a tenant has some in flight', async () => {
    const startSpreadMs = 600;
    const gate = aGate({ startSpreadMs, crowd: 10, tenantShare: 1 });
    const tenantId = aTenant();
    const endpoints = many.filter((id) => startFromMs(0, spreadOf(id), { startSpreadMs }) > 0); // the others need not wait
    const offered = endpoints.flatMap((endpointId) => offers(1, { tenantId, endpointId }));
    const beganAtMs = Date.now();
    expect(await gate.offer(offered)).toHaveLength(10);
    await eventually(async () => {
      await gate.offer();
      return gate.admitted.length === endpoints.length;
    });
    for (const { endpointId, atMs } of gate.admitted.slice(10)) {
      expect(atMs).toBeGreaterThanOrEqual(startFromMs(beganAtMs, spreadOf(endpointId), { startSpreadMs }) - 1);
    }
  });

  test('an endpoint that has answered does not wait, nor the first one of another tenant', async () => {
    const gate = aGate({ startSpreadMs: 60_000, crowd: 1, tenantShare: 1 });
    const [tenantId, known] = [aTenant(), anEndpoint()];
    await gate.offer(offers(20, { tenantId, endpointId: known, limits: { maxInFlight: 5 } }));
    await gate.end('delivered', { count: 5 });
    await gate.offer(many.flatMap((endpointId) => offers(1, { tenantId, endpointId })));
    expect(gate.inFlightAt(known)).toBeGreaterThan(1);
    expect(await gate.offer(offers(1, { endpointId: anEndpoint() }))).toHaveLength(1);
  });

  test('probes of breakers that opened together', async () => {
    const gate = aGate({ pauseMs: 10_000, tenantShare: 1, slowShare: 0.5 });
    const tenantId = aTenant();
    const endpoints = many.slice(0, 40);
    await gate.offer(endpoints.flatMap((endpointId) => offers(6, { tenantId, endpointId, limits: { maxInFlight: 1 } })));
    for (const _ of [1, 2, 3, 4, 5]) for (const of of endpoints) await gate.end('failed', { of });
    const health = await gate.health.of(endpoints);
    const until = [...health.values()].map(({ pausedUntil }) => pausedUntil?.getTime() ?? Number.NaN);
    expect(Math.max(...until) - Math.min(...until)).toBeGreaterThan(1000);
  });
});

describe('an attempt in flight', () => {
  test('is admitted again when its lease runs out, not while its worker reports it', async () => {
    const gate = aGate({ leaseMs: 1000 });
    const endpointId = anEndpoint();
    const tenantId = aTenant();
    const kept = await gate.offer(offers(1, { tenantId, endpointId, limits: { maxInFlight: 1 } }));
    const other = anEndpoint();
    const lost = (await gate.gate.step({ offers: offers(2, { tenantId, endpointId: other, limits: { maxInFlight: 1 } }) }))
      .admitted;
    expect(lost).toHaveLength(1);
    const next = await gate.next();
    expect(next.map(({ endpointId: at }) => at)).toEqual([other]);
    expect(kept).toHaveLength(1);
    expect((await gate.healthOf(endpointId)).inFlight).toBe(1);
  });

  test('waits again when its lease runs out, ahead of what was offered later; no one has to offer it', async () => {
    const gate = aGate({ leaseMs: 300 });
    const [tenantId, endpointId] = [aTenant(), anEndpoint()];
    const limits = { maxInFlight: 1 };
    const worker = { id: 'worker', slots: 100 };
    const offered = offers(2, { tenantId, endpointId, limits });
    const [lost] = (await gate.gate.step({ worker, offers: offered })).admitted;
    expect(lost?.deliveryId).toBe(offered[0]?.deliveryId);
    const [again] = await gate.next();
    expect(again?.deliveryId).toBe(lost?.deliveryId);
    expect(await gate.healthOf(endpointId)).toMatchObject({ inFlight: 1, parked: 1 });
  });

  test('keeps its lease while no worker reports, and until all have had time to report', async () => {
    const gate = aGate({ leaseMs: 100, workerMs: 100, coldMs: 1000 });
    const [endpointId, worker] = [anEndpoint(), { id: 'worker', slots: 100 }];
    const offered = offers(3, { endpointId, limits: { maxInFlight: 1 } });
    await gate.gate.step({ worker, offers: offered });
    const admitted = await eventually(async () => (await gate.gate.step({ worker })).admitted[0]);
    const { nowMs } = await gate.gate.step({});
    await eventually(async () => (await gate.gate.step({})).nowMs > nowMs + 300);
    expect(await gate.healthOf(endpointId)).toMatchObject({ inFlight: 1, parked: 2 });
    await gate.gate.step({ worker }); // the first that is heard of again is another one
    expect(await gate.healthOf(endpointId)).toMatchObject({ inFlight: 1, parked: 2 });
    await gate.gate.step({ worker, inFlight: [admitted] });
    expect(await gate.healthOf(endpointId)).toMatchObject({ inFlight: 1, parked: 2 });
  });

  test('is not parked again, and nothing is parked twice', async () => {
    const gate = aGate();
    const endpointId = anEndpoint();
    const three = offers(3, { endpointId, limits: { maxInFlight: 1 } });
    expect(await gate.offer([...three, ...three])).toHaveLength(1);
    expect(await gate.offer(three)).toEqual([]);
    expect(await gate.gate.parked()).toBe(2);
    const waiting = three.map(({ deliveryId: id }) => ({ id, endpointId, attempts: 0 }));
    expect([...(await gate.health.waitingAmong(waiting))]).toEqual(waiting.slice(1));
    const order = [];
    for (const _ of three) order.push(...(await gate.end('delivered')));
    expect(order.map(({ deliveryId }) => deliveryId)).toEqual(three.slice(1).map(({ deliveryId }) => deliveryId));
    expect(await gate.gate.parked()).toBe(0);
  });

  test('is reported again after a flush before anything is admitted', async () => {
    const gate = aGate({ coldMs: 1000 });
    const endpointId = anEndpoint();
    const limits = { maxInFlight: 2 };
    const offered = offers(4, { endpointId, limits });
    expect(await gate.offer(offered)).toEqual([]); // a gate that just began is as empty as one that was flushed
    expect(await gate.next()).toHaveLength(2);
    await gate.flush();
    expect(await gate.offer(offered.slice(2))).toEqual([]);
    const other = offers(1, { endpointId: anEndpoint() });
    await gate.offer(other);
    expect((await gate.next()).map(({ deliveryId }) => deliveryId)).toEqual([other[0]?.deliveryId]);
    expect(await gate.healthOf(endpointId)).toMatchObject({ inFlight: 2, parked: 2 });
  });

  test('is not parked when it was offered after a flush, before its worker reported it', async () => {
    const gate = aGate({ coldMs: 200 });
    const endpointId = anEndpoint();
    const offered = offers(2, { endpointId, limits: { maxInFlight: 1 } });
    await gate.offer(offered);
    await gate.next();
    await gate.flush();
    await gate.gate.step({ offers: offered });
    expect(await gate.healthOf(endpointId)).toMatchObject({ inFlight: 0, parked: 2 });
    await gate.offer();
    expect(await gate.healthOf(endpointId)).toMatchObject({ inFlight: 1, parked: 1 });
    expect(await gate.gate.parked()).toBe(1);
    expect((await gate.end('delivered')).length + (await gate.next()).length).toBe(1);
    expect(gate.admitted.map(({ deliveryId }) => deliveryId)).toEqual(offered.map(({ deliveryId }) => deliveryId));
  });

  test('is in one lane only, though its lease ran out and it was admitted again in the other', async () => {
    const gate = aGate({ leaseMs: 50 }, 20);
    const [tenantId, endpointId] = [aTenant(), anEndpoint()];
    const [first, ...others] = offers(3, { tenantId, endpointId, limits: { maxInFlight: 1 } });
    if (!first) throw new Error('three are offered');
    const worker = { id: 'worker', slots: 20 };
    const [stalled] = (await gate.gate.step({ worker, offers: [first] })).admitted;
    if (!stalled) throw new Error('the first is admitted');
    const failed = { signal: { kind: 'failed', pauseMs: 0 }, limits: undefined } as const;
    const endings = others.map((other) => ({ admitted: { ...stalled, ...other }, ...failed }));
    await gate.gate.step({ endings }); // two failures: the endpoint moves to the slow lane
    const again = await eventually(async () => (await gate.gate.step({ worker, offers: [first] })).admitted[0]);
    expect([stalled.lane, again.lane]).toEqual(['fast', 'slow']);

    await gate.gate.step({ inFlight: [stalled] });
    await gate.gate.step({ worker, inFlight: [again] });
    await gate.gate.step({ endings: [{ admitted: stalled, ...failed, signal: { kind: 'none', pauseMs: 0 } }] });
    expect(await gate.healthOf(endpointId)).toMatchObject({ inFlight: 1 }); // the stalled worker ends nothing of the other's
    await gate.gate.step({ endings: [{ admitted: again, ...failed, signal: { kind: 'none', pauseMs: 0 } }] });
    expect(await gate.healthOf(endpointId)).toMatchObject({ inFlight: 0 });
    expect(await gate.keys('w:*')).toEqual([]);
  });
});

test('endpoints that are offered together are admitted in the order of the offers', async () => {
  const gate = aGate({ firstShare: 1, tenantShare: 1 }, 100);
  const tenantId = aTenant();
  const endpoints = Array.from({ length: 30 }, anEndpoint);
  const offered = endpoints.toReversed().flatMap((endpointId) => offers(1, { tenantId, endpointId }));
  const admitted = await gate.offer(offered);
  expect(admitted.map(({ endpointId }) => endpointId)).toEqual(endpoints.toReversed());
});
