import { type DeliveryId, toId, toUuid, type WorkerId } from '../../domain/id.ts';
import type { Trigger } from '../../domain/trigger.ts';
import type { ClaimedDelivery } from '../../ports/claims.ts';
import type { Database } from '../database.ts';
import { storedEventOf } from '../events/stored-event.ts';
import { Prisma } from '../generated/client.ts';
import { compareText, partitionSpan } from '../partition-span.ts';

/** Longer than the longest attempt (30 s), so that the lease of a live worker does not expire. */
export const LEASE_MS = 40_000;
/** due_at is rounded to milliseconds: a delivery due within this margin is due. */
const ROUNDING_MS = 5;

/**
 * Claims the deliveries that are due for exactly the requested attempt, in one statement; see partition-span.ts for its
 * bounds. A delivery that is missing from the result must not be sent.
 *
 * Does not wait for the disk, for this statement only: a crash of Postgres that loses the claim leaves the delivery due, so what was in
 * flight at the crash is sent again, as after any fault. Whoever has written a result, which does wait, has its claim on disk too.
 */
export async function claim(
  db: Database,
  workerId: WorkerId,
  unsorted: readonly { readonly deliveryId: DeliveryId; readonly attempt: number }[],
): Promise<ClaimedDelivery[]> {
  const wanted = unsorted.toSorted((a, b) => compareText(a.deliveryId, b.deliveryId));
  const ids = wanted.map(({ deliveryId }) => toUuid(deliveryId));
  const { from, to } = partitionSpan(wanted.map(({ deliveryId }) => deliveryId));
  const rows = await db.query<ClaimedRow>(Prisma.sql`
    WITH claimed AS (
      UPDATE deliveries d
      SET state = 'delivering', worker_id = ${toUuid(workerId)}::uuid, claim = d.claim + 1, due_at = now() + ${LEASE_MS} * interval '1 ms'
      FROM unnest(${ids}::uuid[], ${wanted.map(({ attempt }) => attempt)}::int[]) AS w (id, attempt)
      WHERE d.id = w.id AND d.id = ANY(${ids}::uuid[]) AND d.id >= ${from}::uuid AND d.id < ${to}::uuid
        AND d.attempts = w.attempt - 1 AND coalesce(d.state, '') IN ('pending', 'retrying', 'delivering')
        AND coalesce(d.due_at, 'infinity') <= now() + ${ROUNDING_MS} * interval '1 ms'
        AND (SELECT set_config('synchronous_commit', 'off', true)) = 'off'
      RETURNING d.id, d.tenant_id, d.subscription_id, d.endpoint_id, d.event_id, d.trigger, d.pass_id, d.sequence, d.message_id, d.test,
        d.attempts, d.attempts_before, d.claim, d.body, d.unsubscribe_url, extract(epoch FROM now() - d.created_at)::float8 * 1000 AS age_ms,
        extract(epoch FROM d.planned_at - now())::float8 * 1000 AS planned_in_ms
    )
    SELECT c.*, t.config_version, e.template_id, e.derived_from, e.facts, e.known_device
    FROM claimed c
    JOIN tenants t ON t.id = c.tenant_id
    LEFT JOIN LATERAL (
      SELECT template_id, derived_from, facts, known_device FROM events
      WHERE id = c.event_id AND id >= ${from}::uuid AND id < ${to}::uuid LIMIT 1
    ) e ON c.body IS NULL`);
  const olderEvents = await readOlderEvents(
    db,
    rows.filter(({ body, facts }) => body === null && facts === null),
  );
  return rows.map((row) => claimedDelivery(row, olderEvents.get(row.event_id) ?? row));
}

type ClaimedEvent = Pick<ClaimedRow, 'template_id' | 'derived_from' | 'facts' | 'known_device'>;

/**
 * Reads the events outside the deliveries' partition span; only re-rendered replays have such events. The result lacks
 * events that retention has deleted. events_pkey
 */
async function readOlderEvents(db: Database, rows: readonly ClaimedRow[]): Promise<ReadonlyMap<string, ClaimedEvent>> {
  if (rows.length === 0) return new Map();
  const ids = rows.map(({ event_id }) => event_id);
  const events = await db.$queryRaw<(ClaimedEvent & { readonly id: string })[]>`
    SELECT id, template_id, derived_from, facts, known_device FROM events WHERE id = ANY(${ids}::uuid[])`;
  return new Map(events.map((event) => [event.id, event]));
}

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
  readonly test: boolean;
  readonly attempts: number;
  readonly attempts_before: number;
  readonly claim: number;
  readonly age_ms: number;
  readonly planned_in_ms: number | null;
  readonly body: string | null;
  readonly unsubscribe_url: string | null;
  readonly config_version: number;
  readonly template_id: string | null;
  readonly derived_from: string | null;
  readonly facts: string | null;
  readonly known_device: string | null;
}

function claimedDelivery(row: ClaimedRow, event: ClaimedEvent): ClaimedDelivery {
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
    test: row.test,
    attempt: row.attempts + 1,
    attemptsMade: row.attempts - row.attempts_before,
    claim: row.claim,
    ageMs: Math.max(0, row.age_ms),
    plannedInMs: row.planned_in_ms ?? undefined,
    configVersion: row.config_version,
    event: storedEventOf({ ...row, ...event }),
    body: row.body ?? undefined,
    unsubscribeUrl: row.unsubscribe_url ?? undefined,
  };
}
