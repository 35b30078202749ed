import { z } from 'zod';
import type { Proof, ProvenDelivery } from '../admin/prove-delivery.ts';
import { NOT_SENT_CODES } from '../admin/why-not-sent.ts';
import { SEND_FAILURES } from '../domain/attempt.ts';
import { DELIVERY_STATES } from '../domain/delivery.ts';
import type { TenantId } from '../domain/id.ts';
import { isOperationalEvent, passIdOf } from '../domain/operational-event.ts';
import { TRIGGERS } from '../domain/trigger.ts';
import { passIdAnswer } from './delivery-view.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { idAnswer, instantAnswer, showInstant } from './paging.ts';

/** Longer bodies are not repeated in a proof: their hash is there, and the body itself can be downloaded. */
const MAX_BODY_BYTES = 256 * 1024;
const SHA256_EXAMPLE = '5b0e0a3c2bdb6c6c8a2c5b7c0f2f3f1d2e4a6b8c9d0e1f2a3b4c5d6e7f809aab';

const ATTEMPT_EXAMPLE = {
  number: 1,
  startedAt: '2026-01-15T12:00:00.120Z',
  url: 'https://hooks.example.com/wallet',
  verdict: 'delivered',
  status: 200,
  failure: null,
  totalMs: 42,
};
const DELIVERY_EXAMPLE = {
  id: EXAMPLE_IDS.delivery,
  subscriptionId: EXAMPLE_IDS.subscription,
  endpointId: EXAMPLE_IDS.endpoint,
  messageId: EXAMPLE_IDS.message,
  state: 'succeeded',
  test: false,
  replayOf: null,
  createdAt: '2026-01-15T12:00:00.000Z',
  endedAt: '2026-01-15T12:00:00.162Z',
  acceptedAt: '2026-01-15T12:00:00.120Z',
  body: { bytes: 27, sha256: SHA256_EXAMPLE, contentType: 'application/json', text: null },
  attempts: [ATTEMPT_EXAMPLE],
};

const provenAttemptSchema = z
  .strictObject({
    number: z.int().meta({ description: '1 for the first.' }),
    startedAt: instantAnswer.meta({ description: 'When it started.' }),
    url: z.string().nullable().meta({ description: 'Where it went. Null: nothing was sent.' }),
    verdict: z.enum(['delivered', 'retryable', 'permanent']).meta({ description: 'What the answer meant.' }),
    status: z.int().nullable().meta({ description: 'The HTTP status of the answer. Null: there was none.' }),
    failure: z.enum(SEND_FAILURES).nullable().meta({ description: 'Why there was no answer. Null: there was one.' }),
    totalMs: z.number().nullable().meta({ description: 'How long it took, in milliseconds. Null: nothing was sent.' }),
  })
  .meta({ id: 'ProvenAttempt', description: 'An attempt, as a proof states it.', examples: [ATTEMPT_EXAMPLE] });

const provenDeliverySchema = z
  .strictObject({
    id: idAnswer('delivery', 'The delivery.'),
    subscriptionId: idAnswer('subscription', 'Its subscription.'),
    endpointId: idAnswer('endpoint', 'Its endpoint.'),
    messageId: idAnswer('message', 'The `webhook-id` of its attempts.'),
    state: z.enum(DELIVERY_STATES).meta({ description: 'Its state.' }),
    test: z.boolean().meta({ description: 'Whether it is a test.' }),
    replayOf: z.string().nullable().meta({ description: 'The delivery that it renders anew.' }),
    createdAt: instantAnswer.meta({ description: 'When it was made.' }),
    endedAt: instantAnswer.nullable().meta({ description: 'When it ended. Null: it is open.' }),
    acceptedAt: instantAnswer
      .nullable()
      .meta({ description: 'When the attempt started that the receiver accepted. Null: none was.' }),
    body: z
      .strictObject({
        bytes: z.int().meta({ description: 'Its size as it went over the wire.' }),
        sha256: z.string().meta({ description: 'The SHA-256 of those bytes, in hexadecimal.' }),
        contentType: z.string().nullable().meta({ description: 'The content type that it was sent with.' }),
        text: z
          .string()
          .nullable()
          .meta({ description: 'The body itself, with `include=body`. Null: not asked for, or over 256 KiB.' }),
      })
      .nullable()
      .meta({ description: 'What was sent. Null: nothing, or it is no longer stored.' }),
    attempts: z.array(provenAttemptSchema).meta({ description: 'All attempts, the first one first.' }),
  })
  .meta({ id: 'ProvenDelivery', description: 'A delivery, as a proof states it.', examples: [DELIVERY_EXAMPLE] });

const notSentSchema = z
  .strictObject({
    subscriptionId: idAnswer('subscription', 'The subscription.'),
    code: z.enum(NOT_SENT_CODES).meta({ description: 'Why it has no delivery of the event.' }),
    text: z.string().meta({ description: 'The same in words.' }),
  })
  .meta({
    id: 'NotSent',
    description: 'Why a subscription has no delivery of an event.',
    examples: [
      {
        subscriptionId: EXAMPLE_IDS.subscription,
        code: 'other-trigger',
        text: 'The subscription is for pass.created, and the event is pass.installed.',
      },
    ],
  });

