import { toId, toUuid } from '../domain/id.ts';
import type { Trigger } from '../domain/trigger.ts';
import type { AttemptRecord, ClaimedDelivery, DeliveryLedger, OrderedPass, Return } from '../pipeline/ports.ts';
import type { Database, Statements } from './database.ts';
import { type DueRow, dueDelivery } from './due.ts';
import { writeEvents } from './intake.ts';
import { endInOrder, releaseBlocked } from './pass-orders.ts';
import { storedEventOf } from './stored-event.ts';

/** Longer than any try may take (30 s), so that a live worker keeps what it claimed. */
const LEASE_MS = 40_000;
/** due_at is rounded to the millisecond; what is due within a few is due. */
const ROUNDING_MS = 5;

/**
 * Deliveries at work. Each call is one statement, for as many deliveries as come together; those whose end lets another of
 * their pass go, or is announced, are a transaction of their own.
 */
export function createDeliveryLedger(db: Database): DeliveryLedger {
  return {
    async claim(unsorted) {
      const wanted = unsorted.toSorted((a, b) => byText(a.deliveryId, b.deliveryId));
      const rows = await db.$queryRaw<ClaimedRow[]>`
        WITH claimed AS (
          UPDATE deliveries d
          SET state = 'delivering', claim = d.claim + 1, due_at = now() + ${LEASE_MS} * interval '1 ms'
          FROM unnest(${wanted.map(({ deliveryId }) => toUuid(deliveryId))}::uuid[], ${wanted.map(({ attempt }) => attempt)}::int[])
            AS w (id, attempt)
          WHERE d.id = w.id AND d.attempts = w.attempt - 1 AND d.state IN ('pending', 'retrying', 'delivering')
            AND d.due_at <= now() + ${ROUNDING_MS} * interval '1 ms'
          RETURNING d.id, d.tenant_id, d.subscription_id, d.endpoint_id, d.event_id, d.trigger, d.pass_id, d.sequence, d.message_id,
            d.attempts, d.attempts_before, d.claim, d.body
        )
        SELECT c.*, t.config_version, e.template_id, e.derived_from, e.facts
        FROM claimed c
        JOIN tenants t ON t.id = c.tenant_id
        LEFT JOIN events e ON e.id = c.event_id AND c.body IS NULL`;
      return rows.map(claimedDelivery);
    },

    async settle(records) {
      const [following, plain] = parted(records, ({ claimed, next }) => claimed.ordered && next.state !== 'retrying');
      const isAnnounced = plain.some(({ announcement }) => announcement);
      const [inOrder, written] = await Promise.all([
        following.length > 0 ? endInOrder(db, passesOf(following), (tx) => settleAndAnnounce(tx, following)) : undefined,
        isAnnounced ? db.$transaction((tx) => settleAndAnnounce(tx, plain)) : settleAll(db, plain),
      ]);
      return { written: [...(inOrder?.result ?? []), ...written], released: inOrder?.released ?? [] };
    },

    async giveBack(returns) {
      const [following, plain] = parted(returns, ({ claimed, to }) => claimed.ordered && to.state === 'cancelled');
      const [inOrder] = await Promise.all([
        following.length > 0 ? endInOrder(db, passesOf(following), (tx) => giveBackAll(tx, following)) : undefined,
        plain.length > 0 ? giveBackAll(db, plain) : undefined,
      ]);
      return inOrder?.released ?? [];
    },

    releaseBlocked: (limit, cursor) => releaseBlocked(db, limit, cursor),

    async overdue(graceMs, limit, cursor) {
      // deliveries_due_at_id_idx
      const rows = await db.$queryRaw<(DueRow & { readonly due_at: Date })[]>`
        SELECT d.id, d.tenant_id, d.endpoint_id, d.attempts, d.due_at, i.limits
        FROM deliveries d
        LEFT JOIN endpoints e ON e.id = d.endpoint_id
        LEFT JOIN integrations i ON i.id = e.integration_id
        WHERE d.due_at < now() - ${graceMs} * interval '1 ms'
          AND (d.due_at, d.id) > (${cursor?.dueAt ?? new Date(0)}::timestamptz, ${cursor ? toUuid(cursor.deliveryId) : ZERO_UUID}::uuid)
        ORDER BY d.due_at, d.id LIMIT ${limit}`;
      return rows.map((row) => ({ ...dueDelivery(row), dueAt: row.due_at }));
    },

    async releaseStranded(limit) {
      // Those of a deleted subscription are let go too: the worker that claims them cancels them. deliveries_held_idx
      const rows = await db.$queryRaw<DueRow[]>`
        UPDATE deliveries SET state = 'pending', due_at = now()
        WHERE id IN (
          SELECT d.id FROM subscriptions s JOIN deliveries d ON d.subscription_id = s.id AND d.state = 'held'
          WHERE s.disabled IS NULL OR s.deleted_at IS NOT NULL
          ORDER BY d.id LIMIT ${limit})
        AND state = 'held'
        RETURNING id, tenant_id, endpoint_id, attempts`;
      return rows.map(dueDelivery);
    },
  };
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

/** Attempt, state and dead letter in one statement, for those whose claim still stands. */
async function settleAll(db: Statements, records: readonly AttemptRecord[]): Promise<AttemptRecord[]> {
  if (records.length === 0) return [];
  const sorted = records.toSorted((a, b) => byText(a.claimed.id, b.claimed.id));
  const rows = sorted.map(attemptRow);
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
      WHERE d.id = r.id AND d.claim = r.claim AND d.state = 'delivering'
      RETURNING d.id, d.claim, d.tenant_id, d.subscription_id, d.endpoint_id, d.event_id, d.trigger, d.pass_id, d.message_id,
        d.body
    ), tried AS (
      INSERT INTO attempts (delivery_id, number, started_at, verdict, outcome, request)
      SELECT r.id, r.number, r.started_at, r.verdict, r.outcome, r.request FROM r JOIN done USING (id, claim)
    ), letters AS (
      INSERT INTO dead_letters (id, tenant_id, delivery_id, subscription_id, endpoint_id, event_id, template_id,
        derived_from, trigger, pass_id, message_id, reason, facts, body, last_attempt)
      SELECT r.letter_id, d.tenant_id, d.id, d.subscription_id, d.endpoint_id, d.event_id, e.template_id,
        e.derived_from, d.trigger, d.pass_id, d.message_id, r.reason, e.facts, d.body, r.letter
      FROM r JOIN done d USING (id, claim) LEFT JOIN events e ON e.id = d.event_id
      WHERE r.letter_id IS NOT NULL
    )
    SELECT id, claim FROM done`;
  const stood = new Set(written.map(({ id, claim }) => `${toId('delivery', id)} ${claim}`));
  return records.filter(({ claimed }) => stood.has(`${claimed.id} ${claimed.claim}`));
}

async function giveBackAll(db: Statements, unsorted: readonly Return[]): Promise<void> {
  const returns = unsorted.toSorted((a, b) => byText(a.claimed.id, b.claimed.id));
  await db.$executeRaw`
    UPDATE deliveries d
    SET state = r.state, due_at = CASE WHEN r.state = 'pending' THEN now() END,
      ended_at = CASE WHEN r.state = 'cancelled' THEN now() END, ended_reason = r.reason, ended_by = r.by
    FROM json_to_recordset(${JSON.stringify(returns.map(returnRow))}::json) AS r
      (id uuid, claim int, state text, reason text, by text)
    WHERE d.id = r.id AND d.claim = r.claim AND d.state = 'delivering'`;
}

function passesOf(things: readonly { readonly claimed: ClaimedDelivery }[]): OrderedPass[] {
  return things.map(({ claimed: { subscriptionId, passId } }) => ({ subscriptionId, passId }));
}

/** Those for which `condition` holds, and the others. */
function parted<T>(things: readonly T[], condition: (thing: T) => boolean): readonly [T[], T[]] {
  return [things.filter(condition), things.filter((thing) => !condition(thing))];
}

/** Rows are locked in one order by everybody, so that two batches that share some cannot deadlock. */
function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

const ZERO_UUID = '00000000-0000-0000-0000-000000000000';

interface ClaimedRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly subscription_id: string;
  readonly endpoint_id: string;
  readonly event_id: string;
  readonly trigger: string;
  readonly pass_id: string;
  readonly sequence: number | null;
  readonly message_id: string;
  readonly attempts: number;
  readonly attempts_before: number;
  readonly claim: number;
  readonly body: string | null;
  readonly config_version: number;
  readonly template_id: string | null;
  readonly derived_from: string | null;
  readonly facts: string | null;
}

function claimedDelivery(row: ClaimedRow): ClaimedDelivery {
  return {
    id: toId('delivery', row.id),
    tenantId: toId('tenant', row.tenant_id),
    subscriptionId: toId('subscription', row.subscription_id),
    endpointId: toId('endpoint', row.endpoint_id),
    eventId: toId('event', row.event_id),
    trigger: row.trigger as Trigger,
    passId: row.pass_id,
    ordered: row.sequence !== null,
    messageId: toId('message', row.message_id),
    attempt: row.attempts + 1,
    triesMade: row.attempts - row.attempts_before,
    claim: row.claim,
    configVersion: row.config_version,
    event: storedEventOf(row),
    body: row.body ?? undefined,
  };
}

function attemptRow({ claimed, attempt, next, builtBody, deadLetterId }: AttemptRecord): object {
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

function returnRow({ claimed, to }: Return): object {
  return { id: toUuid(claimed.id), claim: claimed.claim, ...to };
}
