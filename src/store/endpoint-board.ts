import type { SendOutcome } from '../domain/attempt.ts';
import { toId, toUuid } from '../domain/id.ts';
import type { BoardFacts, EndpointBoardStore, LastAttempt } from '../ports/endpoint-board.ts';
import { allOf, equalsId } from './conditions.ts';
import { type EndpointRecordRow, endpointRecord, selectEndpointRecords } from './configuration/endpoint-rows.ts';
import type { Database } from './database.ts';
import { Prisma } from './generated/client.ts';

/** Counting stops here. */
const COUNT_LIMIT = 10_000;
/** So many of a subscription's newest deliveries are looked at for one with an attempt. */
const NEWEST = 50;
/** And so many that wait: while sending is paused the newest have none. */
const WAITING_LONGEST = 20;

export function createEndpointBoardStore(db: Database): EndpointBoardStore {
  return {
    async list({ tenantId, host, limit }) {
      const where = allOf(
        equalsId('tenant_id', tenantId),
        host === undefined
          ? undefined
          : Prisma.sql`strpos(lower(split_part(split_part(url, '://', 2), '/', 1)), ${host}) > 0`,
        Prisma.sql`count > 0`,
      );
      const rows = await db.$queryRaw<(EndpointRecordRow & { readonly of_state: number })[]>`
        SELECT *, (count(*) OVER (PARTITION BY state))::int AS of_state FROM (${selectEndpointRecords} WHERE ${where}) board
        ORDER BY array_position(ARRAY['disabled', 'failing', 'active'], state), failing_since, id DESC LIMIT ${limit}`;
      const counts = { active: 0, failing: 0, disabled: 0 };
      for (const { state, of_state } of rows) counts[state] = of_state;
      return { endpoints: rows.map(endpointRecord), counts };
    },

    async facts(endpoints) {
      // deliveries_endpoint_id_due_at_id_idx, deliveries_held_idx, deliveries_subscription_id_id_idx, attempts_pkey
      const rows = await db.$queryRaw<FactsRow[]>`
        SELECT e.id, due.count AS due, held.count AS held,
          extract(epoch FROM now() - least(due.oldest, held.oldest))::float8 * 1000 AS oldest_ms,
          last.started_at, last.verdict, last.outcome, last.last_reason
        FROM unnest(${endpoints.map(toUuid)}::uuid[]) AS e (id)
        CROSS JOIN LATERAL (
          SELECT count(*)::int AS count, min(due_at) AS oldest FROM (
            SELECT due_at FROM deliveries
            WHERE endpoint_id = e.id AND due_at <= now() AND state <> 'delivering' ORDER BY due_at LIMIT ${COUNT_LIMIT}) d
        ) due
        CROSS JOIN LATERAL (
          SELECT count(*)::int AS count, min(created_at) AS oldest FROM (
            SELECT h.created_at FROM subscriptions s CROSS JOIN LATERAL (
              SELECT created_at FROM deliveries WHERE subscription_id = s.id AND state = 'held' ORDER BY id LIMIT ${COUNT_LIMIT}) h
            WHERE s.endpoint_id = e.id AND s.deleted_at IS NULL LIMIT ${COUNT_LIMIT}) d
        ) held
        LEFT JOIN LATERAL (
          SELECT a.started_at, a.verdict, a.outcome, d.last_reason FROM (
            SELECT n.* FROM subscriptions s CROSS JOIN LATERAL (
              SELECT id, attempts, last_reason FROM (
                SELECT id, attempts, last_reason FROM deliveries WHERE subscription_id = s.id ORDER BY id DESC LIMIT ${NEWEST}) r
              WHERE attempts > 0 LIMIT 1) n
            WHERE s.endpoint_id = e.id AND s.deleted_at IS NULL
            UNION ALL
            SELECT id, attempts, last_reason FROM (
              SELECT id, attempts, last_reason FROM deliveries
              WHERE endpoint_id = e.id AND due_at IS NOT NULL ORDER BY due_at LIMIT ${WAITING_LONGEST}) w
            WHERE attempts > 0
          ) d JOIN attempts a ON a.delivery_id = d.id AND a.number = d.attempts
          ORDER BY a.started_at DESC LIMIT 1
        ) last ON true`;
      return new Map(rows.map((row) => [toId('endpoint', row.id), factsOf(row)]));
    },
  };
}

interface FactsRow {
  readonly id: string;
  readonly due: number;
  readonly held: number;
  readonly oldest_ms: number | null;
  readonly started_at: Date | null;
  readonly verdict: LastAttempt['verdict'] | null;
  readonly outcome: SendOutcome | null;
  readonly last_reason: string | null;
}

function factsOf({ due, held, oldest_ms, started_at, verdict, outcome, last_reason }: FactsRow): BoardFacts {
  const lastAttempt = started_at &&
    verdict && { at: started_at, verdict, ...answerOf(outcome), reason: last_reason ?? undefined };
  return { due, held, oldestMs: oldest_ms ?? undefined, lastAttempt: lastAttempt ?? undefined };
}

function answerOf(outcome: SendOutcome | null): Pick<LastAttempt, 'status' | 'tookMs'> {
  return {
    status: outcome?.kind === 'response' ? outcome.status : undefined,
    tookMs: outcome?.timings?.totalMs,
  };
}
