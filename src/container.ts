import { AsyncLocalStorage } from 'node:async_hooks';
import type { Express } from 'express';
import type { Logger } from 'pino';
import packageJson from '../package.json' with { type: 'json' };
import { createApp } from './api/app.ts';
import { ERASED_ANSWER } from './api/erased-answer.ts';
import { ChangeStreams } from './api/stream/change-streams.ts';
import type { Config } from './config.ts';
import { forgetAfterMs } from './domain/gate-rules.ts';
import { newId } from './domain/id.ts';
import type { Part } from './domain/readiness.ts';
import { SecretBox } from './domain/secret-box.ts';
import { OpenIdConnect } from './identity/openid-connect.ts';
import {
  announcingClaims,
  announcingDeadLetters,
  announcingDeliveries,
  announcingEndpoints,
  announcingTelemetry,
} from './pipeline/announce-changes.ts';
import { Deliverer } from './pipeline/deliver.ts';
import { EndpointConsents } from './pipeline/endpoint-consents.ts';
import { EventIngest } from './pipeline/ingest-events.ts';
import { keepStatistics } from './pipeline/keep-statistics.ts';
import { RetentionSweep } from './pipeline/keep-within-retention.ts';
import { Recoverer } from './pipeline/recover.ts';
import { BodyRetentionSweep } from './pipeline/remove-bodies.ts';
import { ReplayRunner } from './pipeline/replays/run-replays.ts';
import { ErasureRunner } from './pipeline/run-erasures.ts';
import { TenantConfigs } from './pipeline/tenant-configs.ts';
import { EndpointWatch } from './pipeline/watch-endpoints.ts';
import { WorkerWatch } from './pipeline/watch-workers.ts';
import type { Actor } from './ports/audit.ts';
import type { Log } from './ports/process.ts';
import { RedisAnnouncer } from './queue/changes/redis-announcer.ts';
import { RedisFeed } from './queue/changes/redis-feed.ts';
import { type DeliveryConsumer, QueueConsumer } from './queue/delivery-consumer.ts';
import { GatedQueue } from './queue/delivery-queue.ts';
import { RedisInspector } from './queue/inspection/redis-inspector.ts';
import { createLocalRate, SharedRate } from './queue/rate-limits.ts';
import { createEndpointProber } from './sender/endpoint-probe.ts';
import { createSender } from './sender/got-sender.ts';
import { createUrlChecker } from './sender/url-check.ts';
import { createAttentionStore } from './store/attention.ts';
import { createAuditStore } from './store/audit/audit-log.ts';
import { readBacklog } from './store/backlog.ts';
import { createApiKeyStore } from './store/configuration/api-keys.ts';
import { createChangeTogether, createConfigurationStores } from './store/configuration/configuration-stores.ts';
import { createConsentStore } from './store/configuration/consents.ts';
import { createEndpointStore } from './store/configuration/endpoints.ts';
import { mergeEndpoints } from './store/configuration/merge-endpoints.ts';
import { createPortalLinkStore } from './store/configuration/portal-links.ts';
import { createSubscriptionStore } from './store/configuration/subscriptions.ts';
import { createConfigSource } from './store/configuration/tenant-config.ts';
import { createTenantStore } from './store/configuration/tenants.ts';
import { createCurrentWorkStore } from './store/current-work.ts';
import { openDatabase } from './store/database.ts';
import { createClaimStore } from './store/deliveries/claim-store.ts';
import { createDeadLetterStore } from './store/deliveries/dead-letters.ts';
import { createDeliveryStore } from './store/deliveries/deliveries.ts';
import { createOverdueStore } from './store/deliveries/overdue.ts';
import { createEndpointBoardStore } from './store/endpoint-board.ts';
import { createErasureStore } from './store/erasures/erasures.ts';
import { createEventStore } from './store/events/events.ts';
import { deleteExpiredRows } from './store/expired-rows.ts';
import { createIdempotencyStore } from './store/idempotency.ts';
import { PostgresInspector } from './store/inspection/postgres-inspector.ts';
import { createNameStore } from './store/names.ts';
import { ensurePartitions } from './store/partitions.ts';
import { createPersonStore } from './store/people.ts';
import { openPool } from './store/pool.ts';
import { createReplayStore } from './store/replays/replays.ts';
import { createBodyRetentionStore } from './store/retention/bodies.ts';
import { createRetentionStore } from './store/retention/retention.ts';
import { createSearchStore } from './store/search.ts';
import { createStatisticsStore } from './store/statistics/statistics.ts';
import { createWorkerList, createWorkerRegistry } from './store/workers.ts';
import { createLog } from './telemetry/log.ts';
import { addDeliveryMetrics } from './telemetry/metrics/delivery-metrics.ts';
import { createRegistry, render } from './telemetry/metrics/registry.ts';
import { addRequestMetrics } from './telemetry/metrics/request-metrics.ts';
import { quietLog } from './telemetry/quiet-log.ts';
import { ServerWatch } from './telemetry/server-watch.ts';
import { StatusServer } from './telemetry/status-server.ts';
import { apiTelemetry, deliveryTelemetry } from './telemetry/telemetry.ts';

