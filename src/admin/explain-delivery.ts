import { dialectNamed } from '../dialects/index.ts';
import { unsubscribePolicy } from '../dialects/unsubscribe-composer.ts';
import type { Attempt } from '../domain/attempt.ts';
import { type DeliveryAction, type Refusal, refusalOf } from '../domain/delivery-actions.ts';
import { notFound } from '../domain/errors.ts';
import type { DeliveryId, TenantId } from '../domain/id.ts';
import type { Integration } from '../domain/integration.ts';
import { overridden } from '../domain/policy.ts';
import type {
  ApiKeyStore,
  IntegrationStore,
  SubscriptionRecord,
  SubscriptionStore,
  TenantStore,
} from '../ports/configuration.ts';
import type { DeliveryStore } from '../ports/deliveries.ts';
import type { EndpointHealthStore } from '../ports/endpoint-health.ts';
import type { EndpointStore } from '../ports/endpoints.ts';
import type { PersonStore } from '../ports/people.ts';
import { findDelivery, type ShownDelivery } from './deliveries.ts';
import { type Explanation, explainDelivery } from './explanation/explain-delivery.ts';
import { MOST_HELD_COUNTED } from './explanation/explain-open.ts';
import { type DeliveryFacts, isByHand } from './explanation/facts.ts';
import { type NextAttempt, nextAttempt } from './explanation/next-attempt.ts';
import { type AppliedRule, ruleOf } from './explanation/rule.ts';
import { type TimelineEntry, timelineOf } from './explanation/timeline.ts';
import { whereKnown } from './live.ts';
import { nameActors } from './name-actors.ts';

export interface ExplainDeliveryDeps {
  readonly deliveries: Pick<DeliveryStore, 'find' | 'list' | 'attempts' | 'body' | 'course' | 'countHeldBefore'>;
  readonly subscriptions: Pick<SubscriptionStore, 'findRecord'>;
  readonly integrations: Pick<IntegrationStore, 'find'>;
  readonly endpoints: Pick<EndpointStore, 'find'>;
  readonly endpointHealth: Pick<EndpointHealthStore, 'of' | 'waitingAmong'>;
  readonly tenants: Pick<TenantStore, 'find'>;
  readonly apiKeys: Pick<ApiKeyStore, 'find'>;
  readonly people: Pick<PersonStore, 'find'>;
}

export interface ExplainedAttempt {
  readonly attempt: Attempt;
  readonly rule: AppliedRule;
  readonly isByHand: boolean;
}

/** What a person may do with a delivery. */
export interface OfferedAction {
  readonly name: DeliveryAction;
  /** The id of what is acted on: the delivery, its dead letter, endpoint or subscription. */
  readonly target: string;
  /** Why its state does not allow it; undefined: it does. */
  readonly refusal: Refusal | undefined;
}

export interface ExplainedDelivery {
  readonly shown: ShownDelivery;
  readonly attempts: readonly ExplainedAttempt[];
  /** The bytes that were or will be sent; undefined before the first attempt. */
  readonly body: string | undefined;
  readonly explanation: Explanation;
  readonly actions: readonly OfferedAction[];
  readonly timeline: readonly TimelineEntry[];
  readonly next: NextAttempt | undefined;
  readonly names: DeliveryNames;
}

/** Names of what a delivery belongs to; undefined where it was deleted. */
export interface DeliveryNames {
  readonly tenant: string | undefined;
  readonly integration: string | undefined;
  readonly template: string | undefined;
  readonly url: string | undefined;
}

/**
 * Everything that explains one delivery to a person.
 *
 * @param reader the tenant that the reader's key is bound to: names of other keys are not shown to it; undefined: all are
 * @throws Problem not_found
 */
