import { failureOf } from '../../domain/attempt.ts';
import { toId, toUuid } from '../../domain/id.ts';
import { measuresOf } from '../../domain/statistics.ts';
import type { AttemptRecord } from '../../ports/claims.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import { type Database, inTransaction, type Statements } from '../database.ts';
import { writeEvents } from '../events/accept-events.ts';
import { Prisma } from '../generated/client.ts';
import { compareText, partitionSpan } from '../partition-span.ts';
import type { RunStatement } from '../pool.ts';
import { DELTA_WIDTH } from '../statistics/fold.ts';
import { endInOrder, passesOf } from './pass-orders.ts';

/**
 * Writes the results whose claim is still valid. The ends of ordered deliveries and results with operational events need a
 * transaction; all others are written in one statement.
 *
 * @returns the written records, and the deliveries that were blocked by one of them and are due now
 */
export async function settle(
  db: Database,
  records: readonly AttemptRecord[],
): Promise<{ readonly written: readonly AttemptRecord[]; readonly released: readonly DueDelivery[] }> {
  const ordered = records.filter(isOrderedEnd);
  const others = records.filter((record) => !isOrderedEnd(record));
  const hasEvents = others.some(({ operationalEvents }) => operationalEvents);
  const [inOrder, written] = await Promise.all([
    ordered.length > 0 ? endInOrder(db, passesOf(ordered), (tx) => settleWithEvents(tx, ordered)) : undefined,
    hasEvents ? db.$transaction((tx) => settleWithEvents(tx, others)) : settleAll(db.query, others),
  ]);
  return { written: [...(inOrder?.result ?? []), ...written], released: inOrder?.released ?? [] };
}

/** The end of an ordered delivery releases the next one of its pass. */
function isOrderedEnd({ claimed, next }: AttemptRecord): boolean {
  return claimed.ordered && next.state !== 'retrying';
}

async function settleWithEvents(tx: Statements, records: readonly AttemptRecord[]): Promise<AttemptRecord[]> {
  const written = await settleAll(inTransaction(tx), records);
  await writeEvents(tx, ...written.flatMap(({ operationalEvents }) => operationalEvents ?? []));
  return written;
}

/** Writes attempts, states and dead letters in one statement. Returns the records whose claim is still valid. */
async function settleAll(run: RunStatement, records: readonly AttemptRecord[]): Promise<AttemptRecord[]> {
  if (records.length === 0) return [];
  const sorted = records.toSorted((a, b) => compareText(a.claimed.id, b.claimed.id));
  const rows = sorted.map(attemptRow);
  const { from, to } = partitionSpan(sorted.map(({ claimed }) => claimed.id));
  const letters = sorted.some(({ deadLetterId }) => deadLetterId) ? WITH_DEAD_LETTERS : Prisma.empty;
  const written = await run<{ id: string; claim: number }>(Prisma.sql`
    WITH r AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r
        (id uuid, claim int, number int, started_at timestamptz, verdict text, outcome json, request json, body text,
         state text, delay_ms bigint, status int, failure text, reason text, letter_id uuid, letter json, measures smallint[])
    ), done AS (
      UPDATE deliveries d
      SET state = r.state, worker_id = NULL, planned_at = NULL, attempts = r.number, due_at = now() + r.delay_ms * interval '1 ms',
        body = coalesce(d.body, r.body), last_status = r.status, last_failure = r.failure, last_reason = r.reason,
        last_attempt_at = r.started_at,
        ended_at = CASE WHEN r.state <> 'retrying' THEN now() END,
        ended_reason = CASE WHEN r.state = 'dead' THEN r.reason END,
        ended_by = CASE WHEN r.state = 'dead' THEN 'system' END
      FROM r
      WHERE d.id = r.id AND d.id = ANY(${rows.map(({ id }) => id)}::uuid[]) AND d.id >= ${from}::uuid AND d.id < ${to}::uuid
        AND d.claim = r.claim AND coalesce(d.state, '') = 'delivering'
      RETURNING d.id, d.claim, d.tenant_id, d.subscription_id, d.endpoint_id, d.event_id, d.trigger, d.pass_id, d.message_id,
        d.body, d.test
    ), tried AS (
      INSERT INTO attempts (delivery_id, number, started_at, verdict, outcome, request)
      SELECT r.id, r.number, r.started_at, r.verdict, r.outcome, r.request FROM r JOIN done USING (id, claim)
    ), counted AS (
      INSERT INTO stat_deltas (tenant_id, subscription_id, endpoint_id, trigger, bucket, measures)
      SELECT d.tenant_id, d.subscription_id, d.endpoint_id, d.trigger,
        floor(extract(epoch FROM now()) / ${DELTA_WIDTH}::int)::int, r.measures
      FROM r JOIN done d USING (id, claim) WHERE NOT d.test
    )${letters}
    SELECT id, claim FROM done`);
  const validClaims = new Set(written.map(({ id, claim }) => `${toId('delivery', id)} ${claim}`));
  return records.filter(({ claimed }) => validClaims.has(`${claimed.id} ${claimed.claim}`));
}

/** Included only in batches with a dead letter: its join reads every partition of events, because replays can be of old ones. */
const WITH_DEAD_LETTERS = Prisma.sql`, letters AS (
      INSERT INTO dead_letters (id, tenant_id, delivery_id, subscription_id, endpoint_id, event_id, template_id,
        derived_from, trigger, pass_id, message_id, reason, facts, known_device, body, last_attempt, last_status, last_failure)
      SELECT r.letter_id, d.tenant_id, d.id, d.subscription_id, d.endpoint_id, d.event_id, e.template_id,
        e.derived_from, d.trigger, d.pass_id, d.message_id, r.reason, e.facts, e.known_device, d.body, r.letter,
        r.status, r.failure
      FROM r JOIN done d USING (id, claim) LEFT JOIN events e ON e.id = d.event_id
      WHERE r.letter_id IS NOT NULL
    )`;

function attemptRow({ claimed, attempt, next, builtBody, deadLetterId }: AttemptRecord): {
  readonly id: string;
  readonly [column: string]: unknown;
} {
  const { number, verdict, outcome, request } = attempt;
  const startedAt = attempt.startedAt.toISOString();
  return {
    id: toUuid(claimed.id),
    claim: claimed.claim,
    number,
    started_at: startedAt,
    verdict,
    outcome,
    request,
    body: builtBody,
    measures: measuresOf(attempt, next.state),
    state: next.state,
    delay_ms: next.state === 'retrying' ? next.delayMs : undefined,
    status: outcome.kind === 'response' ? outcome.status : undefined,
    failure: failureOf(outcome),
    reason: next.state === 'succeeded' ? undefined : next.reason,
    ...(deadLetterId && {
      letter_id: toUuid(deadLetterId),
      letter: { number, startedAt, verdict, outcome, request },
    }),
  };
}