// The composition root: the only file that imports every folder. It closes what it opens, in reverse order.

/** Looks at URLs by one key: each opens a connection to wherever the URL leads. */
const CHECKS = { name: 'checks', limit: 30, windowS: 60 };
/** Unknown keys of one address; the look-up of further ones is slowed. */
const FAILED_KEYS = { limit: 20, windowS: 10 };

export interface ApiContainer {
  readonly log: Logger;
  readonly servers: ServerWatch;
  readonly app: Express;
  /** Ends the streams of changes, which would stay open for ever. */
  endStreams(): void;
  close(): Promise<void>;
}

/** Builds an API process. Opens no connection, so the API can start while Postgres or Redis is unavailable. */
export function createApiContainer(config: Config): ApiContainer {
  const actors = new AsyncLocalStorage<Actor>();
  const foundation = openFoundation(config, API, () => actors.getStore());
  const { log, clock, db, queue, box, servers, registry } = foundation;
  const telemetry = apiTelemetry(foundation.logger, addRequestMetrics(registry));
  const configs = new TenantConfigs(createConfigSource(db));
  const events = createEventStore(db);
  const { keys } = config;
  const checks = new SharedRate(config.redis, CHECKS);
  const others = new SharedRate(config.redis, { limit: keys.otherRequestsPerS, windowS: 1 });
  const announcer = new RedisAnnouncer(config.redis);
  const feed = new RedisFeed(config.redis, log);
  const apiKeys = createApiKeyStore(db);
  const people = createPersonStore(db);
  const storedDeliveries = createDeliveryStore(db);
  const deliveries = announcingDeliveries(storedDeliveries, announcer);
  const endpoints = announcingEndpoints(createEndpointStore(db), announcer);
  const replays = createReplayStore(db);
  const statistics = createStatisticsStore(db);
  const streams = new ChangeStreams({
    statistics,
    feed,
    deliveries,
    endpoints,
    endpointHealth: queue.health,
    replays,
    apiKeys,
    people,
    configs,
    servers,
    clock,
    log,
    limits: { ofKey: keys.streams, inAll: config.streams },
  });
  const app = createApp({
    log,
    clock,
    box,
    adminKey: config.adminKey,
    console: { ...config.console, version: packageJson.version, httpAllowed: config.allowHttp },
    portal: config.portal,
    portalLinks: createPortalLinkStore(db),
    bounds: config.bounds,
    retention: config.retention,
    tenants: createTenantStore(db),
    apiKeys,
    people,
    identityProvider: config.identity && new OpenIdConnect(config.identity),
    publicUrl: config.publicUrl,
    ...createConfigurationStores(db),
    changeTogether: createChangeTogether(db),
    endpoints,
    endpointHealth: queue.health,
    endpointBoard: createEndpointBoardStore(db),
    disableAfterMs: config.disableAfterMs,
    workers: createWorkerList(db),
    events,
    deliveries,
    deadLetters: announcingDeadLetters(createDeadLetterStore(db, clock), storedDeliveries, announcer),
    replays,
    erasures: createErasureStore(db, ERASED_ANSWER),
    streams,
    searches: createSearchStore(db),
    names: createNameStore(db),
    statistics,
    currentWork: createCurrentWorkStore(db, clock),
    attention: createAttentionStore(db),
    audit: createAuditStore(db),
    actAs: (actor, work) => actors.run(actor, work),
    idempotency: createIdempotencyStore(db),
    configs,
    queue,
    urls: createUrlChecker({ allowHttp: config.allowHttp, allowedNetworks: config.allowedNetworks }),
    prober: createEndpointProber({ allowHttp: config.allowHttp, allowedNetworks: config.allowedNetworks }),
    ingest: new EventIngest({ events, configs, queue, clock, announcer, telemetry }),
    servers,
    rates: { events: createLocalRate({ limit: keys.eventRequestsPerS, windowS: 1 }), others, checks },
    keyLimitOptions: { requests: keys.requestsAtOnce, bodyBytes: keys.bodyBytes },
    failedKeyRate: createLocalRate(FAILED_KEYS),
    trustedProxies: config.trustedProxies,
    telemetry,
    metrics: () => render(registry),
  });
  return {
    log: foundation.logger,
    servers,
    app,
    endStreams: () => streams.end(),
    async close() {
      others.close();
      checks.close();
      feed.close();
      announcer.close();
      await foundation.close();
    },
  };
}

