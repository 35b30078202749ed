import type { Attempt } from '../domain/attempt.ts';
import type { AttemptSummary, ChangeAction, DeliveryChange } from '../domain/change.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { DeliveryId, TenantId } from '../domain/id.ts';
import type { Announcer } from '../ports/changes.ts';
import type { AttemptRecord, ClaimedDelivery, ClaimStore } from '../ports/claims.ts';
import type { DeadLetterStore } from '../ports/dead-letters.ts';
import type { DeliveryStore } from '../ports/deliveries.ts';
import type { EndpointStore } from '../ports/endpoints.ts';
import type { NewDelivery } from '../ports/events.ts';
import type { DeliveryTelemetry } from '../ports/telemetry.ts';

// What the verbs do to deliveries and endpoints, announced where it is written. Changes of many deliveries by one statement (a
// subscription that is enabled or deleted) are not: those that go out are announced as they are attempted.

/** Announces the attempts and the changes of endpoints that are reported. */
export function announcingTelemetry(telemetry: DeliveryTelemetry, announcer: Announcer): DeliveryTelemetry {
  return {
    attemptMade(report) {
      telemetry.attemptMade(report);
      if (report.recorded) announcer.announce(() => [attempted(report)]);
    },
    endpointChanged(change) {
      telemetry.endpointChanged(change);
      const { tenantId, endpointId } = change;
      announcer.announce(() => [{ kind: 'endpoint', tenantId, endpointId }]);
    },
    endpointDisabled(disabled) {
      telemetry.endpointDisabled(disabled);
      const { tenantId, endpointId } = disabled;
      announcer.announce(() => [{ kind: 'endpoint', tenantId, endpointId }]);
    },
  };
}

/** Announces claims that end without an attempt. */
export function announcingClaims(claims: ClaimStore, announcer: Announcer): ClaimStore {
  return {
    ...claims,
    async giveBack(returns) {
      const due = await claims.giveBack(returns);
      announcer.announce(() =>
        returns.flatMap(({ claimed, to }): DeliveryChange[] =>
          to.state === 'pending' ? [] : [{ ...facts(claimed), action: to.state, state: to.state }],
        ),
      );
      return due;
    },
  };
}

/** Announces what people do to single deliveries. */
export function announcingDeliveries(deliveries: DeliveryStore, announcer: Announcer): DeliveryStore {
  const announceRow = rowAnnouncer(deliveries, announcer);
  return {
    ...deliveries,
    async retryNow(tenantId, id, by) {
      const due = await deliveries.retryNow(tenantId, id, by);
      if (due) await announceRow(tenantId, id, 'expedited');
      return due;
    },
    async reopen(tenantId, id, by) {
      const reopened = await deliveries.reopen(tenantId, id, by);
      if (typeof reopened !== 'string') await announceRow(tenantId, id, 'reopened');
      return reopened;
    },
    async add(delivery, event, by) {
      const due = await deliveries.add(delivery, event, by);
      if (due) announcer.announce(() => [created(delivery)]);
      return due;
    },
    async cancel(tenantId, id, reason, by) {
      const released = await deliveries.cancel(tenantId, id, reason, by);
      if (released) await announceRow(tenantId, id, 'cancelled');
      return released;
    },
  };
}

export function announcingDeadLetters(
  deadLetters: DeadLetterStore,
  deliveries: Pick<DeliveryStore, 'find'>,
  announcer: Announcer,
): DeadLetterStore {
  const announceRow = rowAnnouncer(deliveries, announcer);
  return {
    ...deadLetters,
    async replay(tenantId, id, by) {
      const reopened = await deadLetters.replay(tenantId, id, by);
      if (typeof reopened !== 'string') await announceRow(tenantId, reopened.deliveryId, 'reopened');
      return reopened;
    },
  };
}

/** Announces endpoints that a person enables. */
export function announcingEndpoints<T extends Pick<EndpointStore, 'enable'>>(endpoints: T, announcer: Announcer): T {
  return {
    ...endpoints,
    async enable(tenantId, endpointId, plan) {
      const released = await endpoints.enable(tenantId, endpointId, plan);
      announcer.announce(() => [{ kind: 'endpoint', tenantId, endpointId }]);
      return released;
    },
  };
}

/** A delivery that was just stored. */
export function created(delivery: NewDelivery): DeliveryChange {
  return { ...facts(delivery), action: 'created', state: delivery.state };
}

function rowAnnouncer({ find }: Pick<DeliveryStore, 'find'>, announcer: Announcer) {
  return async (tenantId: TenantId, id: DeliveryId, action: ChangeAction): Promise<void> => {
    if (!announcer.isWanted) return;
    const delivery = await find(tenantId, id).catch(() => undefined); // it is done, whether it can be announced or not
    if (!delivery) return;
    const { state, lastStatus } = delivery;
    announcer.announce(() => [{ ...facts(delivery), action, state, lastStatus }]);
  };
}

function attempted({ claimed, attempt, next }: Pick<AttemptRecord, 'claimed' | 'attempt' | 'next'>): DeliveryChange {
  const reason = next.state === 'succeeded' ? undefined : next.reason;
  const summary = summaryOf(attempt, reason);
  return { ...facts(claimed), action: 'attempted', state: next.state, lastStatus: summary.status, attempt: summary };
}

function summaryOf({ number, startedAt, verdict, outcome }: Attempt, reason: string | undefined): AttemptSummary {
  return {
    number,
    startedAt: startedAt.toISOString(),
    verdict,
    reason,
    ...(outcome.kind === 'response' && { status: outcome.status }),
    ...(outcome.kind !== 'unbuildable' && { durationMs: Math.round(outcome.timings.totalMs) }),
  };
}

function facts(delivery: ClaimedDelivery | NewDelivery | Delivery) {
  const { id, tenantId, subscriptionId, endpointId, eventId, trigger, passId, test } = delivery;
  return {
    kind: 'delivery',
    deliveryId: id,
    tenantId,
    subscriptionId,
    endpointId,
    eventId,
    trigger,
    passId,
    test,
  } as const;
}
