import { expect, test } from 'vitest';
import { Overloaded } from '../../../src/domain/errors.ts';
import { MAX_REQUEST_BYTES, type PostedEvent } from '../../../src/domain/event.ts';
import { newId, type TenantId } from '../../../src/domain/id.ts';
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

const [tenant, other, third] = [newId('tenant', 0), newId('tenant', 0), newId('tenant', 0)];

/** Fills a room with a request that is not answered before `leave`. */
function occupy(room: IngestRoom, tenantId: TenantId, request: ReturnType<typeof items>) {
  const { promise, resolve: leave } = Promise.withResolvers<void>();
  return { inside: room.within(tenantId, request, () => promise), leave };
}

const store = (room: IngestRoom, tenantId: TenantId, request: ReturnType<typeof items>) =>
  room.within(tenantId, request, async () => 'stored');

test('events of a tenant beyond half of the bound in number are refused until others have left', async () => {
  const room = new IngestRoom();
  const { inside, leave } = occupy(room, tenant, items(24_000, 1));
  await expect(store(room, tenant, items(1001, 1))).rejects.toThrow(Overloaded);
  expect(await store(room, tenant, items(1000, 1))).toBe('stored');
  leave();
  await inside;
  expect(await store(room, tenant, items(1001, 1))).toBe('stored');
});

test('so are events beyond half of the bound in bytes', async () => {
  const room = new IngestRoom();
  const { inside, leave } = occupy(room, tenant, items(200, 160_000));
  await expect(store(room, tenant, items(20, 160_000))).rejects.toThrow(Overloaded);
  leave();
  await inside;
  expect(await store(room, tenant, items(20, 160_000))).toBe('stored');
});

test('a tenant that takes all it can leaves half of the rest to each of the others', async () => {
  const room = new IngestRoom();
  const first = occupy(room, tenant, items(25_000, 1));
  await expect(store(room, other, items(12_501, 1))).rejects.toThrow(Overloaded);
  const second = occupy(room, other, items(12_500, 1));
  expect(await store(room, third, items(1000, 1))).toBe('stored');
  await expect(store(room, tenant, items(1, 1))).rejects.toThrow(Overloaded);
  first.leave();
  second.leave();
  await Promise.all([first.inside, second.inside]);
});

test('the largest request has room, and one that fails leaves too', async () => {
  const room = new IngestRoom();
  const large = items(1000, MAX_REQUEST_BYTES / 1000);
  for (let time = 0; time < 10; time++) {
    await expect(room.within(tenant, large, async () => Promise.reject(new Error('not stored')))).rejects.toThrow(
      'not stored',
    );
  }
  expect(await store(room, tenant, large)).toBe('stored');
});