export async function explainOne(
  deps: ExplainDeliveryDeps,
  tenantId: TenantId,
  id: DeliveryId,
  reader: TenantId | undefined,
): Promise<ExplainedDelivery> {
  const { deliveries } = deps;
  // first, so that a delivery that has ended is shown with its last attempt
  const shown = await findDelivery(deps, tenantId, id);
  if (!shown) throw notFound('delivery');
  const { subscriptionId, endpointId } = shown.delivery;
  const [course, attempts, body, record, endpoint, tenant, health] = await Promise.all([
    deliveries.course(tenantId, id),
    deliveries.attempts(tenantId, id),
    deliveries.body(tenantId, id),
    deps.subscriptions.findRecord(tenantId, subscriptionId),
    deps.endpoints.find(tenantId, endpointId),
    deps.tenants.find(tenantId),
    whereKnown(() => deps.endpointHealth.of([endpointId])),
  ]);
  if (!course) throw notFound('delivery');
  const { delivery } = shown;
  const actors = [
    ...course.changes.flatMap(({ by, was }) => [by, was?.by]),
    delivery.endedBy,
    record?.subscription.disabledBy,
  ];
  const [integration, heldBefore, whoIs] = await Promise.all([
    record && deps.integrations.find(tenantId, record.subscription.integrationId),
    delivery.state === 'held' ? deliveries.countHeldBefore(tenantId, id, MOST_HELD_COUNTED) : 0,
    nameActors(deps, [...actors, ...course.letters.map(({ closed }) => closed?.by)], reader),
  ]);
  const url = endpoint?.url ?? record?.subscription.url;
  const sentTo =
    attempts.at(-1)?.request?.url ?? (delivery.kind === 'unsubscribe' ? record?.subscription.unsubscribeUrl : url);
  const facts: DeliveryFacts = {
    delivery,
    attempts,
    course,
    host: URL.parse(sentTo ?? '')?.host ?? 'the receiver',
    judge: delivery.kind === 'unsubscribe' ? UNSUBSCRIBE_JUDGE : judgeOf(record, integration),
    disabled: disabledOf(record),
    live: health?.get(endpointId),
    isLiveKnown: shown.live !== undefined,
    ratePerSecond: endpoint?.limits.ratePerSecond,
    heldBefore,
    whoIs,
  };
  return {
    shown,
    attempts: attempts.map((attempt) => ({
      attempt,
      rule: ruleOf(attempt, facts.judge),
      isByHand: isByHand(facts, attempt.number),
    })),
    body,
    explanation: explainDelivery(facts),
    actions: offeredActions(facts),
    timeline: timelineOf(facts),
    next: nextAttempt(facts),
    names: { tenant: tenant?.name, integration: integration?.name, template: record?.template?.name, url },
  };
}

const UNSUBSCRIBE_JUDGE = { label: 'Unsubscribe', policy: unsubscribePolicy };

function judgeOf(record: SubscriptionRecord | undefined, integration: Integration | undefined): DeliveryFacts['judge'] {
  if (!record || !integration) return undefined;
  const dialect = dialectNamed(integration.dialect);
  const policy = overridden(dialect.policy(integration.options, record.subscription.options), integration.policy);
  return { label: dialect.label, policy };
}

function disabledOf(record: SubscriptionRecord | undefined): DeliveryFacts['disabled'] {
  const { disabled: reason, disabledBy: by } = record?.subscription ?? {};
  return reason && { reason, by };
}

/** Actions that make sense for the delivery, each with the rule that its verb applies. */
function offeredActions(facts: DeliveryFacts): OfferedAction[] {
  const { delivery, course, disabled, live } = facts;
  const ruled = (['retry', 'replay_same', 'replay_fresh', 'cancel'] as const).map((name) => ({
    name,
    target: delivery.id,
    refusal: refusalOf(name, facts),
  }));
  const letter = course.letters.at(-1);
  const others: OfferedAction[] = [];
  if (letter) others.push({ name: 'discard', target: letter.id, refusal: refusalOf('discard', facts) });
  const isEnabledAgain = disabled && disabled.reason !== 'requested';
  const isPaused = delivery.endedAt === undefined && live !== undefined && live.breaker !== 'closed';
  // both verbs accept whatever the state is: they are offered where they have an effect
  if (isEnabledAgain || isPaused) others.push({ name: 'enable_endpoint', target: delivery.endpointId, refusal: undefined });
  if (disabled?.reason === 'requested' && !course.isSubscriptionGone) {
    others.push({ name: 'enable_subscription', target: delivery.subscriptionId, refusal: undefined });
  }
  return [...ruled, ...others];
}
