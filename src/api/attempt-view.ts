import { z } from 'zod';
import { type Attempt, type ReceivedResponse, SEND_FAILURES } from '../domain/attempt.ts';
import { BLANK } from '../domain/echo.ts';
import type { CallerRole } from '../ports/configuration.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { instantAnswer } from './paging.ts';
import { seesSignatures } from './permissions.ts';

export const REQUEST_EXAMPLE = {
  method: 'POST',
  url: 'https://hooks.example.com/wallet',
  headers: {
    'content-type': 'application/json',
    'webhook-id': EXAMPLE_IDS.message,
    'webhook-timestamp': '1768478400',
    'webhook-signature': 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
    'x-webhook-event': 'Pass Installed',
  },
};
export const ATTEMPT_EXAMPLE = {
  number: 1,
  startedAt: '2026-01-15T12:00:00.120Z',
  verdict: 'delivered',
  request: REQUEST_EXAMPLE,
  outcome: {
    kind: 'response',
    status: 200,
    headers: { 'content-type': 'text/plain' },
    body: { text: 'ok', truncated: false },
    remoteAddress: '203.0.113.7',
    timings: { dnsMs: 3, connectMs: 12, tlsMs: 20, firstByteMs: 41, totalMs: 42 },
  },
};
const milliseconds = (description: string) => z.number().meta({ description: `${description}, in milliseconds.` });
const timingsSchema = z
  .strictObject({
    dnsMs: milliseconds('Resolving the name').optional(),
    connectMs: milliseconds('Connecting').optional(),
    tlsMs: milliseconds('The TLS handshake').optional(),
    firstByteMs: milliseconds('Until the first byte of the response').optional(),
    totalMs: milliseconds('The whole attempt'),
  })
  .meta({
    id: 'Timings',
    description: 'How long the phases of an attempt took. A reused connection has no `dnsMs`, `connectMs` and `tlsMs`.',
    examples: [ATTEMPT_EXAMPLE.outcome.timings],
  });
const sent = {
  remoteAddress: z.string().nullable().meta({ description: 'The address that was connected to. Null: none.' }),
  timings: timingsSchema,
  notes: z
    .array(z.string())
    .optional()
    .meta({ description: 'What was unusual about the exchange, one sentence each. Absent when nothing was.' }),
};
const headersSchema = z.record(z.string(), z.string());
const receivedShape = {
  status: z.int().meta({ description: 'The HTTP status.' }),
  headers: headersSchema.meta({ description: 'The headers of the response.' }),
  body: z
    .strictObject({
      text: z.string().meta({ description: 'The first part of the body, as text.' }),
      truncated: z.boolean().meta({ description: 'Whether the body was longer.' }),
    })
    .meta({ description: 'The body of the response. Never render it as HTML.' }),
};
const receivedSchema = z.strictObject(receivedShape).meta({
  id: 'ReceivedResponse',
  description: 'The part of a response that arrived before a failure: at least a complete status line.',
  examples: [{ status: 200, headers: {}, body: { text: '', truncated: false } }],
});

export const requestSchema = z
  .strictObject({
    method: z.string().meta({ description: 'The HTTP method.' }),
    url: z.string().meta({ description: 'The URL.' }),
    headers: headersSchema.meta({
      description: 'The headers; values of extra headers are `***`, and to support keys those of signatures.',
    }),
  })
  .meta({ id: 'SentRequest', description: 'A request to an endpoint.', examples: [REQUEST_EXAMPLE] });

const outcomeSchema = z
  .discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z.literal('response').meta({ description: 'A response came.' }),
        ...receivedShape,
        ...sent,
      })
      .meta({ id: 'ResponseOutcome', description: 'A response came.', examples: [ATTEMPT_EXAMPLE.outcome] }),
    z
      .strictObject({
        kind: z.literal('failure').meta({ description: 'No response came.' }),
        failure: z.enum(SEND_FAILURES).meta({ description: 'Why, in a word.' }),
        detail: z.string().meta({ description: 'Why, for people.' }),
        received: receivedSchema.optional(),
        ...sent,
      })
      .meta({
        id: 'FailureOutcome',
        description: 'No response came.',
        examples: [
          {
            kind: 'failure',
            failure: 'connect',
            detail: 'connection refused',
            remoteAddress: '203.0.113.7',
            timings: { totalMs: 3 },
          },
        ],
      }),
    z
      .strictObject({
        kind: z.literal('unbuildable').meta({ description: 'Nothing was sent.' }),
        reason: z.string().meta({ description: 'Why the body could not be built.' }),
      })
      .meta({
        id: 'UnbuildableOutcome',
        description: 'Nothing was sent: the body could not be built.',
        examples: [{ kind: 'unbuildable', reason: 'this dialect has no event for pass.updated' }],
      }),
  ])
  .meta({ id: 'AttemptOutcome', description: 'The result of an attempt.', examples: [ATTEMPT_EXAMPLE.outcome] });

export const attemptSchema = z
  .strictObject({
    number: z.int().meta({ description: '1 for the first. 0, in a dead letter: none was made.' }),
    startedAt: instantAnswer.meta({ description: 'When it started.' }),
    verdict: z
      .enum(['delivered', 'retryable', 'permanent'])
      .meta({ description: "What the outcome means under the dialect's policy." }),
    request: requestSchema.nullable().meta({ description: 'What was sent. Null: nothing.' }),
    outcome: outcomeSchema,
  })
  .meta({ id: 'Attempt', description: 'One HTTP request, or one failure to build it.', examples: [ATTEMPT_EXAMPLE] });

const SIGNATURE_HEADER = /signature$/i;

/** @param role of the key that reads it */
export function showAttempt(
  { number, startedAt, verdict, request, outcome }: Attempt,
  role: CallerRole,
): z.infer<typeof attemptSchema> {
  const shown = (name: string): boolean => seesSignatures(role) || !SIGNATURE_HEADER.test(name);
  const headers = Object.entries(request?.headers ?? {}).map(([name, value]) => [name, shown(name) ? value : BLANK]);
  const shownRequest = request ? { ...request, headers: Object.fromEntries(headers) } : null;
  return { number, startedAt: startedAt.toISOString(), verdict, request: shownRequest, outcome: showOutcome(outcome) };
}

function showOutcome(outcome: Attempt['outcome']): z.infer<typeof outcomeSchema> {
  if (outcome.kind === 'unbuildable') return { kind: outcome.kind, reason: outcome.reason };
  const { timings, remoteAddress, notes, ...rest } = outcome;
  const shown = { timings: { ...timings }, remoteAddress: remoteAddress ?? null, ...(notes && { notes: [...notes] }) };
  if (rest.kind === 'response') return { ...rest, ...showReceived(rest), ...shown };
  const { received, ...failure } = rest;
  return { ...failure, ...(received && { received: showReceived(received) }), ...shown };
}

function showReceived({ status, headers, body }: ReceivedResponse): z.infer<typeof receivedSchema> {
  return { status, headers: { ...headers }, body: { ...body } };
}
