import { toId, toUuid } from '../../domain/id.ts';
import type { Trigger } from '../../domain/trigger.ts';
import type { DueDelivery } from '../../ports/queue.ts';
import type { ExpiredPart, ExpiringDelivery, Expiry } from '../../ports/retention.ts';
import type { Database, Statements } from '../database.ts';
import { OPEN } from '../deliveries/open-deliveries.ts';
import { endInOrder } from '../deliveries/pass-orders.ts';
import { writeEvents } from '../events/accept-events.ts';
import { Prisma } from '../generated/client.ts';
import { compareText } from '../partition-span.ts';

/** A worker is sending it, and its lease has not run out. It ends within a minute. */
const IN_FLIGHT = Prisma.sql`(d.state = 'delivering' AND d.due_at > now())`;

interface OpenRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly event_id: string;
  readonly subscription_id: string;
  readonly endpoint_id: string;
  readonly trigger: string;
  readonly pass_id: string;
  readonly sequence: number | null;
  readonly last_status: number | null;
  readonly config_version: number;
  readonly has_letter: boolean;
}

/** Reads the partition itself, through its deliveries_open_idx: by bounds, the primary key might be read instead, with all that ended. */
export async function openDeliveries(
  db: Database,
  { name, below }: ExpiredPart,
  most: number,
): Promise<ExpiringDelivery[]> {
  const partition = `deliveries_${name}`;
  const attached = await db.$queryRaw<unknown[]>`SELECT FROM pg_class WHERE relname = ${partition} AND relispartition`;
  if (attached.length === 0) return []; // a run that died has removed it, and not yet its attempts and events
  const rows = await db.$queryRaw<OpenRow[]>`
    SELECT d.id, d.tenant_id, d.event_id, d.subscription_id, d.endpoint_id, d.trigger, d.pass_id, d.sequence, d.last_status,
      t.config_version, NOT d.test AND d.unsubscribe_url IS NULL AS has_letter
    FROM ${Prisma.raw(partition)} d JOIN tenants t ON t.id = d.tenant_id
    WHERE ${OPEN} AND NOT ${IN_FLIGHT} AND d.id < ${below}::uuid LIMIT ${most}`;
  return rows.map((row) => ({
    id: toId('delivery', row.id),
    tenantId: toId('tenant', row.tenant_id),
    eventId: toId('event', row.event_id),
    subscriptionId: toId('subscription', row.subscription_id),
    endpointId: toId('endpoint', row.endpoint_id),
    trigger: row.trigger as Trigger,
    passId: row.pass_id,
    ordered: row.sequence !== null,
    lastStatus: row.last_status ?? undefined,
    configVersion: row.config_version,
    hasLetter: row.has_letter,
  }));
}

/** Ends the deliveries with their dead letters and operational events, in one transaction. */
export async function expire(
  db: Database,
  expiries: readonly Expiry[],
): Promise<{ readonly ended: readonly Expiry[]; readonly released: readonly DueDelivery[] }> {
  const passes = expiries.filter(({ delivery }) => delivery.ordered).map(({ delivery }) => delivery);
  const end = async (tx: Statements): Promise<Expiry[]> => {
    const ended = await endAll(tx, expiries);
    await writeEvents(tx, ...ended.flatMap(({ operationalEvents }) => operationalEvents ?? []));
    return ended;
  };
  if (passes.length === 0) return { ended: await db.$transaction(end), released: [] };
  const { result, released } = await endInOrder(db, passes, end);
  return { ended: result, released };
}

/** The raised claim keeps a worker whose lease ran out from writing a result. */
async function endAll(tx: Statements, expiries: readonly Expiry[]): Promise<Expiry[]> {
  const rows = expiries
    .toSorted((a, b) => compareText(a.delivery.id, b.delivery.id))
    .map(({ delivery, reason, deadLetterId }) => ({
      id: toUuid(delivery.id),
      reason,
      letter_id: deadLetterId && toUuid(deadLetterId),
    }));
  const ended = await tx.$queryRaw<{ readonly id: string }[]>`
    WITH r AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r (id uuid, reason text, letter_id uuid)
    ), done AS (
      UPDATE deliveries d
      SET state = CASE WHEN r.letter_id IS NULL THEN 'cancelled' ELSE 'dead' END, claim = d.claim + 1, worker_id = NULL,
        due_at = NULL, planned_at = NULL, ended_at = now(), ended_reason = r.reason, ended_by = 'system'
      FROM r WHERE d.id = r.id AND d.id = ANY(${rows.map(({ id }) => id)}::uuid[]) AND ${OPEN} AND NOT ${IN_FLIGHT}
      RETURNING d.*
    ), letters AS (
      INSERT INTO dead_letters (id, tenant_id, delivery_id, subscription_id, endpoint_id, event_id, template_id,
        derived_from, trigger, pass_id, message_id, reason, facts, known_device, body, last_attempt)
      SELECT r.letter_id, d.tenant_id, d.id, d.subscription_id, d.endpoint_id, d.event_id, e.template_id,
        e.derived_from, d.trigger, d.pass_id, d.message_id, r.reason, e.facts, e.known_device, d.body, ${LAST_ATTEMPT}
      FROM r JOIN done d USING (id) LEFT JOIN events e ON e.id = d.event_id
      WHERE r.letter_id IS NOT NULL
    )
    SELECT id FROM done`;
  const ids = new Set(ended.map(({ id }) => toId('delivery', id)));
  return expiries.filter(({ delivery }) => ids.has(delivery.id));
}

/** As settle.ts writes it. A delivery that was never attempted (held, blocked) has one that says so. */
const LAST_ATTEMPT = Prisma.sql`coalesce(
  (SELECT json_build_object('number', a.number, 'startedAt', to_char(a.started_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
     'verdict', a.verdict, 'outcome', a.outcome, 'request', a.request)
   FROM attempts a WHERE a.delivery_id = d.id ORDER BY a.number DESC LIMIT 1),
  json_build_object('number', 0, 'startedAt', to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'verdict', 'permanent',
    'outcome', json_build_object('kind', 'unbuildable', 'reason', 'no attempt was made')))`;
