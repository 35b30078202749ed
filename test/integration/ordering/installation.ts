import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutgoingRequest, SendOutcome } from '../../../src/domain/attempt.ts';
import type { PostedEvent } from '../../../src/domain/event.ts';
import { type DeliveryId, deliveryId, newId, type SubscriptionId, toId, toUuid } from '../../../src/domain/id.ts';
import { SecretBox } from '../../../src/domain/secret-box.ts';
import type { Subscription } from '../../../src/domain/subscription.ts';
import { Deliverer } from '../../../src/pipeline/deliver.ts';
import { EventIngest } from '../../../src/pipeline/ingest-events.ts';
import { Recoverer } from '../../../src/pipeline/recover.ts';
import { cancelDelivery, type ReplayDeps, replayDeadLetter, replayDelivery } from '../../../src/pipeline/replay.ts';
import { TenantConfigs } from '../../../src/pipeline/tenant-configs.ts';
import type { DeliveryQueue, DueDelivery } from '../../../src/ports/queue.ts';
import { createIntegrationStore } from '../../../src/store/configuration/integrations.ts';
import { createSubscriptionStore } from '../../../src/store/configuration/subscriptions.ts';
import { createConfigSource } from '../../../src/store/configuration/tenant-config.ts';
import type { Database } from '../../../src/store/database.ts';
import { createClaimStore } from '../../../src/store/deliveries/claim-store.ts';
import { createDeadLetterStore } from '../../../src/store/deliveries/dead-letters.ts';
import { createDeliveryStore } from '../../../src/store/deliveries/deliveries.ts';
import { createOverdueStore } from '../../../src/store/deliveries/overdue.ts';
import { createEventStore } from '../../../src/store/events/events.ts';
import { NO_ANNOUNCER, NO_TELEMETRY } from '../../support/telemetry.ts';
import {
  givenTenant,
  integration,
  saveSubscription,
  secret,
  storeSubscription,
  storeTemplate,
  subscription,
  template,
  tick,
} from '../store/samples.ts';

// One subscription of the standard dialect on the real store, an ingest and two workers; the queue is a list, and the
// receiver a script that records the order of requests.

/** What the receiver does: 200, 500, 410, or 503 with `Retry-After: 3600`. */
/** A place in the rate that is there already. */
export const AT_ONCE = async (): Promise<void> => {};

export type Answer = 'ok' | 'fail' | 'gone' | 'later';

/** One send: which delivery, and its beginning and end in the order of all beginnings and ends. */
export interface Sent {
  readonly delivery: DeliveryId;
  readonly beganAt: number;
  endedAt: number;
}

const STATUS: Record<Answer, number> = { ok: 200, fail: 500, gone: 410, later: 503 };
const quiet = { info() {}, warn() {}, error: (fields: object, message: string) => console.error(message, fields) };
const queues = { lookFor: async () => [], waiting: async () => 0, sweepDeadJobs: async () => {} };

