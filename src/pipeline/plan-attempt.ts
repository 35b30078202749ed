import { type Composer, createComposer } from '../dialects/compose-request.ts';
import type { SubscriptionId } from '../domain/id.ts';
import { isOperationalEvent } from '../domain/operational-event.ts';
import type { SecretBox } from '../domain/secret-box.ts';
import type { ClaimedDelivery, ReturnedClaim } from '../ports/claims.ts';
import type { LoadedConfig, TenantConfigs } from './tenant-configs.ts';

/** What an attempt is made with. */
export interface AttemptPlan {
  readonly loaded: LoadedConfig;
  readonly composer: Composer;
  /** @throws Unbuildable, MappingCollision */
  buildBody(): string;
}

/** The claim is to be given back instead of attempted. */
export type GiveBack = Pick<ReturnedClaim, 'to'>;

/** Decides, by the tenant's current configuration, how a claimed delivery is attempted, or that it is not. */
export class AttemptPlanner {
  readonly #configs: TenantConfigs;
  readonly #box: SecretBox;
  /** A configuration version is an object of its own: when it is dropped, its composers are too. */
  readonly #composers = new WeakMap<LoadedConfig, Map<SubscriptionId, Composer>>();

  constructor(configs: TenantConfigs, box: SecretBox) {
    this.#configs = configs;
    this.#box = box;
  }

  async plan(claimed: ClaimedDelivery): Promise<AttemptPlan | GiveBack> {
    const loaded = await this.#configs.atLeast(claimed.tenantId, claimed.configVersion);
    const subscription = loaded?.config.subscriptions.get(claimed.subscriptionId);
    const integration = subscription && loaded?.config.integrations.get(subscription.integrationId);
    if (!loaded || !subscription || !integration) return cancel('the subscription was deleted');
    if (subscription.disabled && !claimed.test) return { to: { state: 'held' } };
    const composer = this.#composerFor(loaded, subscription.id, () =>
      createComposer({
        integration,
        secrets: loaded.config.secrets.get(integration.id) ?? [],
        subscription,
        box: this.#box,
        storeTimeMs: loaded.storeTimeMs,
      }),
    );
    const { body, event } = claimed;
    if (body !== undefined) return { loaded, composer, buildBody: () => body };
    if (!event) return cancel('the event is no longer stored');
    if (isOperationalEvent(event)) return { loaded, composer, buildBody: () => composer.buildOperationalBody(event) };
    const template = loaded.config.templates.get(event.templateId);
    if (!template) return cancel('the template was deleted');
    return { loaded, composer, buildBody: () => composer.buildBody(event, template) };
  }

  #composerFor(loaded: LoadedConfig, id: SubscriptionId, create: () => Composer): Composer {
    const composers = this.#composers.get(loaded) ?? new Map<SubscriptionId, Composer>();
    this.#composers.set(loaded, composers);
    const composer = composers.get(id) ?? create();
    composers.set(id, composer);
    return composer;
  }
}

function cancel(reason: string): GiveBack {
  return { to: { state: 'cancelled', reason, by: 'system' } };
}
