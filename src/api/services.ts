import type { ServerResponse } from 'node:http';
import type { PortalOptions } from '../domain/portal.ts';
import type { Finding, Readiness } from '../domain/readiness.ts';
import type { Retention } from '../domain/retention.ts';
import type { SecretBox } from '../domain/secret-box.ts';
import type { TenantBounds } from '../domain/tenant-bounds.ts';
import type { EventIngest } from '../pipeline/ingest-events.ts';
import type { TenantConfigs } from '../pipeline/tenant-configs.ts';
import type { AttentionStore } from '../ports/attention.ts';
import type { ActAs, AuditStore } from '../ports/audit.ts';
import type {
  ApiKeyStore,
  ChangeTogether,
  ConfigSource,
  IntegrationStore,
  SubscriptionStore,
  TemplateStore,
  TenantStore,
} from '../ports/configuration.ts';
import type { CurrentWorkStore } from '../ports/current-work.ts';
import type { DeadLetterStore } from '../ports/dead-letters.ts';
import type { DeliveryStore } from '../ports/deliveries.ts';
import type { EndpointBoardStore } from '../ports/endpoint-board.ts';
import type { EndpointHealthStore } from '../ports/endpoint-health.ts';
import type { EndpointStore } from '../ports/endpoints.ts';
import type { ErasureStore } from '../ports/erasures.ts';
import type { EventStore } from '../ports/events.ts';
import type { IdempotencyStore } from '../ports/idempotency.ts';
import type { IdentityProvider } from '../ports/identity-provider.ts';
import type { RenderedMetrics } from '../ports/metrics.ts';
import type { NameStore } from '../ports/names.ts';
import type { PersonStore } from '../ports/people.ts';
import type { PortalLinkStore } from '../ports/portal-links.ts';
import type { Clock, Log } from '../ports/process.ts';
import type { DeliveryQueue } from '../ports/queue.ts';
import type { RateLimit } from '../ports/rate-limits.ts';
import type { ReplayStore } from '../ports/replays.ts';
import type { SearchStore } from '../ports/search.ts';
import type { EndpointProber, UrlChecker } from '../ports/sending.ts';
import type { StatisticsStore } from '../ports/statistics.ts';
import type { ApiTelemetry } from '../ports/telemetry.ts';
import type { WorkerList } from '../ports/workers.ts';
import type { ConsoleOptions } from './console/console-config.ts';
import type { KeyLimitOptions } from './key-limits.ts';
import type { Wanted } from './stream/topics.ts';

/** The dependencies of the verbs that routes call, by the names the verbs give them; container.ts provides them. */
export interface Services {
  readonly log: Log;
  readonly clock: Clock;
  readonly box: SecretBox;
  /** A configured key with the role admin, so that the first tenant can be created. */
  readonly adminKey: string | undefined;
  readonly console: ConsoleOptions;
  /** The most that a tenant may configure. */
  readonly bounds: TenantBounds;
  readonly tenants: TenantStore;
  readonly apiKeys: ApiKeyStore;
  readonly people: PersonStore;
  /** Where staff sign in; undefined: with API keys only. */
  readonly identityProvider: IdentityProvider | undefined;
  /** The address of the API in browsers; undefined: the host that a request names. */
  readonly publicUrl: string | undefined;
  readonly portal: PortalOptions;
  readonly portalLinks: PortalLinkStore;
  readonly retention: Retention;
  readonly templates: TemplateStore;
  readonly integrations: IntegrationStore;
  readonly subscriptions: SubscriptionStore;
  readonly changeTogether: ChangeTogether;
  readonly endpoints: Pick<EndpointStore, 'find' | 'list' | 'pause' | 'enable'>;
  readonly endpointHealth: EndpointHealthStore;
  readonly endpointBoard: EndpointBoardStore;
  /** How long an endpoint may fail before it is disabled. */
  readonly disableAfterMs: number;
  readonly workers: WorkerList;
  readonly events: Pick<EventStore, 'find' | 'installations' | 'list'>;
  readonly deliveries: DeliveryStore;
  readonly deadLetters: DeadLetterStore;
  readonly replays: ReplayStore;
  readonly erasures: ErasureStore;
  readonly searches: SearchStore;
  readonly names: NameStore;
  readonly statistics: StatisticsStore;
  readonly currentWork: CurrentWorkStore;
  readonly attention: AttentionStore;
  readonly audit: AuditStore;
  readonly actAs: ActAs;
  readonly idempotency: IdempotencyStore;
  /** Reads a tenant's configuration from the store. */
  readonly configSource: ConfigSource;
  /** The configurations that ingest works with, cached. */
  readonly configs: TenantConfigs;
  readonly streams: {
    /** @throws HttpProblem 429 when there are as many streams as there may be */
    admit(wanted: Wanted): void;
    /** Begins a stream that was admitted. */
    begin(wanted: Wanted, response: ServerResponse): void;
  };
  readonly queue: Pick<DeliveryQueue, 'offer' | 'waiting'>;
  readonly urls: UrlChecker;
  readonly prober: EndpointProber;
  readonly ingest: Pick<EventIngest, 'ingest'>;
  readonly servers: {
    /** The state of Postgres and Redis as of the last second. */
    readiness(): Promise<Readiness>;
    /** What forbids to serve requests until a person has changed something; undefined when nothing does. */
    blockedBy(): Promise<Finding | undefined>;
    /** Looks at the servers now, because one did not answer a request. */
    explains(): Promise<boolean>;
  };
  /** How often a key may call. */
  readonly rates: { readonly events: RateLimit; readonly others: RateLimit; readonly checks: RateLimit };
  readonly keyLimitOptions: KeyLimitOptions;
  /** How many unknown keys an address may send. */
  readonly failedKeyRate: RateLimit;
  /** Networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  readonly telemetry: Pick<ApiTelemetry, 'requestServed'>;
  readonly metrics: () => Promise<RenderedMetrics>;
}
