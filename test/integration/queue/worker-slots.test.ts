import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterEach, test } from 'vitest';
import { newId } from '../../../src/domain/id.ts';
import { QueueConsumer } from '../../../src/queue/delivery-consumer.ts';
import { GatedQueue } from '../../../src/queue/delivery-queue.ts';
import { eventually } from '../../support/poll.ts';
import { sharedServers } from '../../support/servers.ts';
import { anEndpoint, aTenant, offers } from './gate-under-test.ts';

const prefix = `test-${randomBytes(6).toString('hex')}`;
const silent = { info: () => {}, warn: () => {}, error: () => {} };
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A worker of 500 slots, and how many of them it offers to the gate. */
function startWorker(attempt: () => Promise<void>) {
  const redis = new Redis(sharedServers().redisUrl);
  const options = { url: sharedServers().redisUrl, prefix, concurrency: 500, workerId: newId('worker', Date.now()) };
  const queue = new GatedQueue(options, silent);
  const consumer = new QueueConsumer(options, queue, silent, async () => {
    await attempt();
    return { signal: { kind: 'delivered', pauseMs: 0 }, limits: undefined };
  });
  closers.push(
    async () => {
      const keys = await redis.keys(`${prefix}*`);
      if (keys.length > 0) await redis.del(keys);
      redis.disconnect();
    },
    () => queue.close(),
    () => consumer.close(),
  );
  const offered = async (): Promise<number> => {
    const [state = '0'] = Object.values(await redis.hgetall(`${prefix}:gate:workers`));
    return Number.parseInt(state, 10);
  };
  return { queue, offered };
}

function keepTheLoopBusy(): void {
  const burning = setInterval(() => {
    const untilMs = performance.now() + 48;
    while (performance.now() < untilMs);
  }, 50);
  closers.push(async () => clearInterval(burning));
}

test('a worker offers more slots while its event loop has room, and fewer while it is full', async () => {
  const { offered } = startWorker(async () => {});
  const most = await eventually(async () => (await offered()) > 200 && offered());
  keepTheLoopBusy();
  await eventually(async () => (await offered()) < most / 3);
});

test('attempts at a hanging receiver take no slots from others, however busy the event loop is', async () => {
  const answered = Promise.withResolvers<void>();
  const { queue, offered } = startWorker(() => answered.promise);
  keepTheLoopBusy();
  const hanging = 8;
  const tenantId = aTenant();
  for (let endpoint = 0; endpoint < hanging / 2; endpoint++) {
    const due = offers(2, { tenantId, endpointId: anEndpoint() });
    queue.offer(due.map((offer) => ({ ...offer, delayMs: 0 })));
  }
  await eventually(async () => (await offered()) === 64 + hanging);
  answered.resolve();
  await eventually(async () => (await offered()) === 64);
});
