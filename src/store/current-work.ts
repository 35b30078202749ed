import { lowestUuidAt, type TenantId } from '../domain/id.ts';
import type { CurrentWork, CurrentWorkStore } from '../ports/current-work.ts';
import type { Clock } from '../ports/process.ts';
import { allOf, equalsId } from './conditions.ts';
import type { Database } from './database.ts';
import { Prisma } from './generated/client.ts';

/** Counting stops here, so that much work does not make its own count expensive. */
const COUNT_LIMIT = 100_000;
const WINDOW_MS = 5 * 60_000;
/** Events of which the rate is computed; the period is shorter where there are more. */
const EVENTS = 20_000;

export function createCurrentWorkStore(db: Database, clock: Clock): CurrentWorkStore {
  return {
    async read(tenantId) {
      const [states, deadLetters, oldestDueMs, acceptedPerSecond] = await Promise.all([
        countStates(db, tenantId),
        countDeadLetters(db, tenantId),
        readOldestDue(db, tenantId),
        readAccepted(db, tenantId, clock() - WINDOW_MS),
      ]);
      const byState = new Map(states.map(({ state, count }) => [state, count]));
      const counted = states.reduce((sum, { count }) => sum + count, 0);
      const complete = counted < COUNT_LIMIT && deadLetters < COUNT_LIMIT;
      return { byState, deadLetters, oldestDueMs, acceptedPerSecond, complete } satisfies CurrentWork;
    },
  };
}

/** By subscription for one tenant, since open deliveries are indexed by it. */
function openOf(tenantId: TenantId | undefined): Prisma.Sql {
  const open = Prisma.sql`state IN ('pending', 'delivering', 'retrying', 'blocked', 'parked', 'held')`; // deliveries_open_idx
  if (tenantId === undefined) return Prisma.sql`SELECT state FROM deliveries WHERE ${open} LIMIT ${COUNT_LIMIT}`;
  return Prisma.sql`
    SELECT d.state FROM subscriptions s CROSS JOIN LATERAL (
      SELECT state FROM deliveries WHERE subscription_id = s.id AND ${open} LIMIT ${COUNT_LIMIT}
    ) d WHERE ${equalsId('s.tenant_id', tenantId)} LIMIT ${COUNT_LIMIT}`;
}

function countStates(db: Database, tenantId: TenantId | undefined) {
  return db.$queryRaw<{ readonly state: string; readonly count: number }[]>`
    SELECT state, count(*)::int AS count FROM (${openOf(tenantId)}) open GROUP BY state`;
}

async function countDeadLetters(db: Database, tenantId: TenantId | undefined): Promise<number> {
  // dead_letters_open_idx
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (
      SELECT FROM dead_letters WHERE ${allOf(equalsId('tenant_id', tenantId), Prisma.sql`closed_at IS NULL`)} LIMIT ${COUNT_LIMIT}
    ) open`;
  return row?.count ?? 0;
}

async function readOldestDue(db: Database, tenantId: TenantId | undefined): Promise<number> {
  // deliveries_due_at_id_idx; for one tenant deliveries_endpoint_id_due_at_id_idx
  const due =
    tenantId === undefined
      ? Prisma.sql`SELECT min(due_at) AS at FROM deliveries WHERE due_at < now()`
      : Prisma.sql`
        SELECT min(d.at) AS at FROM endpoints e CROSS JOIN LATERAL (
          SELECT min(due_at) AS at FROM deliveries WHERE endpoint_id = e.id AND due_at < now()
        ) d WHERE ${equalsId('e.tenant_id', tenantId)}`;
  const [row] = await db.$queryRaw<{ age_ms: number | null }[]>`
    SELECT extract(epoch FROM now() - due.at)::float8 * 1000 AS age_ms FROM (${due}) due`;
  return row?.age_ms ?? 0;
}

async function readAccepted(db: Database, tenantId: TenantId | undefined, fromMs: number): Promise<number> {
  // events_pkey, for one tenant events_tenant_id_id_idx: ids begin with the time
  const [row] = await db.$queryRaw<{ count: number; ms: number | null }[]>`
    SELECT count(*)::int AS count, extract(epoch FROM now() - min(accepted_at))::float8 * 1000 AS ms FROM (
      SELECT accepted_at FROM events
      WHERE ${allOf(equalsId('tenant_id', tenantId), Prisma.sql`id >= ${lowestUuidAt(fromMs)}::uuid`)}
      ORDER BY id DESC LIMIT ${EVENTS}
    ) newest`;
  if (!row?.count) return 0;
  const spanMs = row.count < EVENTS ? WINDOW_MS : Math.max(1, row.ms ?? WINDOW_MS);
  return row.count / (spanMs / 1000);
}
