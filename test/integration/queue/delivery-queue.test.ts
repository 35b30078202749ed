import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Unavailable } from '../../../src/domain/errors.ts';
import { newId } from '../../../src/domain/id.ts';
import type { Log } from '../../../src/ports/process.ts';
import type { DueDelivery } from '../../../src/ports/queue.ts';
import { QueueConsumer } from '../../../src/queue/delivery-consumer.ts';
import { GatedQueue } from '../../../src/queue/delivery-queue.ts';
import { QUEUE_NAME } from '../../../src/queue/jobs.ts';
import { slowdown } from '../../support/busy-machine.ts';
import { eventually } from '../../support/poll.ts';
import { usePrivateServers } from '../../support/servers.ts';

const servers = usePrivateServers();
const MINUTE = 60_000;
/** How long a call may take while Redis is unavailable or frozen. */
const SOON_MS = 6000;

const silent = { info() {}, warn() {}, error() {} };
let prefix: string;
let queue: GatedQueue;
let closing: (() => Promise<unknown>)[] = [];

function openQueue(): GatedQueue {
  const opened = new GatedQueue({ url: servers().redis.url, prefix }, silent);
  closing.push(() => opened.close());
  return opened;
}

/** Takes due deliveries and records them. */
function consume(handle: (id: string, attempt: number) => Promise<void> = async () => {}, log: Log = silent) {
  const taken: string[] = [];
  const options = { url: servers().redis.url, prefix, concurrency: 10, workerId: newId('worker', Date.now()) };
  const consumer = new QueueConsumer(options, queue, log, async ({ deliveryId: id, attempt }) => {
    taken.push(`${id}-${attempt}`);
    await handle(id, attempt);
    return { signal: { kind: 'delivered', pauseMs: 0 }, limits: undefined };
  });
  closing.push(() => consumer.close());
  return { taken, consumer };
}

function due(more: Partial<DueDelivery> = {}): DueDelivery {
  const nowMs = Date.now();
  const ids = {
    deliveryId: newId('delivery', nowMs),
    tenantId: newId('tenant', nowMs),
    endpointId: newId('endpoint', nowMs),
  };
  return { ...ids, attempt: 1, delayMs: 0, ...more };
}

const nameOf = ({ deliveryId: id, attempt }: DueDelivery): string => `${id}-${attempt}`;

/** Opens BullMQ's queue beside ours. */
async function looking<T>(look: (jobs: Queue) => Promise<T>): Promise<T> {
  const connection = new Redis(servers().redis.url, { maxRetriesPerRequest: null });
  const jobs = new Queue(QUEUE_NAME, { connection, prefix });
  try {
    return await look(jobs);
  } finally {
    await jobs.close();
    connection.disconnect();
  }
}
const counts = () => looking((jobs) => jobs.getJobCounts('waiting', 'delayed', 'failed', 'completed', 'active'));

beforeEach(() => {
  prefix = `test-${randomUUID()}`;
  queue = openQueue();
});
afterEach(async () => {
  servers().redis.thaw();
  await servers().redis.start();
  for (const close of closing.reverse()) await close();
  closing = [];
});

