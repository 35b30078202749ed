import { withInstants } from '../../domain/filter-instants.ts';
import { newId, toId, toUuid } from '../../domain/id.ts';
import type { ReplayableState, ReplayState, SkipReason } from '../../domain/replay.ts';
import type { FoundAtEndpoint, Replay, ReplayItem, ReplaySelection, ReplayStore } from '../../ports/replays.ts';
import { allOf, equals } from '../conditions.ts';
import type { Database } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { idsBefore, toPage } from '../pages.ts';
import { plannedForValues } from '../plan-for-values.ts';
import { createTenantRows } from '../tenant-rows.ts';
import { replayable } from './replayable.ts';
import { sendFresh } from './send-fresh.ts';
import { pastEvents, sendPast } from './send-past.ts';
import { sendSame } from './send-same.ts';

const select = Prisma.sql`
  SELECT id, tenant_id, name, mode, filter, total, rate_per_second, state, sent, skipped, created_by, created_at, ended_at FROM replays`;

export interface ReplayRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly name: string;
  readonly mode: ReplaySelection['mode'];
  /** As JSON has it: instants are texts. */
  readonly filter: object;
  readonly total: number;
  readonly rate_per_second: number;
  readonly state: ReplayState;
  readonly sent: number;
  readonly skipped: number;
  readonly created_by: string;
  readonly created_at: Date;
  readonly ended_at: Date | null;
}

export function createReplayStore(db: Database): ReplayStore {
  const rows = createTenantRows(db, select, replayOf);
  return {
    async upper() {
      const [row] = await db.$queryRaw<{ now: Date }[]>`SELECT now()`;
      return newId('delivery', (row?.now ?? new Date()).getTime());
    },

    async count(tenantId, filter, upper) {
      const wanted = await replayable(db, tenantId, filter);
      const found = await plannedForValues(
        db,
        (tx) => tx.$queryRaw<FoundRow[]>`
        SELECT f.endpoint_id, e.url, f.state, f.count::int, f.left_out::int FROM (
          SELECT d.endpoint_id, d.state, count(*), count(*) FILTER (WHERE s.deleted_at IS NOT NULL) AS left_out
          FROM (SELECT endpoint_id, subscription_id, state FROM deliveries
                WHERE tenant_id = ${toUuid(tenantId)}::uuid AND ${wanted} AND id <= ${toUuid(upper)}::uuid) d
          JOIN subscriptions s ON s.id = d.subscription_id
          GROUP BY d.endpoint_id, d.state
        ) f JOIN endpoints e ON e.id = f.endpoint_id
        ORDER BY e.url, f.endpoint_id, f.state`,
      );
      return [...Map.groupBy(found, ({ endpoint_id }) => endpoint_id).values()].map(foundAtEndpoint);
    },

    pastEvents: (tenantId, filter, { after, upper }) =>
      pastEvents(db, tenantId, filter, {
        cursor: after ? toUuid(after) : null,
        upper: toUuid(upper),
        limit: Number.POSITIVE_INFINITY,
      }),

    async create(replay, upper) {
      const { id, tenantId, name, mode, filter, total, ratePerSecond, createdBy } = replay;
      const [row] = await db.$transaction(
        (tx) => tx.$queryRaw<ReplayRow[]>`
        INSERT INTO replays (id, tenant_id, name, mode, filter, upper_id, total, rate_per_second, created_by)
        VALUES (${toUuid(id)}::uuid, ${toUuid(tenantId)}::uuid, ${name}, ${mode}, ${JSON.stringify(filter)}::json, ${toUuid(upper)}::uuid,
          ${total}, ${ratePerSecond}, ${createdBy})
        RETURNING id, tenant_id, name, mode, filter, total, rate_per_second, state, sent, skipped, created_by, created_at, ended_at`,
      );
      if (!row) throw new Error('a replay was not stored');
      return replayOf(row);
    },

    find: (tenantId, id) => rows.find(tenantId, id),
    list: (tenantId, page) => rows.list(tenantId, Prisma.sql`true`, page),

    async outcome(tenantId, id) {
      // bounds by the ids of what was sent, so that the other partitions are not read
      const [row] = await db.$queryRaw<{ delivered: number; failed: number; gone: number }[]>`
        WITH sent AS MATERIALIZED (
          SELECT i.sent_id FROM replay_items i JOIN replays r ON r.id = i.replay_id
          WHERE i.replay_id = ${toUuid(id)}::uuid AND r.tenant_id = ${toUuid(tenantId)}::uuid AND i.sent_id IS NOT NULL
        ), bounds AS (
          SELECT (SELECT sent_id FROM sent ORDER BY sent_id LIMIT 1) AS low, (SELECT sent_id FROM sent ORDER BY sent_id DESC LIMIT 1) AS high
        )
        SELECT count(*) FILTER (WHERE d.state = 'succeeded')::int AS delivered,
          count(*) FILTER (WHERE d.state IN ('dead', 'cancelled'))::int AS failed,
          (SELECT count(*) FROM sent)::int - count(*)::int AS gone
        FROM bounds b JOIN deliveries d ON d.id >= b.low AND d.id <= b.high JOIN sent s ON s.sent_id = d.id`;
      return { delivered: row?.delivered ?? 0, failed: row?.failed ?? 0, pastRetention: row?.gone ?? 0 };
    },

    async items(tenantId, id, { skipped, state }, page) {
      const found = await db.$queryRaw<ItemRow[]>`
        SELECT i.delivery_id AS id, i.sent_id, i.reason, d.state, d.last_status, d.last_reason
        FROM (SELECT delivery_id AS id, delivery_id, sent_id, reason FROM replay_items
              WHERE replay_id = (SELECT id FROM replays WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid)) i
        LEFT JOIN deliveries d ON d.id = i.sent_id
        WHERE ${allOf(
          skipped === undefined ? undefined : skipped ? Prisma.sql`i.sent_id IS NULL` : Prisma.sql`i.sent_id IS NOT NULL`,
          equals('d.state', state),
        )}
          AND ${itemsBefore(page)}
        ORDER BY i.delivery_id DESC LIMIT ${page.limit + 1}`;
      return toPage(found, page, itemOf);
    },

    async countOpen(tenantId) {
      const [row] = await db.$queryRaw<{ count: number }[]>`
        SELECT count(*)::int AS count FROM replays WHERE tenant_id = ${toUuid(tenantId)}::uuid AND state IN ('running', 'paused')`;
      return row?.count ?? 0;
    },

    async setRate(tenantId, id, ratePerSecond) {
      const changed = await db.$transaction(
        (tx) => tx.$executeRaw`
        UPDATE replays SET rate_per_second = ${ratePerSecond}
        WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid AND state IN ('running', 'paused')`,
      );
      return changed > 0 ? rows.find(tenantId, id) : undefined;
    },

    async setState(tenantId, id, from, to) {
      const changed = await db.$transaction(
        (tx) => tx.$executeRaw`
        UPDATE replays SET state = ${to}, stepped_at = now(), ended_at = CASE WHEN ${to} IN ('cancelled', 'done') THEN now() END
        WHERE id = ${toUuid(id)}::uuid AND tenant_id = ${toUuid(tenantId)}::uuid AND state = ANY(${from})`,
      );
      return changed > 0 ? rows.find(tenantId, id) : undefined;
    },

    async running() {
      // replays_running_idx
      const running = await db.$queryRaw<ReplayRow[]>`${select} WHERE state = 'running' ORDER BY id LIMIT 100`;
      return running.map(replayOf);
    },

    sendSame: (replay, most) => sendSame(db, replay, most),
    sendFresh: (replay, most, decide) => sendFresh(db, replay, most, decide),
    sendPast: (replay, most, decide) => sendPast(db, replay, most, decide),
  };
}

