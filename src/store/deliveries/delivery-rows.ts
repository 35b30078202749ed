import type { Attempt, SentRequest } from '../../domain/attempt.ts';
import type { Delivery, DeliveryState } from '../../domain/delivery.ts';
import { type DeliveryId, toId } from '../../domain/id.ts';
import type { Trigger } from '../../domain/trigger.ts';
import { type RemovalColumns, removalOf } from '../content-removal.ts';

export interface DeliveryRow extends RemovalColumns {
  readonly id: string;
  readonly tenant_id: string;
  readonly event_id: string;
  readonly subscription_id: string;
  readonly endpoint_id: string;
  readonly trigger: string;
  readonly pass_id: string;
  readonly state: string;
  readonly attempts: number;
  readonly due_at: Date | null;
  readonly message_id: string;
  readonly replay_of: string | null;
  readonly test: boolean;
  readonly last_status: number | null;
  readonly last_reason: string | null;
  readonly created_at: Date;
  readonly ended_at: Date | null;
  readonly ended_reason: string | null;
  readonly ended_by: string | null;
  readonly unsubscribe_url: string | null;
}

export function delivery(row: DeliveryRow): Delivery {
  return {
    kind: row.unsubscribe_url === null ? 'event' : 'unsubscribe',
    id: toId('delivery', row.id),
    tenantId: toId('tenant', row.tenant_id),
    eventId: toId('event', row.event_id),
    subscriptionId: toId('subscription', row.subscription_id),
    endpointId: toId('endpoint', row.endpoint_id),
    trigger: row.trigger as Trigger,
    passId: row.pass_id,
    state: row.state as DeliveryState,
    attempts: row.attempts,
    dueAt: row.due_at ?? undefined,
    messageId: toId('message', row.message_id),
    replayOf: row.replay_of === null ? undefined : toId('delivery', row.replay_of),
    test: row.test,
    lastStatus: row.last_status ?? undefined,
    lastReason: row.last_reason ?? undefined,
    createdAt: row.created_at,
    endedAt: row.ended_at ?? undefined,
    endedReason: row.ended_reason ?? undefined,
    endedBy: row.ended_by ?? undefined,
    removed: removalOf(row),
  };
}

export interface AttemptRow {
  readonly number: number;
  readonly started_at: Date;
  readonly verdict: string;
  readonly outcome: unknown;
  readonly request: unknown;
}

export function attempt(deliveryId: DeliveryId, row: AttemptRow): Attempt {
  return {
    deliveryId,
    number: row.number,
    startedAt: row.started_at,
    outcome: row.outcome as Attempt['outcome'],
    verdict: row.verdict as Attempt['verdict'],
    request: (row.request ?? undefined) as SentRequest | undefined,
  };
}
