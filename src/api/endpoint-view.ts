import { z } from 'zod';
import type { ShownEndpoint } from '../admin/endpoints.ts';
import { BREAKERS } from '../domain/breaker.ts';
import { DEFAULT_MAX_IN_FLIGHT } from '../domain/limits.ts';
import { DISABLED_REASONS } from '../domain/subscription.ts';
import type { EndpointHealth } from '../ports/endpoint-health.ts';
import { ENDPOINT_STATES } from '../ports/endpoints.ts';
import { instantAnswer, showInstant } from './paging.ts';

const healthSchema = z.strictObject({
  breaker: z.strictObject({
    state: z
      .enum(BREAKERS)
      .meta({ description: '`open`: nothing is sent; `half-open`: one at a time, to see whether it is back.' }),
    until: instantAnswer.nullable().meta({ description: 'When an open breaker lets the next one through.' }),
  }),
  pausedUntil: instantAnswer
    .nullable()
    .meta({ description: 'Nothing is sent before, as the receiver or the breaker wants it.' }),
  failuresInARow: z.int(),
  share: z.int().meta({ description: 'Most requests in flight now; it grows with successes up to the limit.' }),
  inFlight: z.int(),
  parked: z.int().meta({ description: 'Deliveries that wait for their turn.' }),
});

export const endpointSchema = z
  .strictObject({
    id: z.string(),
    tenantId: z.string(),
    integrationId: z.string(),
    url: z.string(),
    state: z
      .enum(ENDPOINT_STATES)
      .meta({ description: '`disabled`: all its subscriptions are; `failing`: its last attempts failed in a row.' }),
    subscriptions: z.strictObject({
      count: z.int(),
      disabled: z.int(),
      disabledReasons: z.array(z.enum(DISABLED_REASONS)),
    }),
    limits: z.strictObject({
      maxInFlight: z.int(),
      ratePerSecond: z.number().nullable().meta({ description: 'Null: no limit.' }),
    }),
    failingSince: instantAnswer.nullable(),
    health: healthSchema
      .nullable()
      .meta({ description: 'At this moment, over all workers. Null: it cannot be known now.' }),
    createdAt: instantAnswer,
  })
  .meta({ id: 'Endpoint' });

export function showEndpoint({ endpoint, health }: ShownEndpoint): z.infer<typeof endpointSchema> {
  const { limits, subscriptions, failingSince, createdAt, ...rest } = endpoint;
  const { count, disabled, reasons } = subscriptions;
  return {
    ...rest,
    subscriptions: { count, disabled, disabledReasons: [...reasons] },
    limits: {
      maxInFlight: limits.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT,
      ratePerSecond: limits.ratePerSecond ?? null,
    },
    failingSince: showInstant(failingSince),
    health: health ? showHealth(health) : null,
    createdAt: createdAt.toISOString(),
  };
}

function showHealth({
  breaker,
  pausedUntil,
  failures,
  share,
  inFlight,
  parked,
}: EndpointHealth): z.infer<typeof healthSchema> {
  const until = showInstant(pausedUntil);
  return {
    breaker: { state: breaker, until: breaker === 'open' ? until : null },
    pausedUntil: until,
    failuresInARow: failures,
    share,
    inFlight,
    parked,
  };
}
