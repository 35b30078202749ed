import { hideIds, mentions } from '../../domain/erasure.ts';
import { type SubscriptionId, toId, toUuid } from '../../domain/id.ts';
import type { ErasureStep, PassToErase, RunningErasure } from '../../ports/erasures.ts';
import { BARE_CHANGES, bareReason, markRemoved, STRIP_ATTEMPT, STRIP_LAST_ATTEMPT } from '../content-removal.ts';
import type { Database, Statements } from '../database.ts';
import { OPEN } from '../deliveries/open-deliveries.ts';
import { releaseFirst, takeSequences } from '../deliveries/pass-orders.ts';
import { Prisma } from '../generated/client.ts';
import { countStep, type Erased, NOTHING_FOUND } from './count-step.ts';
import { eraseFromAudit } from './erase-from-audit.ts';

// What belongs to an erasure is what was accepted before it. Rows are found by the id of their pass, and have its hash afterwards, so
// every step continues where the last one ended. A table that has ids of passes or content of events needs a step here:
// test/integration/erasures/everything.test.ts looks through all of them.

const CHUNK = 200;

const STEPS = [
  eraseDeliveries,
  eraseEvents,
  eraseDeadLetters,
  eraseInstallations,
  eraseOrders,
  eraseFromReplays,
  eraseFromAudit,
] as const;

/** Erases the next rows of a pass. */
export async function erasePass(db: Database, erasure: RunningErasure, pass: PassToErase): Promise<ErasureStep> {
  for (const step of STEPS) {
    const outcome = await countStep(db, erasure, (tx) => step(tx, erasure, pass));
    if (outcome.isMore) return outcome;
  }
  return NOTHING_FOUND;
}

/**
 * First, so that no worker writes more about them: the raised claim keeps the result of one that is being sent from being written, and
 * its attempts end with what was written before. A replay may have rendered an event of before anew since then: it belongs to the erasure
 * as soon as its event is erased. deliveries_tenant_id_pass_id_id_idx
 */
async function eraseDeliveries(tx: Statements, erasure: RunningErasure, { passId, hash }: PassToErase): Promise<Erased> {
  const found = await tx.$queryRaw<{ id: string; subscription_id: string; is_ordered: boolean }[]>`
    SELECT d.id, d.subscription_id, d.sequence IS NOT NULL AND ${OPEN} AS is_ordered
    FROM deliveries d LEFT JOIN events e ON e.id = d.event_id
    WHERE d.tenant_id = ${toUuid(erasure.tenantId)}::uuid AND d.pass_id = ${passId}
      AND (d.created_at <= ${erasure.createdAt} OR e.pass_id IS DISTINCT FROM ${passId})
    ORDER BY d.id LIMIT ${CHUNK}`;
  if (found.length === 0) return undefined;
  const ordered = [...new Set(found.filter(({ is_ordered }) => is_ordered).map(({ subscription_id }) => subscription_id))];
  const passes = ordered.map((uuid) => ({ subscriptionId: toId('subscription', uuid), passId }));
  await lockPasses(tx, passes);
  const ids = found.map(({ id }) => id);
  const locked = await tx.$queryRaw<{ is_open: boolean }[]>`
    SELECT ${OPEN} AS is_open FROM deliveries WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR UPDATE`;
  await tx.$executeRaw`UPDATE attempts SET ${STRIP_ATTEMPT} WHERE delivery_id = ANY(${ids}::uuid[])`;
  await tx.$executeRaw`
    UPDATE deliveries
    SET pass_id = ${hash}, body = NULL, ${markRemoved('erasure')}, last_reason = ${bareReason('last_reason')},
      state = CASE WHEN ${OPEN} THEN 'cancelled' ELSE state END, claim = claim + CASE WHEN ${OPEN} THEN 1 ELSE 0 END,
      worker_id = NULL, due_at = NULL, planned_at = NULL, changes = ${BARE_CHANGES},
      ended_at = CASE WHEN ${OPEN} THEN now() ELSE ended_at END,
      ended_reason = CASE WHEN ${OPEN} THEN 'erased' ELSE ${bareReason('ended_reason')} END,
      ended_by = CASE WHEN ${OPEN} THEN ${erasure.createdBy} ELSE ended_by END
    WHERE id = ANY(${ids}::uuid[])`;
  const cancelled = locked.filter(({ is_open }) => is_open).length;
  const due = passes.length > 0 ? await releaseFirst(tx, passes) : [];
  return { counts: { deliveries: found.length, cancelled }, due };
}

/** Also what told of the death of an erased delivery since. events_tenant_id_pass_id_id_idx, event_keys_pkey */
async function eraseEvents(tx: Statements, erasure: RunningErasure, pass: PassToErase): Promise<Erased> {
  const tenant = toUuid(erasure.tenantId);
  const found = await tx.$queryRaw<{ id: string; producer_id: string | null }[]>`
    SELECT id, producer_id FROM events
    WHERE tenant_id = ${tenant}::uuid AND pass_id = ${pass.passId} AND CASE
        WHEN accepted_at <= ${erasure.createdAt} THEN true
        WHEN type = 'delivery.dead' THEN EXISTS (
          SELECT FROM deliveries d
          WHERE d.id = substr(facts::json->'data'->>'deliveryId', 5)::uuid AND d.pass_id = ${pass.hash})
        ELSE false END
    ORDER BY id LIMIT ${CHUNK} FOR UPDATE`;
  if (found.length === 0) return undefined;
  const quoting = found.flatMap(({ id, producer_id }) =>
    producer_id !== null && mentions(producer_id, pass.quoted) ? [{ id, producer_id, hash: pass.hashOf(producer_id) }] : [],
  );
  const ids = found.map(({ id }) => id);
  await tx.$executeRaw`
    UPDATE events SET pass_id = ${pass.hash}, facts = NULL, known_device = NULL, user_provided_id = NULL, tracking_id = NULL,
      ${markRemoved('erasure')}
    WHERE id = ANY(${ids}::uuid[])`;
  if (quoting.length > 0) {
    const rows = JSON.stringify(quoting);
    await tx.$executeRaw`
      UPDATE events e SET producer_id = q.hash
      FROM json_to_recordset(${rows}::json) AS q (id uuid, hash text) WHERE e.id = q.id AND e.id = ANY(${ids}::uuid[])`;
    await tx.$executeRaw`
      UPDATE event_keys k SET producer_id = q.hash
      FROM json_to_recordset(${rows}::json) AS q (id uuid, producer_id text, hash text)
      WHERE k.tenant_id = ${tenant}::uuid AND k.producer_id = q.producer_id AND k.event_id = q.id`;
  }
  return { counts: { events: found.length } };
}

