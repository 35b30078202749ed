import { type TenantId, toUuid } from '../../domain/id.ts';
import type { UndeliveredReason } from '../../domain/undelivered.ts';
import type { EventFilter, EventRecord, EventStore } from '../../ports/events.ts';
import { allOf, equals, within } from '../conditions.ts';
import { type RemovalColumns, removalOf } from '../content-removal.ts';
import type { Database } from '../database.ts';
import { isOneOf, isTest } from '../deliveries/delivery-conditions.ts';
import { templatesOf } from '../deliveries/narrowed.ts';
import { Prisma } from '../generated/client.ts';
import { createTenantRows } from '../tenant-rows.ts';
import { acceptEvents } from './accept-events.ts';
import { createIngestTransaction, readInstallations } from './ingest-transaction.ts';
import { type StoredEventRow, storedEvent } from './stored-event.ts';

const TIMEOUT_MS = 15_000;
const BEGIN_TIMEOUT_MS = 5_000;

const select = Prisma.sql`
  SELECT id, id AS event_id, tenant_id, template_id, derived_from, type, pass_id, producer_id, facts, known_device, undelivered,
    accepted_at, removed_as, removed_at
  FROM events`;

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
    list: async (tenantId, filter, page) => rows.list(tenantId, await matching(db, tenantId, filter), page),
  };
}

async function matching(db: Database, tenantId: TenantId, filter: EventFilter): Promise<Prisma.Sql> {
  const { type, passId, template, producerId, userProvidedId, trackingId, test, withFacts, ...times } = filter;
  return allOf(
    withFacts && Prisma.sql`facts IS NOT NULL`,
    equals('type', type),
    equals('pass_id', passId),
    template && isOneOf('template_id', 'uuid', (await templatesOf(db, tenantId, template)).map(toUuid)),
    // events_producer_id_idx, events_user_provided_id_idx, events_tracking_id_idx
    equals('producer_id', producerId),
    equals('user_provided_id', userProvidedId),
    equals('tracking_id', trackingId),
    test === undefined ? undefined : isTest(test),
    within('accepted_at', times),
  );
}

interface EventRow extends Omit<StoredEventRow, 'facts'>, RemovalColumns {
  readonly id: string;
  readonly type: string;
  readonly pass_id: string;
  readonly producer_id: string | null;
  readonly facts: string | null;
  readonly undelivered: string | null;
  readonly accepted_at: Date;
}

function eventRecord(row: EventRow): EventRecord {
  const undelivered = (row.undelivered as UndeliveredReason | null) ?? undefined;
  const event = storedEvent({ ...row, facts: row.facts ?? remainsOf(row) });
  return { ...event, undelivered, acceptedAt: row.accepted_at, removed: removalOf(row) };
}

/** What the row says about facts that were removed. */
function remainsOf({ type, pass_id, producer_id, template_id, accepted_at }: EventRow): string {
  const occurredAt = accepted_at.toISOString();
  if (template_id === null) return JSON.stringify({ type, occurredAt, data: pass_id === '' ? {} : { passId: pass_id } });
  const id = producer_id ?? undefined;
  return JSON.stringify({ type, id, templateId: template_id, occurredAt, pass: { id: pass_id } });
}
