import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { EndpointSignal } from '../../../src/domain/endpoint-signal.ts';
import { type EndpointId, newId } from '../../../src/domain/id.ts';
import type { Limits } from '../../../src/domain/limits.ts';
import type { DueDelivery } from '../../../src/ports/queue.ts';
import { QueueConsumer } from '../../../src/queue/delivery-consumer.ts';
import { GatedQueue } from '../../../src/queue/delivery-queue.ts';
import { slowdown } from '../../support/busy-machine.ts';
import { eventually } from '../../support/poll.ts';
import { sharedServers } from '../../support/servers.ts';
import { anEndpoint, aTenant, offers } from './gate-under-test.ts';

// Two workers as two processes have them: each with connections, a queue and a consumer of its own.

const prefix = `test-${randomBytes(6).toString('hex')}`;
const silent = { info: () => {}, warn: () => {}, error: () => {} };
let redis: Redis;
const closers: (() => Promise<void>)[] = [];

beforeAll(() => {
  redis = new Redis(sharedServers().redisUrl);
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await flush();
});
afterAll(() => redis.disconnect());

/** FLUSHALL for these workers, and no others on the same Redis. */
async function flush(): Promise<void> {
  const keys = await redis.keys(`${prefix}*`);
  if (keys.length > 0) await redis.del(keys);
}

class TwoWorkers {
  /** When each attempt began. */
  readonly startsMs: number[] = [];
  readonly attempted = new Set<string>();
  mostAtOnce = 0;
  #atOnce = 0;
  readonly #queues: readonly GatedQueue[];

  constructor(limits: Limits, takesMs: number, signal: EndpointSignal = { kind: 'delivered', pauseMs: 0 }) {
    const options = { url: sharedServers().redisUrl, prefix, concurrency: 50 };
    this.#queues = [1, 2].map(() => {
      const queue = new GatedQueue(options, silent);
      const worker = { ...options, workerId: newId('worker', Date.now()) };
      const consumer = new QueueConsumer(worker, queue, silent, async ({ deliveryId }, rateSlot) => {
        await sleep(this.startsMs.length === 0 ? 400 : 0); // a slow start must not end in a burst
        await rateSlot();
        this.startsMs.push(Date.now());
        this.attempted.add(deliveryId);
        this.#atOnce += 1;
        this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
        await sleep(takesMs);
        this.#atOnce -= 1;
        return { signal, limits };
      });
      closers.push(
        () => queue.close(),
        () => consumer.close(),
      );
      return queue;
    });
  }

  offer(deliveries: readonly DueDelivery[]): void {
    const half = Math.ceil(deliveries.length / 2);
    this.#queues[0]?.offer(deliveries.slice(0, half));
    this.#queues[1]?.offer(deliveries.slice(half));
  }
}

function due(count: number, endpointId: EndpointId, limits: Limits): DueDelivery[] {
  return offers(count, { tenantId: aTenant(), endpointId, limits }).map((offer) => ({ ...offer, delayMs: 0 }));
}

describe('the rate over two workers', () => {
  test.each([10, 50])(
    '%i a second: no second holds over a tenth more, and the whole no tenth less',
    async (ratePerSecond) => {
      const limits = { ratePerSecond, maxInFlight: 50 };
      const workers = new TwoWorkers(limits, 20);
      const count = 4 * ratePerSecond;
      workers.offer(due(count, anEndpoint(), limits));
      await eventually(() => workers.startsMs.length === count);
      const starts = workers.startsMs.toSorted((a, b) => a - b);
      const inSecondFrom = (from: number) => starts.filter((at) => at >= from && at < from + 1000).length;
      expect(Math.max(...starts.map(inSecondFrom))).toBeLessThanOrEqual(Math.ceil(1.1 * ratePerSecond));
      const seconds = ((starts.at(-1) ?? 0) - (starts[0] ?? 0)) / 1000;
      expect((count - 1) / seconds).toBeGreaterThanOrEqual((0.9 * ratePerSecond) / slowdown());
    },
  );
});

describe('most in flight over two workers', () => {
  const limits = { maxInFlight: 3 };

  test('is reached and never exceeded', async () => {
    const workers = new TwoWorkers(limits, 10);
    workers.offer(due(200, anEndpoint(), limits));
    await eventually(() => workers.attempted.size === 200);
    expect(workers.mostAtOnce).toBe(3);
    expect(workers.startsMs).toHaveLength(200);
  });

  test('is not exceeded after a flush: the workers first report what they have in flight', async () => {
    const workers = new TwoWorkers(limits, 3500);
    const endpointId = anEndpoint();
    const deliveries = due(8, endpointId, limits);
    workers.offer(deliveries);
    await eventually(() => workers.mostAtOnce === 3 && workers.startsMs.length === 5);
    await flush();
    const left = deliveries.filter(({ deliveryId }) => !workers.attempted.has(deliveryId));
    workers.offer(left); // as `recover` does
    await eventually(() => workers.attempted.size === deliveries.length);
    expect(workers.mostAtOnce).toBe(3);
    expect(workers.startsMs).toHaveLength(deliveries.length);
  });
});

test('two workers share one endpoint share, which failures halve', async () => {
  const limits = { maxInFlight: 10 };
  const workers = new TwoWorkers(limits, 30, { kind: 'throttled', pauseMs: 50 });
  workers.offer(due(12, anEndpoint(), limits));
  await eventually(() => workers.attempted.size === 12);
  expect(workers.mostAtOnce).toBe(2);
});
