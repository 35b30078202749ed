import type { ComposePreview } from '../admin/preview.ts';
import type { DeadLetterId, DeliveryId, EndpointId, SubscriptionId, TenantId } from '../domain/id.ts';
import type { SecretBox } from '../domain/secret-box.ts';
import type { Ingest } from '../pipeline/post-events.ts';
import type {
  ApiKeyStore,
  ConfigSource,
  IntegrationStore,
  SubscriptionStore,
  TemplateStore,
  TenantStore,
} from '../ports/configuration.ts';
import type { DeadLetterStore, DeliveryStore } from '../ports/deliveries.ts';
import type { EndpointHealthStore } from '../ports/endpoint-health.ts';
import type { EndpointStore } from '../ports/endpoints.ts';
import type { EventStore } from '../ports/events.ts';
import type { IdempotencyStore } from '../ports/idempotency.ts';
import type { Clock, Log } from '../ports/process.ts';
import type { DeliveryQueue } from '../ports/queue.ts';
import type { UrlChecker } from '../ports/sending.ts';

/** What a person can do to deliveries and dead letters. Bound to their dependencies by container.ts. */
interface Actions {
  /** Same bytes again (`same`: the same delivery) or rendered anew (`fresh`: another delivery); gives the id to look at. */
  replayDelivery(tenantId: TenantId, id: DeliveryId, mode: 'same' | 'fresh', by: string): Promise<DeliveryId>;
  cancelDelivery(tenantId: TenantId, id: DeliveryId, by: string): Promise<void>;
  replayDeadLetter(tenantId: TenantId, id: DeadLetterId, by: string): Promise<DeliveryId>;
  discardDeadLetter(tenantId: TenantId, id: DeadLetterId, by: string): Promise<void>;
  /** Sends a sample event for real, as a delivery of its own. */
  sendTest(tenantId: TenantId, id: SubscriptionId): Promise<DeliveryId>;
  /** Closes its breaker, enables what was disabled because of it, and releases what was held. */
  enableEndpoint(tenantId: TenantId, id: EndpointId): Promise<void>;
}

/** All that the API needs; container.ts fills it. */
export interface Services {
  readonly log: Log;
  readonly clock: Clock;
  readonly box: SecretBox;
  /** A key of the configuration that is accepted as an admin key, so that the first tenant can be made. */
  readonly adminKey: string | undefined;
  readonly tenants: TenantStore;
  readonly apiKeys: ApiKeyStore;
  readonly templates: TemplateStore;
  readonly integrations: IntegrationStore;
  readonly subscriptions: SubscriptionStore;
  readonly endpoints: Pick<EndpointStore, 'find' | 'list'>;
  readonly endpointHealth: EndpointHealthStore;
  readonly events: Pick<EventStore, 'find' | 'list'>;
  readonly deliveries: Pick<DeliveryStore, 'find' | 'list' | 'attempts' | 'body'>;
  readonly deadLetters: Pick<DeadLetterStore, 'find' | 'list'>;
  readonly idempotency: IdempotencyStore;
  readonly configs: ConfigSource;
  readonly queue: Pick<DeliveryQueue, 'offer'>;
  readonly urls: UrlChecker;
  readonly ingest: Ingest;
  readonly composePreview: ComposePreview;
  readonly actions: Actions;
  /** Each resolves when its part answers, and rejects with the reason when it does not. */
  readonly health: { readonly postgres: () => Promise<unknown>; readonly redis: () => Promise<unknown> };
}