export const proofSchema = z
  .strictObject({
    type: z.literal('passwire.proof').meta({ description: 'What it is: a signed proof is no webhook.' }),
    statedAt: instantAnswer.meta({ description: 'When it was stated.' }),
    tenantId: idAnswer('tenant', 'The tenant.'),
    event: z
      .strictObject({
        id: idAnswer('event', 'The event.'),
        producerId: z.string().nullable().meta({ description: "The producer's own id. Null: it has none." }),
        type: z.enum(TRIGGERS).meta({ description: 'Its trigger.' }),
        passId: passIdAnswer,
        occurredAt: z.string().nullable().meta({ description: 'When it happened, as posted. Null: no longer stored.' }),
        acceptedAt: instantAnswer.meta({ description: 'When it was accepted.' }),
      })
      .meta({ description: 'What it is about.' }),
    to: z
      .strictObject({
        subscriptionId: z.string().nullable().meta({ description: 'The subscription, if it was asked about.' }),
        endpointId: z.string().nullable().meta({ description: 'The endpoint, if it was asked about.' }),
        url: z.string().nullable().meta({ description: 'The URL, if it was asked about.' }),
      })
      .meta({ description: 'Where it is asked to have gone. All null: anywhere.' }),
    delivered: z.boolean().meta({ description: 'Whether a receiver there accepted it.' }),
    statement: z.string().meta({ description: 'All of it in words.' }),
    deliveries: z.array(provenDeliverySchema).meta({ description: 'Its deliveries there, oldest first, at most 20.' }),
    truncated: z.boolean().meta({ description: 'Whether there are more.' }),
    notSent: z
      .array(notSentSchema)
      .meta({ description: 'Why there is none. Empty: there are deliveries, or no subscription.' }),
  })
  .meta({
    id: 'Proof',
    description: 'Whether an event was delivered somewhere, when, with which body, and how it was answered.',
    examples: [
      {
        type: 'passwire.proof',
        statedAt: '2026-01-20T09:00:00.000Z',
        tenantId: EXAMPLE_IDS.tenant,
        event: {
          id: EXAMPLE_IDS.event,
          producerId: 'install-1042',
          type: 'pass.installed',
          passId: '7Hq2vXk0',
          occurredAt: '2026-01-15T12:00:00Z',
          acceptedAt: '2026-01-15T12:00:00.000Z',
        },
        to: { subscriptionId: EXAMPLE_IDS.subscription, endpointId: null, url: null },
        delivered: true,
        statement: `Event ${EXAMPLE_IDS.event} (pass.installed of pass 7Hq2vXk0) was delivered to https://hooks.example.com/wallet: webhook-id ${EXAMPLE_IDS.message}, a body of 27 bytes (SHA-256 ${SHA256_EXAMPLE}), was answered 200 on 15 Jan 2026, 12:00:00 UTC, after 42 ms.`,
        deliveries: [DELIVERY_EXAMPLE],
        truncated: false,
        notSent: [],
      },
    ],
  });

/** @param withBodies whether bodies up to 256 KiB are repeated */
export function showProof(
  proof: Proof,
  tenantId: TenantId,
  statedAtMs: number,
  withBodies: boolean,
): z.infer<typeof proofSchema> {
  const { event, target, isDelivered, statement, deliveries, isTruncated, notSent } = proof;
  const { id, facts, acceptedAt, removed } = event;
  return {
    type: 'passwire.proof',
    statedAt: new Date(statedAtMs).toISOString(),
    tenantId,
    event: {
      id,
      producerId: (isOperationalEvent(event) ? undefined : event.facts.id) ?? null,
      type: facts.type,
      passId: passIdOf(event),
      occurredAt: removed ? null : facts.occurredAt,
      acceptedAt: acceptedAt.toISOString(),
    },
    to: { subscriptionId: null, endpointId: null, url: null, ...target },
    delivered: isDelivered,
    statement,
    deliveries: deliveries.map((one) => showDelivery(one, withBodies)),
    truncated: isTruncated,
    notSent: [...notSent],
  };
}

function showDelivery({ delivery, attempts, body, accepted }: ProvenDelivery, withBodies: boolean) {
  const { id, subscriptionId, endpointId, messageId, state, test, replayOf, createdAt, endedAt } = delivery;
  const contentType = attempts.findLast(({ request }) => request)?.request?.headers['content-type'] ?? null;
  const shown = body && {
    bytes: body.bytes,
    sha256: body.sha256,
    contentType,
    text: withBodies && body.bytes <= MAX_BODY_BYTES ? body.text : null,
  };
  return {
    ...{ id, subscriptionId, endpointId, messageId, state, test, replayOf: replayOf ?? null },
    createdAt: createdAt.toISOString(),
    endedAt: showInstant(endedAt),
    acceptedAt: showInstant(accepted?.startedAt),
    body: shown ?? null,
    attempts: attempts.map(({ number, startedAt, request, verdict, outcome }) => ({
      number,
      startedAt: startedAt.toISOString(),
      url: request?.url ?? null,
      verdict,
      status: outcome.kind === 'response' ? outcome.status : null,
      failure: outcome.kind === 'failure' ? outcome.failure : null,
      totalMs: outcome.kind === 'unbuildable' ? null : outcome.timings.totalMs,
    })),
  };
}