/**
 * One that is open cannot be replayed any more, so it is closed. One may have been written since, about a delivery that is erased or no
 * longer stored. dead_letters_tenant_id_pass_id_idx
 */
async function eraseDeadLetters(tx: Statements, erasure: RunningErasure, { passId, hash }: PassToErase): Promise<Erased> {
  const erased = await tx.$executeRaw`
    UPDATE dead_letters
    SET pass_id = ${hash}, facts = NULL, known_device = NULL, body = NULL, reason = ${bareReason('reason')}, ${STRIP_LAST_ATTEMPT},
      ${markRemoved('erasure')},
      closed_reason = CASE WHEN closed_at IS NULL THEN 'erased' END, closed_at = coalesce(closed_at, now()), closed_as = coalesce(closed_as, 'discarded'),
      closed_by = coalesce(closed_by, ${erasure.createdBy})
    WHERE id IN (
      SELECT l.id FROM dead_letters l LEFT JOIN deliveries d ON d.id = l.delivery_id
      WHERE l.tenant_id = ${toUuid(erasure.tenantId)}::uuid AND l.pass_id = ${passId}
        AND (l.created_at <= ${erasure.createdAt} OR d.pass_id IS DISTINCT FROM ${passId})
      ORDER BY l.id LIMIT ${CHUNK} FOR UPDATE OF l)`;
  return erased > 0 ? { counts: { deadLetters: erased } } : undefined;
}

/** Under the lock that ingest takes. installations_pkey */
async function eraseInstallations(tx: Statements, { tenantId }: RunningErasure, { passId }: PassToErase): Promise<Erased> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`${tenantId} ${passId}`}, 0))`;
  const deleted = await tx.$executeRaw`
    DELETE FROM installations WHERE tenant_id = ${toUuid(tenantId)}::uuid AND pass_id = ${passId}`;
  return deleted > 0 ? { counts: { installations: deleted } } : undefined;
}

/** Removes the order of the pass where no open delivery needs it; one that was accepted since keeps it. */
async function eraseOrders(tx: Statements, { tenantId }: RunningErasure, { passId }: PassToErase): Promise<Erased> {
  const rows = await tx.$queryRaw<{ subscription_id: string }[]>`
    SELECT o.subscription_id FROM subscriptions s JOIN pass_orders o ON o.subscription_id = s.id AND o.pass_id = ${passId}
    WHERE s.tenant_id = ${toUuid(tenantId)}::uuid
      AND NOT EXISTS (
        SELECT FROM deliveries d WHERE d.subscription_id = o.subscription_id AND d.pass_id = o.pass_id AND d.sequence IS NOT NULL
          AND ${OPEN})`;
  if (rows.length === 0) return undefined;
  const passes = rows.map(({ subscription_id }) => ({ subscriptionId: toId('subscription', subscription_id), passId }));
  await lockPasses(tx, passes);
  return { counts: {}, due: await releaseFirst(tx, passes) };
}

async function eraseFromReplays(tx: Statements, { tenantId }: RunningErasure, pass: PassToErase): Promise<Erased> {
  const tenant = toUuid(tenantId);
  const found = await tx.$queryRaw<{ id: string; name: string; is_filtered: boolean }[]>`
    SELECT id, name, filter->>'passId' IS NOT DISTINCT FROM ${pass.passId} AS is_filtered FROM replays
    WHERE tenant_id = ${tenant}::uuid
      AND (filter->>'passId' = ${pass.passId} OR ${Prisma.join(
        pass.quoted.map((id) => Prisma.sql`position(${id} IN name) > 0`),
        ' OR ',
      )})
    ORDER BY id`;
  const quoting = found.filter(({ name, is_filtered }) => is_filtered || mentions(name, pass.quoted));
  for (const { id, name, is_filtered } of quoting) {
    await tx.$executeRaw`
      UPDATE replays SET name = ${hideIds(name, pass.quoted, pass.hash)}, filter = CASE WHEN ${is_filtered}
        THEN jsonb_set(filter::jsonb, '{passId}', to_jsonb(${pass.hash}::text))::json ELSE filter END
      WHERE id = ${id}::uuid`;
  }
  return quoting.length > 0 ? { counts: { replays: quoting.length } } : undefined;
}

async function lockPasses(
  tx: Statements,
  passes: readonly { readonly subscriptionId: SubscriptionId; readonly passId: string }[],
): Promise<void> {
  if (passes.length === 0) return;
  await takeSequences(
    tx,
    passes.map((pass) => ({ ...pass, count: 0 })),
  );
}
