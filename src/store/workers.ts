import pTimeout from 'p-timeout';
import { Unavailable } from '../domain/errors.ts';
import { timeOfId, toId, toUuid, type WorkerId } from '../domain/id.ts';
import type { Beat, ReleasedClaims, WorkerList, WorkerRegistry, WorkerState } from '../ports/workers.ts';
import type { Database, Statements } from './database.ts';
import { LEASE_MS } from './deliveries/claim.ts';
import { DUE_COLUMNS, type DueRow, dueDelivery } from './deliveries/due-row.ts';
import { Prisma } from './generated/client.ts';
import type { StatementPool } from './pool.ts';

/** Longer than an event loop may be blocked (5 s), with a beat before and after it. */
const DEAD_AFTER_MS = 8_000;
/** Beats come every second; after a longer silence of all workers the database may have been unavailable. */
const GAP_MS = 3_000;
/** A beat that takes longer is given up, and the next one takes another connection. */
const BEAT_TIMEOUT_MS = 3_000;

const ms = (milliseconds: number): Prisma.Sql => Prisma.sql`${milliseconds} * interval '1 ms'`;

/** @param beats connections for beats alone: a full pool must not make a worker look dead */
export function createWorkerRegistry(
  db: Database,
  beats: Pick<StatementPool, 'query'>,
  workerId: WorkerId,
  version: string,
): WorkerRegistry {
  const id = toUuid(workerId);
  return {
    beat: (state) => inTime(beat(beats, id, version, state)),
    releaseDead: () => db.$transaction((tx) => releaseDead(tx, id)),
    leave: () => inTime(leave(beats, id)),
  };
}

export function createWorkerList(db: Statements): WorkerList {
  return {
    async list() {
      const rows = await db.$queryRaw<WorkerRow[]>`
        SELECT id, extract(epoch FROM now() - beat_at)::float8 * 1000 AS beat_ago_ms, version, slots, in_flight,
          id = (SELECT w.id FROM workers w WHERE w.beat_at > now() - ${ms(GAP_MS)} AND NOT w.draining ORDER BY w.id LIMIT 1) AS leads
        FROM workers ORDER BY id`;
      return rows.map(({ id, beat_ago_ms, version, slots, in_flight, leads }) => ({
        id: toId('worker', id),
        startedAt: new Date(timeOfId(toId('worker', id))),
        beatAgoMs: beat_ago_ms,
        version: version ?? undefined,
        slots: slots ?? undefined,
        inFlight: in_flight ?? undefined,
        leads: leads === true,
      }));
    },
  };
}

interface WorkerRow {
  readonly id: string;
  readonly beat_ago_ms: number;
  readonly version: string | null;
  readonly slots: number | null;
  readonly in_flight: number | null;
  readonly leads: boolean | null;
}

function inTime<T>(answer: Promise<T>): Promise<T> {
  return pTimeout(answer, { milliseconds: BEAT_TIMEOUT_MS, message: new Unavailable('Postgres') });
}

/**
 * Renews the worker's row. `answered_since` carries over from any beat that is not older than the gap, so it outlives each
 * single worker, and begins anew when all beats failed. Of the workers that beat and may lead, the one that started first leads.
 * `draining` is the column's name of before there were other reasons not to lead.
 */
async function beat(
  beats: Pick<StatementPool, 'query'>,
  id: string,
  version: string,
  { mayLead, slots, inFlight }: WorkerState,
): Promise<Beat> {
  const [row] = await beats.query<{ leads: boolean; some_died: boolean }>(Prisma.sql`
    WITH others AS (
      SELECT id, beat_at, answered_since, beat_at > now() - ${ms(GAP_MS)} AS beats, draining FROM workers WHERE id <> ${id}::uuid
    ), own AS (
      INSERT INTO workers AS w (id, beat_at, answered_since, draining, version, slots, in_flight)
      VALUES (${id}::uuid, now(), coalesce((SELECT min(answered_since) FROM others WHERE beats), now()), ${!mayLead},
        ${version}, ${slots}::int, ${inFlight}::int)
      ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at, draining = excluded.draining, version = excluded.version,
        slots = excluded.slots, in_flight = excluded.in_flight, answered_since = CASE
        WHEN w.beat_at > now() - ${ms(GAP_MS)} THEN least(w.answered_since, excluded.answered_since)
        ELSE excluded.answered_since END
      RETURNING answered_since
    )
    SELECT ${mayLead} AND NOT EXISTS (SELECT FROM others WHERE beats AND NOT draining AND id < ${id}::uuid) AS leads,
      EXISTS (SELECT FROM others, own WHERE beat_at < now() - ${ms(DEAD_AFTER_MS)} AND ${answeredAllAlong(Prisma.sql`own`)}) AS some_died
    FROM own`);
  return { leads: row?.leads ?? false, someDied: row?.some_died ?? false };
}

/** deliveries_due_at_id_idx: claims are due when their leases run out. */
async function leave(beats: Pick<StatementPool, 'query'>, id: string): Promise<void> {
  await beats.query(Prisma.sql`
    DELETE FROM workers WHERE id = ${id}::uuid AND NOT EXISTS (
      SELECT FROM deliveries
      WHERE due_at > now() AND due_at <= now() + ${ms(LEASE_MS)} AND state = 'delivering' AND worker_id = ${id}::uuid)`);
}

/** A server that restarted has not answered since before its start. */
function answeredAllAlong(worker: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`greatest(${worker}.answered_since, pg_postmaster_start_time()) < now() - ${ms(DEAD_AFTER_MS)}`;
}

/** Rows locked by another worker that releases them are skipped. */
async function releaseDead(tx: Statements, id: string): Promise<ReleasedClaims> {
  const dead = await tx.$queryRaw<{ id: string; beat_at: Date }[]>`
    DELETE FROM workers WHERE id IN (
      SELECT w.id FROM workers w, workers own
      WHERE own.id = ${id}::uuid AND own.beat_at > now() - ${ms(GAP_MS)} AND ${answeredAllAlong(Prisma.sql`own`)}
        AND w.beat_at < now() - ${ms(DEAD_AFTER_MS)}
      ORDER BY w.id FOR UPDATE OF w SKIP LOCKED)
    RETURNING id, beat_at`;
  if (dead.length === 0) return { workers: [], due: [] };
  // deliveries_due_at_id_idx: claims are due when their leases run out. Locked rows are skipped: their result is being written.
  const due = await tx.$queryRaw<DueRow[]>`
    UPDATE deliveries SET due_at = now(), worker_id = NULL
    WHERE state = 'delivering' AND id IN (
      SELECT d.id FROM deliveries d
      JOIN unnest(${dead.map((worker) => worker.id)}::uuid[], ${dead.map((worker) => worker.beat_at)}::timestamptz[]) AS w (id, beat_at)
        ON d.worker_id = w.id AND d.due_at <= w.beat_at + ${ms(DEAD_AFTER_MS + LEASE_MS)}
      WHERE d.due_at > now() AND d.due_at <= now() + ${ms(LEASE_MS)} AND d.state = 'delivering'
      ORDER BY d.id FOR UPDATE OF d SKIP LOCKED)
    RETURNING ${DUE_COLUMNS}`;
  return { workers: dead.map((worker) => toId('worker', worker.id)), due: due.map(dueDelivery) };
}
