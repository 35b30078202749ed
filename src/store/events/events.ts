import { lowestUuidAt, toUuid } from '../../domain/id.ts';
import type { EventFilter, EventRecord, EventStore } from '../../ports/events.ts';
import type { Database } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { idsBefore, toPage } from '../pages.ts';
import { acceptEvents } from './accept-events.ts';
import { createIngestTransaction, readInstallations } from './ingest-transaction.ts';
import { type StoredEventRow, storedEvent } from './stored-event.ts';

const TIMEOUT_MS = 15_000;
const BEGIN_WAIT_MS = 5_000;

export function createEventStore(db: Database): EventStore {
  const select = Prisma.sql`
    SELECT id, id AS event_id, tenant_id, template_id, derived_from, facts, known_device, accepted_at FROM events`;

  return {
    accept: (reservation, planned) => acceptEvents(db, reservation, planned),

    installations: (passes) => readInstallations(db, passes),

    inTransaction(work) {
      const limits = { maxWait: BEGIN_WAIT_MS, timeout: TIMEOUT_MS };
      return db.$transaction((tx) => work(createIngestTransaction(tx)), limits);
    },

    async find(tenantId, id) {
      const [row] = await db.$queryRaw<EventRow[]>`
        ${select} WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid`;
      return row && eventRecord(row);
    },

    async list(tenantId, filter, page) {
      const rows = await db.$queryRaw<EventRow[]>`
        ${select} WHERE tenant_id = ${toUuid(tenantId)}::uuid AND ${conditions(filter)} AND ${idsBefore(page)}
        ORDER BY id DESC LIMIT ${page.limit + 1}`;
      return toPage(rows, page, eventRecord);
    },
  };
}

function conditions({ type, passId, templateId, producerId, after, before }: EventFilter): Prisma.Sql {
  const all = [Prisma.sql`true`];
  if (type) all.push(Prisma.sql`type = ${type}`);
  if (passId !== undefined) all.push(Prisma.sql`pass_id = ${passId}`);
  if (templateId) all.push(Prisma.sql`template_id = ${toUuid(templateId)}::uuid`);
  if (producerId !== undefined) all.push(Prisma.sql`producer_id = ${producerId}`);
  if (after) all.push(Prisma.sql`id >= ${lowestUuidAt(after.getTime())}::uuid`);
  if (before) all.push(Prisma.sql`id < ${lowestUuidAt(before.getTime())}::uuid`);
  return Prisma.join(all, ' AND ');
}

interface EventRow extends StoredEventRow {
  readonly id: string;
  readonly accepted_at: Date;
}

function eventRecord(row: EventRow): EventRecord {
  return { ...storedEvent(row), acceptedAt: row.accepted_at };
}
