import { expect, test } from 'vitest';
import { Overloaded } from '../../../src/domain/errors.ts';
import type { PostedEvent } from '../../../src/domain/event.ts';
import { IngestRoom } from '../../../src/pipeline/ingest-room.ts';

const EVENT: PostedEvent = {
  type: 'pass.updated',
  templateId: 't',
  occurredAt: '2026-03-01T12:00:00Z',
  pass: { id: 'p' },
};

function items(count: number, bytes: number) {
  return Array.from({ length: count }, () => ({ event: EVENT, text: 'x'.repeat(bytes) }));
}

/** Fills a room with requests that are not answered before `leave`. */
function occupy(room: IngestRoom, requests: readonly ReturnType<typeof items>[]) {
  const { promise, resolve: leave } = Promise.withResolvers<void>();
  const inside = requests.map((request) => room.within(request, () => promise));
  return { inside, leave };
}

test('events beyond the bound in number are refused until others have left', async () => {
  const room = new IngestRoom();
  const { inside, leave } = occupy(room, [items(49_000, 1)]);
  await expect(room.within(items(1001, 1), async () => 'stored')).rejects.toThrow(Overloaded);
  expect(await room.within(items(1000, 1), async () => 'stored')).toBe('stored');
  leave();
  await Promise.all(inside);
  expect(await room.within(items(1001, 1), async () => 'stored')).toBe('stored');
});

test('so are events beyond the bound in bytes', async () => {
  const room = new IngestRoom();
  const { inside, leave } = occupy(room, [items(400, 160_000)]);
  await expect(room.within(items(20, 160_000), async () => 'stored')).rejects.toThrow(Overloaded);
  leave();
  await Promise.all(inside);
  expect(await room.within(items(20, 160_000), async () => 'stored')).toBe('stored');
});

test('a request that is alone has room, and one that fails leaves too', async () => {
  const room = new IngestRoom();
  const large = items(20_000, 1000);
  await expect(room.within(large, async () => Promise.reject(new Error('not stored')))).rejects.toThrow('not stored');
  expect(await room.within(large, async () => 'stored')).toBe('stored');
});
