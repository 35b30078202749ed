import { z } from 'zod';
import type { Attempt, ReceivedResponse } from '../domain/attempt.ts';
import { SEND_FAILURES } from '../domain/attempt.ts';
import { DELIVERY_STATES, type Delivery } from '../domain/delivery.ts';
import { TRIGGERS } from '../domain/trigger.ts';
import { instantAnswer, showInstant } from './paging.ts';

export const deliverySchema = z
  .strictObject({
    id: z.string(),
    tenantId: z.string(),
    eventId: z.string(),
    subscriptionId: z.string(),
    endpointId: z.string(),
    trigger: z.enum(TRIGGERS),
    passId: z.string(),
    state: z.enum(DELIVERY_STATES).meta({
      description:
        '`parked`: it would be sent now, but waits for the share of its endpoint (limits, a pause, an open breaker) or its tenant, or for a worker. It is stored as `pending` or `retrying`, which is shown, and found by, while what waits cannot be known.',
    }),
    attemptCount: z.int().meta({ description: 'Attempts made so far.' }),
    dueAt: instantAnswer.nullable(),
    messageId: z.string().meta({ description: 'The `webhook-id` of every attempt.' }),
    replayOf: z.string().nullable(),
    test: z.boolean(),
    lastStatus: z.int().nullable(),
    lastReason: z.string().nullable(),
    createdAt: instantAnswer,
    endedAt: instantAnswer.nullable(),
    endedReason: z.string().nullable(),
    endedBy: z.string().nullable(),
  })
  .meta({ id: 'Delivery' });

const timingsSchema = z.strictObject({
  dnsMs: z.number().optional(),
  connectMs: z.number().optional(),
  tlsMs: z.number().optional(),
  firstByteMs: z.number().optional(),
  totalMs: z.number(),
});
const headersSchema = z.record(z.string(), z.string());
const receivedSchema = z.strictObject({
  status: z.int(),
  headers: headersSchema,
  body: z.strictObject({ text: z.string(), truncated: z.boolean() }),
});
const tried = {
  remoteAddress: z.string().nullable(),
  timings: timingsSchema,
  notes: z
    .array(z.string())
    .optional()
    .meta({ description: 'What was unusual about the exchange, one sentence each. Absent when nothing was.' }),
};

export const requestSchema = z.strictObject({ method: z.string(), url: z.string(), headers: headersSchema });

export const attemptSchema = z
  .strictObject({
    number: z.int(),
    startedAt: instantAnswer,
    verdict: z.enum(['delivered', 'retryable', 'permanent']),
    request: requestSchema.nullable(),
    outcome: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('response'), ...receivedSchema.shape, ...tried }),
      z.strictObject({
        kind: z.literal('failure'),
        failure: z.enum(SEND_FAILURES),
        detail: z.string(),
        received: receivedSchema.optional().meta({
          description: 'What arrived before the failure, where that was at least a complete status line.',
        }),
        ...tried,
      }),
      z.strictObject({ kind: z.literal('unbuildable'), reason: z.string() }),
    ]),
  })
  .meta({ id: 'Attempt' });

export function showDelivery(delivery: Delivery): z.infer<typeof deliverySchema> {
  const {
    attempts,
    messageId,
    replayOf,
    dueAt,
    lastStatus,
    lastReason,
    createdAt,
    endedAt,
    endedReason,
    endedBy,
    ...rest
  } = delivery;
  return {
    ...rest,
    dueAt: showInstant(dueAt),
    messageId,
    attemptCount: attempts,
    replayOf: replayOf ?? null,
    lastStatus: lastStatus ?? null,
    lastReason: lastReason ?? null,
    createdAt: createdAt.toISOString(),
    endedAt: showInstant(endedAt),
    endedReason: endedReason ?? null,
    endedBy: endedBy ?? null,
  };
}

export function showAttempt({ number, startedAt, verdict, request, outcome }: Attempt): z.infer<typeof attemptSchema> {
  const shownRequest = request ? { ...request, headers: { ...request.headers } } : null;
  return { number, startedAt: startedAt.toISOString(), verdict, request: shownRequest, outcome: showOutcome(outcome) };
}

function showOutcome(outcome: Attempt['outcome']): z.infer<typeof attemptSchema>['outcome'] {
  if (outcome.kind === 'unbuildable') return outcome;
  const { timings, remoteAddress, notes, ...rest } = outcome;
  const shown = { timings: { ...timings }, remoteAddress: remoteAddress ?? null, ...(notes && { notes: [...notes] }) };
  if (rest.kind === 'response') return { ...rest, ...showReceived(rest), ...shown };
  const { received, ...failure } = rest;
  return { ...failure, ...(received && { received: showReceived(received) }), ...shown };
}

function showReceived({ status, headers, body }: ReceivedResponse): z.infer<typeof receivedSchema> {
  return { status, headers: { ...headers }, body: { ...body } };
}
