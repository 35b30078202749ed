import type { SecretBox } from '../domain/secret-box.ts';
import type { EventIngest } from '../pipeline/ingest-events.ts';
import type { TenantConfigs } from '../pipeline/tenant-configs.ts';
import type {
  ApiKeyStore,
  ConfigSource,
  IntegrationStore,
  SubscriptionStore,
  TemplateStore,
  TenantStore,
} from '../ports/configuration.ts';
import type { DeadLetterStore } from '../ports/dead-letters.ts';
import type { DeliveryStore } from '../ports/deliveries.ts';
import type { EndpointHealthStore } from '../ports/endpoint-health.ts';
import type { EndpointStore } from '../ports/endpoints.ts';
import type { EventStore } from '../ports/events.ts';
import type { IdempotencyStore } from '../ports/idempotency.ts';
import type { Clock, Log } from '../ports/process.ts';
import type { DeliveryQueue } from '../ports/queue.ts';
import type { UrlChecker } from '../ports/sending.ts';

/** The dependencies of the verbs that routes call, by the names the verbs give them; container.ts provides them. */
export interface Services {
  readonly log: Log;
  readonly clock: Clock;
  readonly box: SecretBox;
  /** A configured key with the role admin, so that the first tenant can be created. */
  readonly adminKey: string | undefined;
  readonly tenants: TenantStore;
  readonly apiKeys: ApiKeyStore;
  readonly templates: TemplateStore;
  readonly integrations: IntegrationStore;
  readonly subscriptions: SubscriptionStore;
  readonly endpoints: Pick<EndpointStore, 'find' | 'list' | 'enable'>;
  readonly endpointHealth: EndpointHealthStore;
  readonly events: Pick<EventStore, 'find' | 'installations' | 'list'>;
  readonly deliveries: DeliveryStore;
  readonly deadLetters: DeadLetterStore;
  readonly idempotency: IdempotencyStore;
  /** Reads a tenant's configuration from the store. */
  readonly configSource: ConfigSource;
  /** The configurations that ingest works with, cached. */
  readonly configs: TenantConfigs;
  readonly queue: Pick<DeliveryQueue, 'offer'>;
  readonly urls: UrlChecker;
  readonly ingest: Pick<EventIngest, 'ingest'>;
  /** Each resolves when the server answers, and rejects with the reason when it does not. */
  readonly health: { readonly postgres: () => Promise<unknown>; readonly redis: () => Promise<unknown> };
}