export interface WorkerContainer {
  readonly log: Logger;
  /** Reports failures of servers only where their state does not explain them. */
  readonly quietLog: Log;
  readonly servers: ServerWatch;
  /** Serves health and metrics. */
  readonly status: StatusServer;
  /** Reports that this worker is alive, and decides whether it runs the sweeps. */
  readonly workers: WorkerWatch;
  readonly recoverer: Recoverer;
  readonly watch: EndpointWatch;
  readonly replays: ReplayRunner;
  /** Counts what has ended, and what waits. @throws Unavailable */
  keepStatistics(): Promise<void>;
  readonly retention: RetentionSweep;
  readonly bodies: BodyRetentionSweep;
  readonly erasures: ErasureRunner;
  /** Creates partitions ahead of time, deletes expired keys, and merges endpoints of one address. @throws Unavailable */
  maintain(): Promise<void>;
  /** Connects to Postgres and loads Prisma's query compiler ahead of the first delivery. @throws Unavailable */
  warmUp(): Promise<void>;
  /** Starts to take deliveries from the queue. */
  consume(): DeliveryConsumer;
  /** Breaks off the attempts in flight and gives their claims back; sends nothing afterwards. @throws Unavailable */
  giveBackInFlight(): Promise<void>;
  /** Enqueues the deliveries that were given back; to be called when their jobs have ended. */
  offerReturned(): void;
  close(): Promise<void>;
}

/** One for beats, and a spare one for when that connection hangs. */
const BEAT_CONNECTIONS = 2;

