import { toId, toUuid } from '../../domain/id.ts';
import type { AttemptRecord, ClaimedDelivery, ReturnedClaim } from '../../ports/claims.ts';
import type { OrderedPass } from '../../ports/events.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import type { Database, Statements } from '../database.ts';
import { writeEvents } from '../events/accept-events.ts';
import { Prisma } from '../generated/client.ts';
import { byText, partitionSpan } from '../partition-span.ts';
import { endInOrder } from './pass-orders.ts';

/** Writes results where the claim still stands. What is ordered or announced is a transaction of its own. */
export async function settle(
  db: Database,
  records: readonly AttemptRecord[],
): Promise<{ readonly written: readonly AttemptRecord[]; readonly released: readonly DueDelivery[] }> {
  const [following, plain] = parted(records, ({ claimed, next }) => claimed.ordered && next.state !== 'retrying');
  const isAnnounced = plain.some(({ announcement }) => announcement);
  const [inOrder, written] = await Promise.all([
    following.length > 0 ? endInOrder(db, passesOf(following), (tx) => settleAndAnnounce(tx, following)) : undefined,
    isAnnounced ? db.$transaction((tx) => settleAndAnnounce(tx, plain)) : settleAll(db, plain),
  ]);
  return { written: [...(inOrder?.result ?? []), ...written], released: inOrder?.released ?? [] };
}

/** Gives claims up where they still stand. Returns what may go because of it. */
export async function giveBack(db: Database, returns: readonly ReturnedClaim[]): Promise<readonly DueDelivery[]> {
  const [following, plain] = parted(returns, ({ claimed, to }) => claimed.ordered && to.state === 'cancelled');
  const [inOrder] = await Promise.all([
    following.length > 0 ? endInOrder(db, passesOf(following), (tx) => giveBackAll(tx, following)) : undefined,
    plain.length > 0 ? giveBackAll(db, plain) : undefined,
  ]);
  return inOrder?.released ?? [];
}

async function settleAndAnnounce(tx: Statements, records: readonly AttemptRecord[]): Promise<AttemptRecord[]> {
  const written = await settleAll(tx, records);
  const said = written.flatMap(({ announcement }) => announcement ?? []);
  if (said.length > 0) {
    await writeEvents(
      tx,
      said.map(({ event }) => event),
      said.flatMap(({ deliveries }) => deliveries),
    );
  }
  return written;
}

/** Attempts, states and dead letters in one statement, for those whose claim still stands. */
async function settleAll(db: Statements, records: readonly AttemptRecord[]): Promise<AttemptRecord[]> {
  if (records.length === 0) return [];
  const sorted = records.toSorted((a, b) => byText(a.claimed.id, b.claimed.id));
  const rows = sorted.map(attemptRow);
  const { from, to } = partitionSpan(sorted.map(({ claimed }) => claimed.id));
  const letters = sorted.some(({ deadLetterId }) => deadLetterId) ? WITH_DEAD_LETTERS : Prisma.empty;
  const written = await db.$queryRaw<{ id: string; claim: number }[]>`
    WITH r AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r
        (id uuid, claim int, number int, started_at timestamptz, verdict text, outcome json, request json, body text,
         state text, delay_ms bigint, status int, reason text, letter_id uuid, letter json)
    ), done AS (
      UPDATE deliveries d
      SET state = r.state, attempts = r.number, due_at = now() + r.delay_ms * interval '1 ms',
        body = coalesce(d.body, r.body), last_status = r.status, last_reason = r.reason,
        ended_at = CASE WHEN r.state <> 'retrying' THEN now() END,
        ended_reason = CASE WHEN r.state = 'dead' THEN r.reason END,
        ended_by = CASE WHEN r.state = 'dead' THEN 'system' END
      FROM r
      WHERE d.id = r.id AND d.id = ANY(${rows.map(({ id }) => id)}::uuid[]) AND d.id >= ${from}::uuid AND d.id < ${to}::uuid
        AND d.claim = r.claim AND coalesce(d.state, '') = 'delivering'
      RETURNING d.id, d.claim, d.tenant_id, d.subscription_id, d.endpoint_id, d.event_id, d.trigger, d.pass_id, d.message_id,
        d.body
    ), tried AS (
      INSERT INTO attempts (delivery_id, number, started_at, verdict, outcome, request)
      SELECT r.id, r.number, r.started_at, r.verdict, r.outcome, r.request FROM r JOIN done USING (id, claim)
    )${letters}
    SELECT id, claim FROM done`;
  const stood = new Set(written.map(({ id, claim }) => `${toId('delivery', id)} ${claim}`));
  return records.filter(({ claimed }) => stood.has(`${claimed.id} ${claimed.claim}`));
}

/** Apart, since few batches have any, and even then the events of replays may be of any time. */
const WITH_DEAD_LETTERS = Prisma.sql`, letters AS (
      INSERT INTO dead_letters (id, tenant_id, delivery_id, subscription_id, endpoint_id, event_id, template_id,
        derived_from, trigger, pass_id, message_id, reason, facts, body, last_attempt)
      SELECT r.letter_id, d.tenant_id, d.id, d.subscription_id, d.endpoint_id, d.event_id, e.template_id,
        e.derived_from, d.trigger, d.pass_id, d.message_id, r.reason, e.facts, d.body, r.letter
      FROM r JOIN done d USING (id, claim) LEFT JOIN events e ON e.id = d.event_id
      WHERE r.letter_id IS NOT NULL
    )`;

async function giveBackAll(db: Statements, unsorted: readonly ReturnedClaim[]): Promise<void> {
  const returns = unsorted.toSorted((a, b) => byText(a.claimed.id, b.claimed.id));
  const rows = returns.map(returnRow);
  const { from, to } = partitionSpan(returns.map(({ claimed }) => claimed.id));
  await db.$executeRaw`
    UPDATE deliveries d
    SET state = r.state, due_at = CASE WHEN r.state = 'pending' THEN now() END,
      ended_at = CASE WHEN r.state = 'cancelled' THEN now() END, ended_reason = r.reason, ended_by = r.by
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r
      (id uuid, claim int, state text, reason text, by text)
    WHERE d.id = r.id AND d.id = ANY(${rows.map(({ id }) => id)}::uuid[]) AND d.id >= ${from}::uuid AND d.id < ${to}::uuid
      AND d.claim = r.claim AND coalesce(d.state, '') = 'delivering'`;
}

function passesOf(things: readonly { readonly claimed: ClaimedDelivery }[]): OrderedPass[] {
  return things.map(({ claimed: { subscriptionId, passId } }) => ({ subscriptionId, passId }));
}

/** Those for which `condition` holds, and the others. */
function parted<T>(things: readonly T[], condition: (thing: T) => boolean): readonly [T[], T[]] {
  return [things.filter(condition), things.filter((thing) => !condition(thing))];
}

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
    state: next.state,
    delay_ms: next.state === 'retrying' ? next.delayMs : undefined,
    status: outcome.kind === 'response' ? outcome.status : undefined,
    reason: next.state === 'succeeded' ? undefined : next.reason,
    ...(deadLetterId && {
      letter_id: toUuid(deadLetterId),
      letter: { number, startedAt, verdict, outcome, request },
    }),
  };
}

function returnRow({ claimed, to }: ReturnedClaim): { readonly id: string; readonly [column: string]: unknown } {
  return { id: toUuid(claimed.id), claim: claimed.claim, ...to };
}