describe('a delivery that is offered', () => {
  test('arrives at a consumer, started before or after it, and leaves nothing behind', async () => {
    const before = due();
    queue.offer([before]);
    const { taken } = consume();
    const after = due({ attempt: 3 });
    await eventually(() => taken.includes(nameOf(before)));
    queue.offer([after]);
    await eventually(() => taken.includes(nameOf(after)));
    await eventually(async () => Object.values(await counts()).every((count) => count === 0));
    expect(taken).toHaveLength(2);
  });

  test('arrives, offered alone or among thousands', async () => {
    const { taken } = consume();
    const many = Array.from({ length: 3000 }, () => due());
    const single = Array.from({ length: 200 }, () => due());
    queue.offer(many);
    for (const one of single) {
      queue.offer([one]);
      await Promise.resolve();
    }
    await eventually(() => taken.length >= many.length + single.length);
    expect(new Set(taken)).toEqual(new Set([...many, ...single].map(nameOf)));
  });

  test('with a delay arrives when that is over', async () => {
    const { taken } = consume();
    const later = due({ delayMs: 400 });
    const offeredAtMs = Date.now();
    queue.offer([later]);
    await eventually(() => taken.includes(nameOf(later)));
    expect(Date.now() - offeredAtMs).toBeGreaterThanOrEqual(400);
  });

  test('twice for one attempt counts once; the next attempt is another', async () => {
    const one = due();
    await queue.offerAndWait([one, one]);
    queue.offer([one]);
    await queue.offerAndWait([{ ...one, attempt: 2 }]);
    expect(await queue.waiting()).toBe(2);
  });

  test('offered again while an alarm is set, it is due at once and the alarm has no effect', async () => {
    const one = due({ delayMs: 5 * MINUTE });
    queue.offer([one]);
    await eventually(async () => (await counts()).delayed === 1);
    const { taken } = consume();
    queue.offer([{ ...one, delayMs: 0 }]);
    await eventually(() => taken.length > 0);
    expect(taken).toEqual([nameOf(one)]);
  });

  test('for later than in ten minutes is not in Redis', async () => {
    queue.offer([due({ delayMs: 10 * MINUTE }), due({ delayMs: 10 * MINUTE + 1 }), due({ delayMs: 24 * 60 * MINUTE })]);
    await eventually(async () => (await counts()).delayed === 1);
    expect(await queue.waiting()).toBe(0);
  });

  test('just before closing reaches Redis', async () => {
    const last = openQueue();
    last.offer([due()]);
    await last.close();
    expect(await queue.waiting()).toBe(1);
  });
});

test('the remains of a failed job do not swallow the next one of the same attempt', async () => {
  const one = due();
  const failing = consume(async () => {
    throw new Error('no');
  });
  await queue.offerAndWait([one]);
  await eventually(() => failing.taken.length === 1);
  await failing.consumer.close();
  await queue.sweepDeadJobs();
  await queue.offerAndWait([one]);
  expect(await queue.waiting()).toBe(1);
});

describe('jobs of another version', () => {
  test('of 0.1 are delivered; one that cannot be read is dropped with a log entry, and its delivery can be offered again', async () => {
    const [delivered, rung, lost] = [due(), due({ attempt: 2 }), due()];
    const { delayMs: _, ...ids } = lost;
    await looking(async (jobs) => {
      await jobs.add('deliver', { kind: 'deliver-later', ...ids, notBeforeMs: 0 });
      await jobs.add('deliver', { kind: 'deliver', lane: 'fast', ...delivered, notBeforeMs: 0 });
      await jobs.add('alarm', { kind: 'alarm', ...rung, delayMs: 40, limits: { maxInFlight: 3 } }, { delay: 40 });
    });
    const errors: object[] = [];
    const { taken } = consume(undefined, { ...silent, error: (fields: object) => errors.push(fields) });
    await eventually(() => taken.includes(nameOf(delivered)) && taken.includes(nameOf(rung)) && errors.length > 0);
    await eventually(async () => Object.values(await counts()).every((count) => count === 0));
    expect(errors).toEqual([{ jobId: expect.any(String), reason: expect.stringContaining('kind') }]);
    expect(taken).not.toContain(nameOf(lost));
    queue.offer([lost]); // as `recover` does
    await eventually(() => taken.includes(nameOf(lost)));
  });
});

async function expectUnavailableSoon(): Promise<void> {
  const beganAtMs = Date.now();
  await Promise.all(
    [queue.offerAndWait([due()]), queue.waiting(), queue.sweepDeadJobs(), queue.ping()].map((call) =>
      expect(call).rejects.toThrow(Unavailable),
    ),
  );
  expect(Date.now() - beganAtMs).toBeLessThan(SOON_MS * slowdown());
}

/** Offers more than the queue holds in memory, and measures the processor time that this costs the caller. */
function expectOfferNotToBlock(): void {
  const many = Array.from({ length: 300 }, () => due());
  const before = process.cpuUsage();
  for (let n = 0; n < 100; n++) queue.offer(many);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(500);
}

