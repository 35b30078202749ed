import { expect, test } from 'vitest';
import { newId, toUuid } from '../../../src/domain/id.ts';
import type { EventKey } from '../../../src/ports/events.ts';
import { acceptEvents } from '../../../src/store/events/accept-events.ts';
import type { Prisma } from '../../../src/store/generated/client.ts';
import type { RunStatement } from '../../../src/store/pool.ts';
import { useDatabase } from '../../support/database.ts';
import { givenTenant } from './samples.ts';

const db = useDatabase();
const NO_EVENTS = { events: [], deliveries: [] };

test('the owner of a taken key is known, also when its row expires and is deleted at that moment', async () => {
  const tenantId = await givenTenant(db());
  const keyOf = (): EventKey => ({
    tenantId,
    producerId: 'order-1',
    eventId: newId('event', Date.now()),
    bodyHash: Buffer.alloc(32, 1),
  });
  const [first, second] = [keyOf(), keyOf()];
  const reservation = (key: EventKey) => ({ configVersions: new Map(), keys: [key] });
  expect((await acceptEvents(db().query, reservation(first), NO_EVENTS)).taken.size).toBe(0);

  const expiring: RunStatement = async <Row>(statement: Prisma.Sql) => {
    const rows = await db().query<Row>(statement);
    await db().$executeRaw`DELETE FROM event_keys WHERE tenant_id = ${toUuid(tenantId)}::uuid`;
    return rows;
  };
  const { taken } = await acceptEvents(expiring, reservation(second), NO_EVENTS);
  expect([...taken]).toEqual([[second, { eventId: first.eventId, bodyHash: Buffer.from(first.bodyHash) }]]);
});