interface FoundRow {
  readonly endpoint_id: string;
  readonly url: string;
  readonly state: ReplayableState;
  readonly count: number;
  readonly left_out: number;
}

function foundAtEndpoint(rows: readonly FoundRow[]): FoundAtEndpoint {
  return {
    endpointId: toId('endpoint', rows[0]?.endpoint_id ?? ''),
    url: rows[0]?.url ?? '',
    states: Object.fromEntries(rows.map(({ state, count }) => [state, count])),
    leftOut: rows.reduce((sum, { left_out }) => sum + left_out, 0),
  };
}

interface ItemRow {
  readonly id: string;
  readonly sent_id: string | null;
  readonly reason: string | null;
  readonly state: string | null;
  readonly last_status: number | null;
  readonly last_reason: string | null;
}

function itemOf({ id, sent_id, reason, state, last_status, last_reason }: ItemRow): ReplayItem {
  return {
    deliveryId: toId('delivery', id),
    sentId: sent_id === null ? undefined : toId('delivery', sent_id),
    reason: (reason as SkipReason | null) ?? undefined,
    state: state ?? undefined,
    lastStatus: last_status ?? undefined,
    lastReason: last_reason ?? undefined,
  };
}

function itemsBefore(page: Parameters<typeof idsBefore>[0]): Prisma.Sql {
  const condition = idsBefore(page);
  return page.cursor === undefined ? condition : Prisma.sql`i.${condition}`;
}

function replayOf(row: ReplayRow): Replay {
  // mode and filter were stored together
  const selection = { mode: row.mode, filter: withInstants(row.filter) } as ReplaySelection;
  return {
    ...selection,
    id: toId('replay', row.id),
    tenantId: toId('tenant', row.tenant_id),
    name: row.name,
    total: row.total,
    ratePerSecond: row.rate_per_second,
    state: row.state,
    sent: row.sent,
    skipped: row.skipped,
    createdBy: row.created_by,
    createdAt: row.created_at,
    endedAt: row.ended_at ?? undefined,
  };
}