async function expectToWorkAgain(): Promise<void> {
  const { taken } = consume();
  await eventually(() => queue.ping().then(() => true));
  await eventually(() => queue.waiting().then(() => true));
  const [waited, offered] = [due(), due()];
  await eventually(() => queue.offerAndWait([waited]).then(() => true));
  // offers made meanwhile are tried first, a batch at a time
  await eventually(
    () => {
      queue.offer([offered]);
      return taken.includes(nameOf(waited)) && taken.includes(nameOf(offered));
    },
    { everyMs: 200 },
  );
}

describe('while Redis is', () => {
  test('unavailable from the start, calls fail soon, offers neither throw nor block, and it works when Redis comes', async () => {
    await servers().redis.kill();
    queue = openQueue();
    expectOfferNotToBlock();
    await expectUnavailableSoon();
    await servers().redis.start();
    await expectToWorkAgain();
  });

  test('killed and restarted, the same', async () => {
    await queue.offerAndWait([due()]);
    await servers().redis.kill();
    expectOfferNotToBlock();
    await expectUnavailableSoon();
    await servers().redis.start();
    await expectToWorkAgain();
  });

  test('frozen, the same', async () => {
    await queue.offerAndWait([due()]);
    servers().redis.freeze();
    expectOfferNotToBlock();
    await expectUnavailableSoon();
    servers().redis.thaw();
    await expectToWorkAgain();
  });

  test('frozen from the start, the same', async () => {
    servers().redis.freeze();
    queue = openQueue();
    expectOfferNotToBlock();
    await expectUnavailableSoon();
    servers().redis.thaw();
    await expectToWorkAgain();
  });

  test('frozen, closing takes a few seconds and drops what it cannot send', async () => {
    await queue.offerAndWait([due()]);
    servers().redis.freeze();
    expectOfferNotToBlock();
    const beganAtMs = Date.now();
    await queue.close();
    expect(Date.now() - beganAtMs).toBeLessThan(2 * SOON_MS * slowdown());
  });
});

test('a delivery offered while the connection breaks and is made again arrives without another offer', async () => {
  const breaker = new Redis(servers().redis.url);
  closing.push(async () => breaker.disconnect());
  for (let round = 1; round <= 10; round++) {
    await queue.offerAndWait([due()]);
    await breaker.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    if (round % 2 === 0) await new Promise((resolve) => setImmediate(resolve)); // sees that it is broken, or does not yet
    queue.offer([due()]);
    await eventually(async () => (await queue.waiting()) === 2 * round);
  }
});

describe('a consumer', () => {
  test('continues by itself after Redis was killed or frozen', async () => {
    const { taken } = consume();
    for (const fault of ['kill', 'freeze'] as const) {
      const one = due();
      await queue.offerAndWait([one]);
      await eventually(() => taken.includes(nameOf(one)));
      if (fault === 'kill') await servers().redis.restart();
      else {
        servers().redis.freeze();
        await expect(queue.ping()).rejects.toThrow(Unavailable);
        servers().redis.thaw();
      }
      const next = due();
      await eventually(() => queue.offerAndWait([next]).then(() => true));
      await eventually(() => taken.includes(nameOf(next)));
    }
  });

  test('that is closed takes no more jobs and waits for its attempts in flight', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { taken, consumer } = consume(() => released);
    await queue.offerAndWait([due()]);
    await eventually(() => taken.length === 1);
    let isClosed = false;
    const closed = consumer.close().then(() => {
      isClosed = true;
    });
    await queue.ping();
    expect(isClosed).toBe(false);
    release();
    await closed;
    await queue.offerAndWait([due()]);
    expect(taken).toHaveLength(1);
    expect(await queue.waiting()).toBe(1);
  });

  test('that is closed while Redis is frozen ends when told not to wait', async () => {
    const { taken, consumer } = consume();
    await queue.offerAndWait([due()]);
    await eventually(() => taken.length === 1);
    servers().redis.freeze();
    const closed = consumer.close();
    consumer.abort();
    await closed;
  });
});