/** Waits of 0 have no jitter. */
export async function givenInstallation(db: Database, changes: Partial<Subscription> = {}, retryDelaysMs = [0, 0]) {
  const tenantId = await givenTenant(db);
  const box = new SecretBox([{ id: 'k', key: randomBytes(32) }]);
  const made = { ...integration(tenantId), dialect: 'standard' as const, headers: undefined, options: {}, limits: {} };
  const of = { ...made, policy: { retryDelaysMs } };
  await createIntegrationStore(db).create(
    of,
    [{ ...secret(of), sealed: box.seal(randomBytes(32).toString('base64')) }],
    () => {},
  );
  const templateOf = template(tenantId);
  await storeTemplate(db, templateOf);
  const subscriptions = createSubscriptionStore(db);
  const trigger = 'pass.created';
  const mapping = { rename: {}, remove: [] };
  const draft = subscription(of, { trigger, mapping, options: {}, ordering: 'pass', ...changes });
  const subscribed = await storeSubscription(db, draft);

  const offered: DueDelivery[] = [];
  const queue: DeliveryQueue = {
    ...queues,
    offer: (due) => void offered.push(...due),
    offerAndWait: async (due) => void offered.push(...due),
  };
  const sent: Sent[] = [];
  const events = createEventStore(db);
  const claims = createClaimStore(db, newId('worker', Date.now()));
  const overdue = createOverdueStore(db);
  const newConfigs = () => new TenantConfigs(createConfigSource(db));
  const ingest = new EventIngest({
    events,
    configs: newConfigs(),
    queue,
    clock: tick,
    announcer: NO_ANNOUNCER,
    telemetry: NO_TELEMETRY,
  });
  const deliveries = createDeliveryStore(db);
  const deadLetters = createDeadLetterStore(db, Date.now);
  const replaying: ReplayDeps = { deliveries, deadLetters, events, configs: newConfigs(), queue, clock: tick };

  const receiver = { answer: (_delivery: DeliveryId): Answer => 'ok' };
  let moments = 0;
  const send = async ({ headers }: OutgoingRequest): Promise<SendOutcome> => {
    const delivery = toId('delivery', (headers['webhook-id'] ?? '').slice('msg_'.length));
    const entry = { delivery, beganAt: moments++, endedAt: Number.POSITIVE_INFINITY };
    sent.push(entry);
    await sleep(Math.random() * 3);
    entry.endedAt = moments++;
    const answer = receiver.answer(delivery);
    return {
      kind: 'response',
      status: STATUS[answer],
      headers: answer === 'later' ? { 'retry-after': '3600' } : {},
      body: { text: '', truncated: false },
      remoteAddress: undefined,
      timings: { totalMs: 1 },
    };
  };
  const worker = () =>
    new Deliverer({
      consents: { ask: async () => ({ kind: 'agreed' }) },
      claims,
      subscriptions,
      configs: newConfigs(),
      queue,
      sender: { send },
      box,
      clock: Date.now,
      random: Math.random,
      log: quiet,
      telemetry: NO_TELEMETRY,
    });

  return {
    tenantId,
    id: subscribed.id,
    claims,
    deliveries,
    subscriptions,
    offered,
    sent,
    receiver,
    workers: [worker(), worker()] as const,
    overdue,
    recoverer: new Recoverer({ claims, overdue, queue, log: quiet }),

    /** Events of these passes in one request; gives their deliveries. */
    async ingest(...passes: readonly string[]): Promise<DeliveryId[]> {
      const items = passes.map((passId) => {
        const event: PostedEvent = {
          type: trigger,
          templateId: templateOf.id,
          occurredAt: '2026-03-01T12:00:00Z',
          pass: { id: passId },
        };
        return { event, text: JSON.stringify(event) };
      });
      const results = await ingest.ingest(tenantId, items);
      return results.map((result) => {
        if (result.kind !== 'accepted') throw new Error(result.errors[0]?.detail);
        return deliveryId(result.id, subscribed.id);
      });
    },
    async enable(enabled: boolean): Promise<void> {
      const current = await subscriptions.find(tenantId, subscribed.id);
      if (!current) return;
      const { released } = await saveSubscription(db, { ...current, disabled: enabled ? undefined : 'requested' });
      queue.offer(released);
    },
    cancel: (delivery: DeliveryId) => cancelDelivery(replaying, tenantId, delivery, 'key_1'),
    replay: (delivery: DeliveryId) => replayDelivery(replaying, tenantId, delivery, 'same', 'key_1'),
    replayFresh: (delivery: DeliveryId) => replayDelivery(replaying, tenantId, delivery, 'fresh', 'key_1'),
    async replayLetter(delivery: DeliveryId): Promise<DeliveryId> {
      const { data } = await deadLetters.list(tenantId, { open: true }, { limit: 100, cursor: undefined });
      const letter = data.find((one) => one.deliveryId === delivery);
      return replayDeadLetter(replaying, tenantId, letter?.id ?? newId('deadLetter', 0), 'key_1');
    },
  };
}

export type Installation = Awaited<ReturnType<typeof givenInstallation>>;

/** Delivers offers by the workers, round robin, until none is left. */
export async function deliverOffered({ offered, workers }: Installation): Promise<void> {
  for (let turn = 0; offered.length > 0; turn++) {
    const due = offered.splice(0);
    await Promise.all(
      due.map(({ deliveryId: id, attempt }, index) =>
        workers[(turn + index) % 2 === 0 ? 0 : 1].deliver(id, attempt, AT_ONCE),
      ),
    );
  }
}

export interface Row {
  readonly id: DeliveryId;
  readonly passId: string;
  readonly state: string;
  readonly sequence: number | null;
}

/** The subscription's deliveries as they stand, oldest first. */
export async function rowsOf(db: Database, id: SubscriptionId): Promise<Row[]> {
  const rows = await db.delivery.findMany({ where: { subscriptionId: toUuid(id) }, orderBy: { id: 'asc' } });
  return rows.map(({ id: uuid, passId, state, sequence }) => ({ id: toId('delivery', uuid), passId, state, sequence }));
}

/** The states of given deliveries, in their order. */
export async function statesOf(db: Database, deliveries: readonly DeliveryId[]): Promise<(string | undefined)[]> {
  const rows = await db.delivery.findMany({ where: { id: { in: deliveries.map(toUuid) } } });
  const states = new Map(rows.map(({ id, state }) => [id, state]));
  return deliveries.map((delivery) => states.get(toUuid(delivery)));
}

/** Passes whose committed state is not as it must be: the first open one not blocked, the others blocked, its row there. */
export async function disorder(db: Database, id: SubscriptionId): Promise<object[]> {
  return db.$queryRaw<object[]>`
    WITH open AS (
      SELECT pass_id, array_agg(state ORDER BY sequence) AS states, max(sequence) AS last FROM deliveries
      WHERE subscription_id = ${toUuid(id)}::uuid AND sequence IS NOT NULL
        AND state IN ('pending', 'delivering', 'retrying', 'blocked', 'parked', 'held')
      GROUP BY pass_id
    )
    SELECT pass_id, states, last, last_sequence
    FROM open FULL JOIN (SELECT * FROM pass_orders WHERE subscription_id = ${toUuid(id)}::uuid) o USING (pass_id)
    WHERE last IS NULL OR last_sequence IS NULL OR last > last_sequence
      OR states[1] = 'blocked' OR 'blocked' <> ANY (states[2:])`;
}
