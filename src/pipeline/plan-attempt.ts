import { type Composer, createComposer } from '../dialects/compose-request.ts';
import { unreadableComposer } from '../dialects/unreadable-composer.ts';
import { unsubscribeComposer } from '../dialects/unsubscribe-composer.ts';
import type { SubscriptionId } from '../domain/id.ts';
import type { DialectName, Integration } from '../domain/integration.ts';
import { isOperationalEvent } from '../domain/operational-event.ts';
import type { SecretBox } from '../domain/secret-box.ts';
import { type Subscription, stateWhileDisabled } from '../domain/subscription.ts';
import type { ClaimedDelivery, ReturnedClaim } from '../ports/claims.ts';
import type { Log } from '../ports/process.ts';
import type { LoadedConfig, TenantConfigs } from './tenant-configs.ts';

/** The only dialect whose receivers are told; its integration may be deleted by now. */
const UNSUBSCRIBING: DialectName = 'passcreator';

/** What an attempt is made with. */
export interface AttemptPlan {
  /** Undefined where the attempt does not depend on the configuration. */
  readonly loaded: LoadedConfig | undefined;
  readonly composer: Composer;
  /** @throws Unbuildable, MappingCollision */
  buildBody(): string;
}

export interface PlannerDeps {
  readonly configs: TenantConfigs;
  readonly box: SecretBox;
  readonly log: Log;
}

/** The claim is to be given back instead of attempted. */
export type GiveBack = Pick<ReturnedClaim, 'to'>;

/** Decides, by the tenant's current configuration, how a claimed delivery is attempted, or that it is not. */
export class AttemptPlanner {
  readonly #configs: TenantConfigs;
  readonly #box: SecretBox;
  readonly #log: Log;
  /** A configuration version is an object of its own: when it is dropped, its composers are too. */
  readonly #composers = new WeakMap<LoadedConfig, Map<SubscriptionId, Composer>>();

  constructor({ configs, box, log }: PlannerDeps) {
    this.#configs = configs;
    this.#box = box;
    this.#log = log;
  }

  async plan(claimed: ClaimedDelivery): Promise<AttemptPlan | GiveBack> {
    const { unsubscribeUrl } = claimed;
    if (unsubscribeUrl !== undefined) {
      return { loaded: undefined, composer: unsubscribeComposer(UNSUBSCRIBING, unsubscribeUrl), buildBody: () => '' };
    }
    const loaded = await this.#configs.atLeast(claimed.tenantId, claimed.configVersion);
    const subscription = loaded?.config.subscriptions.get(claimed.subscriptionId);
    const integration = subscription && loaded?.config.integrations.get(subscription.integrationId);
    if (!loaded || !subscription || !integration) return cancel('the subscription was deleted');
    if (subscription.disabled && !claimed.test) return { to: stateWhileDisabled(subscription) };
    const composer = this.#composerFor(loaded, subscription, integration);
    const { body, event } = claimed;
    if (body !== undefined) return { loaded, composer, buildBody: () => body };
    if (!event) return cancel('the event is no longer stored');
    if (isOperationalEvent(event)) return { loaded, composer, buildBody: () => composer.buildOperationalBody(event) };
    const template = loaded.config.templates.get(event.templateId);
    if (!template) return cancel('the template was deleted');
    return { loaded, composer, buildBody: () => composer.buildBody(event, template) };
  }

  /** Never throws: a delivery must not stay claimed because a composer cannot be made. */
  #composerFor(loaded: LoadedConfig, subscription: Subscription, integration: Integration): Composer {
    const composers = this.#composers.get(loaded) ?? new Map<SubscriptionId, Composer>();
    this.#composers.set(loaded, composers);
    const known = composers.get(subscription.id);
    if (known) return known;
    const secrets = loaded.config.secrets.get(integration.id) ?? [];
    const { storeTimeMs } = loaded;
    let composer: Composer;
    try {
      composer = createComposer({ integration, secrets, subscription, box: this.#box, storeTimeMs });
    } catch (error) {
      this.#log.error({ err: error, subscriptionId: subscription.id }, 'a stored configuration cannot be used');
      composer = unreadableComposer(integration, 'the stored configuration cannot be used; the log explains why');
    }
    composers.set(subscription.id, composer);
    return composer;
  }
}

function cancel(reason: string): GiveBack {
  return { to: { state: 'cancelled', reason, by: 'system' } };
}
