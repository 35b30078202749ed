import type { UndeliveredReason } from '../../domain/undelivered.ts';
import type { EventFilter, EventRecord, EventStore } from '../../ports/events.ts';
import { allOf, equals, equalsId, within } from '../conditions.ts';
import type { Database } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { createTenantRows } from '../tenant-rows.ts';
import { acceptEvents } from './accept-events.ts';
import { createIngestTransaction, readInstallations } from './ingest-transaction.ts';
import { type StoredEventRow, storedEvent } from './stored-event.ts';

const TIMEOUT_MS = 15_000;
const BEGIN_TIMEOUT_MS = 5_000;

const select = Prisma.sql`
  SELECT id, id AS event_id, tenant_id, template_id, derived_from, facts, known_device, undelivered, accepted_at FROM events`;

export function createEventStore(db: Database): EventStore {
  const rows = createTenantRows(db, select, eventRecord);
  return {
    accept: (reservation, planned) => acceptEvents(db.query, reservation, planned),

    installations: (passes) => readInstallations(db, passes),

    inTransaction(work) {
      const limits = { maxWait: BEGIN_TIMEOUT_MS, timeout: TIMEOUT_MS };
      return db.$transaction((tx) => work(createIngestTransaction(tx)), limits);
    },

    find: (tenantId, id) => rows.find(tenantId, id),
    list: (tenantId, filter, page) => rows.list(tenantId, matches(filter), page),
  };
}

function matches({ type, passId, templateId, producerId, ...times }: EventFilter): Prisma.Sql {
  return allOf(
    equals('type', type),
    equals('pass_id', passId),
    equalsId('template_id', templateId),
    equals('producer_id', producerId),
    within('accepted_at', times),
  );
}

interface EventRow extends StoredEventRow {
  readonly id: string;
  readonly undelivered: string | null;
  readonly accepted_at: Date;
}

function eventRecord(row: EventRow): EventRecord {
  const undelivered = (row.undelivered as UndeliveredReason | null) ?? undefined;
  return { ...storedEvent(row), undelivered, acceptedAt: row.accepted_at };
}
