import type { Express } from 'express';
import pino, { type Logger } from 'pino';
import { createApp } from './api/app.ts';
import type { Config } from './config.ts';
import { forgetAfterMs } from './domain/gate-rules.ts';
import { newId } from './domain/id.ts';
import { SecretBox } from './domain/secret-box.ts';
import { Deliverer } from './pipeline/deliver.ts';
import { EventIngest } from './pipeline/ingest-events.ts';
import { Recoverer } from './pipeline/recover.ts';
import { TenantConfigs } from './pipeline/tenant-configs.ts';
import { EndpointWatch } from './pipeline/watch-endpoints.ts';
import { type DeliveryConsumer, QueueConsumer } from './queue/delivery-consumer.ts';
import { GatedQueue } from './queue/delivery-queue.ts';
import { createSender } from './sender/got-sender.ts';
import { createUrlChecker } from './sender/url-check.ts';
import { createApiKeyStore } from './store/configuration/api-keys.ts';
import { createEndpointStore } from './store/configuration/endpoints.ts';
import { createIntegrationStore } from './store/configuration/integrations.ts';
import { createSubscriptionStore } from './store/configuration/subscriptions.ts';
import { createTemplateStore } from './store/configuration/templates.ts';
import { createConfigSource } from './store/configuration/tenant-config.ts';
import { createTenantStore } from './store/configuration/tenants.ts';
import { openDatabase, ping } from './store/database.ts';
import { createClaimStore } from './store/deliveries/claim-store.ts';
import { createDeadLetterStore } from './store/deliveries/dead-letters.ts';
import { createDeliveryStore } from './store/deliveries/deliveries.ts';
import { createEventStore } from './store/events/events.ts';
import { deleteExpiredRows } from './store/expired-rows.ts';
import { createIdempotencyStore } from './store/idempotency.ts';
import { ensurePartitions } from './store/partitions.ts';

// The composition root: the only file that imports every folder. It closes what it opens, in reverse order.

export interface ApiContainer {
  readonly log: Logger;
  readonly app: Express;
  close(): Promise<void>;
}

/** Builds an API process. Opens no connection, so the API can start while Postgres or Redis is unavailable. */
export function createApiContainer(config: Config): ApiContainer {
  const { log, clock, db, queue, box } = openFoundation(config, 'passwire-api');
  const configSource = createConfigSource(db);
  const configs = new TenantConfigs(configSource);
  const events = createEventStore(db);
  const app = createApp({
    log,
    clock,
    box,
    adminKey: config.adminKey,
    tenants: createTenantStore(db),
    apiKeys: createApiKeyStore(db),
    templates: createTemplateStore(db),
    integrations: createIntegrationStore(db),
    subscriptions: createSubscriptionStore(db),
    endpoints: createEndpointStore(db),
    endpointHealth: queue.health,
    events,
    deliveries: createDeliveryStore(db),
    deadLetters: createDeadLetterStore(db, clock),
    idempotency: createIdempotencyStore(db),
    configSource,
    configs,
    queue,
    urls: createUrlChecker({ allowHttp: config.allowHttp, allowedNetworks: config.allowedNetworks }),
    ingest: new EventIngest({ events, configs, queue, clock }),
    health: { postgres: () => ping(db), redis: () => queue.ping() },
  });
  return {
    log,
    app,
    async close() {
      await queue.close();
      await db.close();
    },
  };
}

export interface WorkerContainer {
  readonly log: Logger;
  readonly recoverer: Recoverer;
  readonly watch: EndpointWatch;
  /** Creates partitions ahead of time and deletes expired keys. @throws Unavailable */
  maintain(): Promise<void>;
  /** Connects to Postgres and loads Prisma's query compiler ahead of the first delivery. @throws Unavailable */
  warmUp(): Promise<void>;
  /** Starts to take deliveries from the queue. */
  consume(): DeliveryConsumer;
  /** Breaks off the attempts in flight and gives their claims back; sends nothing afterwards. @throws Unavailable */
  handBack(): Promise<void>;
  /** Enqueues the deliveries that were given back; to be called when their jobs have ended. */
  offerReturned(): void;
  close(): Promise<void>;
}

/** Builds a worker process. */
export function createWorkerContainer(config: Config): WorkerContainer {
  const { log, clock, db, queue, box } = openFoundation(config, 'passwire-worker');
  const claims = createClaimStore(db);
  const sender = createSender({ allowHttp: config.allowHttp, allowedNetworks: config.allowedNetworks });
  const subscriptions = createSubscriptionStore(db);
  const configSource = createConfigSource(db);
  const configs = new TenantConfigs(configSource);
  const deliverer = new Deliverer({ claims, subscriptions, configs, queue, sender, box, clock, random: Math.random, log });
  const watch = new EndpointWatch({
    endpoints: createEndpointStore(db),
    endpointHealth: queue.health,
    disableAfterMs: config.disableAfterMs,
    subscriptions,
    configs,
    queue,
    clock,
    log,
  });
  queue.onHealthChanges((changes) => watch.note(changes));
  return {
    log,
    recoverer: new Recoverer({ claims, queue, log }),
    async warmUp() {
      await configSource.load(newId('tenant', clock())); // no tenant has this id
    },
    watch,
    async maintain() {
      await ensurePartitions(db, clock());
      await deleteExpiredRows(db);
    },
    consume: () =>
      new QueueConsumer(
        { ...config.redis, concurrency: config.concurrency },
        queue,
        log,
        ({ deliveryId, attempt }, rateSlot) => deliverer.deliver(deliveryId, attempt, rateSlot),
      ),
    async handBack() {
      sender.close(); // before the gate reassigns their slots, so that an endpoint never exceeds its concurrency limit
      await deliverer.handBack();
    },
    offerReturned() {
      const returned = deliverer.takeReturned();
      if (returned.length > 0) queue.offer(returned);
    },
    async close() {
      sender.close();
      await queue.close();
      await db.close();
    },
  };
}

function openFoundation(config: Config, name: string) {
  const log = pino({ level: config.logLevel, base: { process: name } });
  const db = openDatabase({
    ...config.database,
    applicationName: name,
    onConnectionLost: (err) => log.warn({ err: err.message }, 'Postgres connection lost'),
  });
  const rules = { forgetAfterMs: forgetAfterMs(config.disableAfterMs) };
  const queue = new GatedQueue({ ...config.redis, rules }, log);
  return { log, clock: Date.now, db, queue, box: new SecretBox(config.encryptionKeys) };
}