/** Builds a worker process. */
export function createWorkerContainer(config: Config): WorkerContainer {
  const foundation = openFoundation(config, WORKER);
  const { log, clock, db, queue, box, servers, registry } = foundation;
  let consumer: DeliveryConsumer | undefined;
  const load = () => consumer?.load ?? { inFlight: 0, slots: 0 };
  const metrics = addDeliveryMetrics(registry, load);
  const announcer = new RedisAnnouncer(config.redis);
  const telemetry = announcingTelemetry(deliveryTelemetry(foundation.logger, metrics), announcer);
  const workerId = newId('worker', clock());
  const claims = announcingClaims(createClaimStore(db, workerId), announcer);
  const statistics = createStatisticsStore(db);
  const beats = openPool({
    ...config.database,
    poolSize: BEAT_CONNECTIONS,
    applicationName: 'passwire-worker-beats',
    onConnectionLost: (err) => log.warn({ err: err.message }, 'Postgres connection lost'),
  });
  const sender = createSender({ allowHttp: config.allowHttp, allowedNetworks: config.allowedNetworks });
  const subscriptions = createSubscriptionStore(db);
  const configSource = createConfigSource(db);
  const configs = new TenantConfigs(configSource);
  const deliverer = new Deliverer({
    claims,
    subscriptions,
    configs,
    queue,
    sender,
    consents: new EndpointConsents({ consents: createConsentStore(db), sender }),
    box,
    clock,
    random: Math.random,
    log,
    telemetry,
  });
  const watch = new EndpointWatch({
    endpoints: createEndpointStore(db),
    endpointHealth: queue.health,
    disableAfterMs: config.disableAfterMs,
    subscriptions,
    configs,
    queue,
    clock,
    log,
    telemetry,
  });
  queue.onHealthChanges((changes) => watch.note(changes));
  return {
    log: foundation.logger,
    quietLog: log,
    servers,
    status: new StatusServer({ readiness: () => servers.readiness(), metrics: () => render(registry) }),
    workers: new WorkerWatch({
      registry: createWorkerRegistry(db, beats, workerId, packageJson.version),
      queue,
      canSweep: () => servers.answers('redis'),
      load,
      log,
    }),
    recoverer: new Recoverer({ claims, overdue: createOverdueStore(db), queue, log }),
    async warmUp() {
      await configSource.load(newId('tenant', clock())); // no tenant has this id
    },
    watch,
    replays: new ReplayRunner({ replays: createReplayStore(db), events: createEventStore(db), configs, queue, clock }),
    erasures: new ErasureRunner({
      erasures: createErasureStore(db, ERASED_ANSWER),
      box,
      queue,
      changes: announcer,
      log,
    }),
    bodies: new BodyRetentionSweep({ store: createBodyRetentionStore(db), bodyDays: config.retention.bodyDays }),
    retention: new RetentionSweep({
      retention: config.retention,
      store: createRetentionStore(db),
      configs,
      queue,
      clock,
      log,
    }),
    keepStatistics: () => keepStatistics({ statistics, queue }),
    async maintain() {
      await ensurePartitions(db, clock());
      await deleteExpiredRows(db);
      await statistics.deleteOld();
      await mergeEndpoints(db);
    },
    consume() {
      consumer = new QueueConsumer(
        { ...config.redis, concurrency: config.concurrency, workerId },
        queue,
        log,
        ({ deliveryId, attempt }, rateSlot) => deliverer.deliver(deliveryId, attempt, rateSlot),
      );
      return consumer;
    },
    async giveBackInFlight() {
      sender.close(); // before the gate reassigns their slots, so that an endpoint never exceeds its concurrency limit
      await deliverer.giveBackInFlight();
    },
    offerReturned() {
      const returned = deliverer.takeReturned();
      if (returned.length > 0) queue.offer(returned);
    },
    async close() {
      sender.close();
      await beats.close();
      announcer.close();
      await foundation.close();
    },
  };
}

interface ProcessKind {
  readonly name: string;
  /** The parts without which the process does no work. */
  readonly vital: readonly Part[];
  /** Whether a statement waits for a Postgres that is silent, or fails as soon as that is known. */
  readonly waitsForPostgres: boolean;
}

const API: ProcessKind = { name: 'passwire-api', vital: ['postgres'], waitsForPostgres: false };
/** What a worker has sent must be recorded, so it waits. */
const WORKER: ProcessKind = { name: 'passwire-worker', vital: ['postgres', 'redis'], waitsForPostgres: true };

function openFoundation(
  config: Config,
  { name, vital, waitsForPostgres }: ProcessKind,
  currentActor: () => Actor | undefined = () => undefined,
) {
  const logger = createLog(name, config.logLevel);
  const servers = new ServerWatch({
    postgres: new PostgresInspector({
      url: config.database.url,
      applicationName: `${name}-status`,
      keyIds: config.encryptionKeys.map(({ id }) => id),
    }),
    redis: new RedisInspector(config.redis),
    vital,
    log: logger,
  });
  const log = quietLog(logger, () => servers.explains());
  const db = openDatabase({
    ...config.database,
    applicationName: name,
    currentActor,
    onConnectionLost: (err) => log.warn({ err: err.message }, 'Postgres connection lost'),
    ...(!waitsForPostgres && { onSilence: () => servers.isTroubled('postgres') }),
  });
  if (!waitsForPostgres) servers.onInspection(() => (servers.answers('postgres') ? db.resume() : db.suspend()));
  const rules = { forgetAfterMs: forgetAfterMs(config.disableAfterMs) };
  const queue = new GatedQueue({ ...config.redis, rules }, log);
  const registry = createRegistry(name, {
    backlog: () => readBacklog(db),
    parked: () => queue.waiting(),
    readiness: () => servers.last(),
    connections: () => db.connections(),
  });
  const box = new SecretBox(config.encryptionKeys);
  return {
    logger,
    log,
    clock: Date.now,
    servers,
    db,
    queue,
    registry,
    box,
    async close() {
      servers.stop(); // from here on connections break because they are closed
      await queue.close();
      await db.close();
      await servers.close();
    },
  };
}
