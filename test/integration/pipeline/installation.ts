import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import type { PostedEvent } from '../../../src/domain/event.ts';
import type { TenantId } from '../../../src/domain/id.ts';
import type { Integration } from '../../../src/domain/integration.ts';
import type { PostedItem } from '../../../src/domain/read-posted-event.ts';
import type { Subscription } from '../../../src/domain/subscription.ts';
import type { Template } from '../../../src/domain/template.ts';
import type { EventResult } from '../../../src/pipeline/classify-events.ts';
import { EventIngest } from '../../../src/pipeline/ingest-events.ts';
import { TenantConfigs } from '../../../src/pipeline/tenant-configs.ts';
import type { Carried, DeliveryQueue, DueDelivery, SoughtDeliveries } from '../../../src/ports/queue.ts';
import { createIntegrationStore } from '../../../src/store/configuration/integrations.ts';
import { createConfigSource } from '../../../src/store/configuration/tenant-config.ts';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { createEventStore } from '../../../src/store/events/events.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { NO_ANNOUNCER, NO_TELEMETRY } from '../../support/telemetry.ts';
import { givenSubscription, givenTemplate, givenTenant, integration } from '../store/samples.ts';

/** A queue that remembers what it was offered. */
class RecordingQueue implements DeliveryQueue {
  readonly offered: DueDelivery[] = [];

  offer(deliveries: readonly DueDelivery[]): void {
    this.offered.push(...deliveries);
  }
  async offerAndWait(deliveries: readonly DueDelivery[]): Promise<void> {
    this.offer(deliveries);
  }
  async lookFor(heads: readonly SoughtDeliveries[]): Promise<readonly Carried[]> {
    return heads.map(({ endpointId, overdue }) => ({ endpointId, parked: 0, isFailing: false, missing: overdue }));
  }
  async waiting(): Promise<number> {
    return 0;
  }
  async sweepDeadJobs(): Promise<void> {}
}

/** What takes events in, as one API process has it. */
export function createIngest(db: Database) {
  const queue = new RecordingQueue();
  const source = createConfigSource(db);
  const loads: TenantId[] = [];
  const configs = new TenantConfigs({
    ...source,
    load(tenantId) {
      loads.push(tenantId);
      return source.load(tenantId);
    },
  });
  const events = createEventStore(db);
  const ingest = new EventIngest({
    events,
    configs,
    queue,
    clock: Date.now,
    announcer: NO_ANNOUNCER,
    telemetry: NO_TELEMETRY,
  });
  return Object.assign(ingest, { queue, loads });
}

export type Ingest = ReturnType<typeof createIngest>;

/** Two processes' worth of handles on one migrated database of this test file. */
export function useTwoInstances(): () => { readonly db: Database; readonly one: Ingest; readonly other: Ingest } {
  let database: TestDatabase | undefined;
  let opened: ReturnType<typeof openDatabase>[] = [];
  let instances: { db: Database; one: Ingest; other: Ingest } | undefined;
  beforeAll(async () => {
    database = await createTestDatabase();
    const { url } = database;
    const [db, second] = [openDatabase({ url }), openDatabase({ url })];
    opened = [db, second];
    instances = { db, one: createIngest(db), other: createIngest(second) };
  });
  afterAll(async () => {
    for (const db of opened) await db.close();
    await database?.drop();
  });
  return () => {
    if (!instances) throw new Error('the instances are there from beforeAll on');
    return instances;
  };
}

export interface Setup {
  readonly tenantId: TenantId;
  readonly template: Template;
  readonly integration: Integration;
  readonly subscription: Subscription;
}

/** A tenant with one template and one subscription to `trigger` for it, in the standard dialect. */
export async function givenSetup(db: Database, trigger: Subscription['trigger'] = 'pass.created'): Promise<Setup> {
  const tenantId = await givenTenant(db);
  const template = await givenTemplate(db, tenantId);
  const made: Integration = { ...integration(tenantId), dialect: 'standard', options: {} };
  await createIntegrationStore(db).create(made, [], () => {});
  const subscription = await givenSubscription(db, made, { trigger, templateId: template.id, options: {} });
  return { tenantId, template, integration: made, subscription };
}

/** A posted event with its text. */
export function item(of: Pick<Setup, 'template'>, more: object = {}): PostedItem {
  const event = {
    type: 'pass.created',
    templateId: of.template.externalId,
    occurredAt: '2026-03-01T12:00:00Z',
    pass: { id: `pass-${randomUUID()}` },
    ...more,
  } as PostedEvent;
  return { event, text: JSON.stringify(event) };
}

export function install(of: Pick<Setup, 'template'>, passId: string, more: object = {}): PostedItem {
  return item(of, {
    type: 'pass.installed',
    pass: { id: passId },
    device: { platform: 'apple', installId: randomUUID() },
    ...more,
  });
}

/** The id of an accepted event; throws for a refused one. */
export function acceptedId(result: EventResult | undefined): string {
  if (result?.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(result)}`);
  return result.id;
}
