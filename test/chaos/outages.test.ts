import { Redis } from 'ioredis';
import { afterEach, expect, test } from 'vitest';
import { eventually } from '../support/poll.ts';
import { type Scenario, startScenario, type Tally, tallyWhenEnded, useChaos } from './harness.ts';

const CONCURRENCY = 20;
const EVENTS = 400;
const chaos = useChaos({ WORKER_CONCURRENCY: String(CONCURRENCY), SHUTDOWN_TIMEOUT_MS: '10000' });
/** A receiver that takes this long is still within its timeout. */
const SLOW_MS = 12_000;
/** Everything must have ended this long after the last fault: the promise, less what a test may take. */
const RECOVERY_MS = 60_000;

afterEach(async () => {
  chaos().servers.redis.thaw();
  await Promise.all([chaos().servers.redis.start(), chaos().servers.postgres.start()]);
});

/** Sends the events, lets the fault happen in the middle, and waits for the end of everything. */
async function withFault(running: Scenario, fault: () => Promise<unknown>): Promise<Tally> {
  const sent = running.traffic.send(EVENTS);
  await running.traffic.reaches(EVENTS / 4);
  await fault();
  await sent;
  return tallyWhenEnded(chaos(), running, RECOVERY_MS);
}

/** @param maxDuplicates what was in flight at the fault and may come twice */
function expectAllDelivered(tally: Tally, maxDuplicates: number): void {
  expect(tally).toMatchObject({ accepted: EVENTS, states: { succeeded: EVENTS }, lost: 0, strangers: 0 });
  expect(tally.duplicates).toBeLessThanOrEqual(maxDuplicates);
}

test('Redis is flushed in mid-run', async () => {
  const running = await startScenario(chaos(), { receiverDelayMs: 200 });
  const tally = await withFault(running, async () => {
    const redis = new Redis(chaos().servers.redis.url);
    await redis.flushall();
    redis.disconnect();
  });
  expectAllDelivered(tally, 0);
});

test('Redis is killed in mid-run and comes back empty', async () => {
  const running = await startScenario(chaos(), { receiverDelayMs: 200 });
  const tally = await withFault(running, async () => {
    await chaos().servers.redis.kill();
    await running.traffic.reaches(EVENTS / 2); // accepting goes on without Redis
    await chaos().servers.redis.start();
  });
  expectAllDelivered(tally, 0);
  expect(running.traffic.repeats).toBe(0);
});

test('Redis is frozen for 5 s', async () => {
  const running = await startScenario(chaos(), { receiverDelayMs: 200 });
  const tally = await withFault(running, async () => {
    const thawAt = Date.now() + 5000;
    chaos().servers.redis.freeze();
    await running.traffic.reaches(EVENTS);
    expect(Date.now()).toBeLessThan(thawAt); // accepting does not wait for Redis
    await eventually(() => Date.now() >= thawAt);
    chaos().servers.redis.thaw();
  });
  expectAllDelivered(tally, 0);
  expect(running.traffic.repeats).toBe(0);
});

test('Redis is away when API and workers start, and comes later', async () => {
  await Promise.all([chaos().killAll(), chaos().servers.redis.kill()]);
  const running = await startScenario(chaos());
  const tally = await withFault(running, () => chaos().servers.redis.start());
  expectAllDelivered(tally, 0);
  expect(running.traffic.repeats).toBe(0);
});

test('Postgres is killed in mid-run and comes back', async () => {
  const running = await startScenario(chaos(), { receiverDelayMs: 200 });
  const tally = await withFault(running, async () => {
    await chaos().servers.postgres.kill();
    await eventually(() => running.traffic.repeats > 0);
    await chaos().servers.postgres.start();
  });
  expectAllDelivered(tally, 2 * CONCURRENCY);
});

test('the API is killed in mid-batch, and another one takes over', async () => {
  const running = await startScenario(chaos());
  const tally = await withFault(running, async () => {
    await chaos().api.kill();
    await eventually(() => running.traffic.repeats > 0);
    await chaos().start();
  });
  expectAllDelivered(tally, 0);
});

test('a worker is told to stop under load', async () => {
  const running = await startScenario(chaos(), { receiverDelayMs: 100 });
  const tally = await withFault(running, async () => {
    expect(await chaos().workers[0]?.stop()).toEqual({ code: 0, signal: null });
  });
  expectAllDelivered(tally, 0);
});

test('a worker that is told to stop hands back what does not end in time', async () => {
  const running = await startScenario(chaos());
  const others = chaos().workers;
  const slow = await chaos().startWorker({ SHUTDOWN_TIMEOUT_MS: '200' });
  await Promise.all(others.map((worker) => worker.stop()));
  chaos().receiver.answer(running.path, { delayMs: SLOW_MS });
  const sent = running.traffic.send(EVENTS);
  await chaos().receiver.waitFor(running.path, 2); // what a new endpoint gets at once
  chaos().receiver.answer(running.path, {});
  const stoppedAtMs = Date.now();
  expect((await slow.stop()).code).toBe(0);
  expect(Date.now() - stoppedAtMs, 'it does not wait for the receiver').toBeLessThan(SLOW_MS);
  await chaos().startWorker();
  await sent;
  const tally = await tallyWhenEnded(chaos(), running, RECOVERY_MS);
  expectAllDelivered(tally, CONCURRENCY);
  expect(tally.lastAtMs - stoppedAtMs, 'nothing waited for a lease of 40 s').toBeLessThan(30_000);
});

test('the workers are killed with deliveries in flight: their leases run out, and another worker takes them', async () => {
  const running = await startScenario(chaos(), { receiverDelayMs: 300 });
  let killedAtMs = 0;
  const tally = await withFault(running, async () => {
    await Promise.all(chaos().workers.map((worker) => worker.kill()));
    killedAtMs = Date.now();
    await chaos().startWorker();
  });
  expectAllDelivered(tally, CONCURRENCY);
  expect(tally.duplicates, 'something was in flight').toBeGreaterThan(0);
  expect(tally.lastAtMs - killedAtMs).toBeLessThan(RECOVERY_MS);
});
