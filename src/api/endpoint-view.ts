import { z } from 'zod';
import type { ShownEndpoint } from '../admin/endpoints.ts';
import { BREAKERS } from '../domain/breaker.ts';
import { DEFAULT_MAX_IN_FLIGHT } from '../domain/limits.ts';
import { DISABLED_REASONS } from '../domain/subscription.ts';
import type { EndpointHealth } from '../ports/endpoint-health.ts';
import { ENDPOINT_STATES } from '../ports/endpoints.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { createdAtAnswer, idAnswer, instantAnswer, showInstant } from './paging.ts';

const HEALTH_EXAMPLE = {
  breaker: { state: 'closed', until: null },
  pausedUntil: null,
  failuresInARow: 0,
  share: 10,
  inFlight: 2,
  parked: 0,
};

const healthSchema = z
  .strictObject({
    breaker: z
      .strictObject({
        state: z
          .enum(BREAKERS)
          .meta({ description: '`open`: nothing is sent; `half-open`: one attempt at a time, as a probe.' }),
        until: instantAnswer.nullable().meta({ description: 'When an open breaker allows a probe. Null: it is not open.' }),
      })
      .meta({ description: 'The circuit breaker.' }),
    pausedUntil: instantAnswer.nullable().meta({
      description: 'Nothing is sent before: the breaker is open, or the receiver asked for a pause. Null: no pause.',
    }),
    failuresInARow: z.int().meta({ description: 'Consecutive failures.' }),
    share: z.int().meta({ description: 'The most requests in flight now; grows with successes up to the limit.' }),
    inFlight: z.int().meta({ description: 'Requests in flight.' }),
    parked: z.int().meta({ description: 'Due deliveries that wait for the share.' }),
  })
  .meta({ id: 'EndpointHealth', description: 'The current state, over all workers.', examples: [HEALTH_EXAMPLE] });

export const endpointSchema = z
  .strictObject({
    id: idAnswer('endpoint', 'Its id.'),
    tenantId: idAnswer('tenant', 'Its tenant.'),
    integrationId: idAnswer('integration', 'Its integration.'),
    url: z.string().meta({ description: 'The URL, normalised.' }),
    state: z.enum(ENDPOINT_STATES).meta({
      description: '`disabled`: all its subscriptions are; `failing`: its last attempts failed in a row.',
    }),
    subscriptions: z
      .strictObject({
        count: z.int().meta({ description: 'All.' }),
        disabled: z.int().meta({ description: 'Those that are disabled.' }),
        disabledReasons: z.array(z.enum(DISABLED_REASONS)).meta({ description: 'Why, each reason once.' }),
      })
      .meta({ description: 'Its subscriptions.' }),
    limits: z
      .strictObject({
        maxInFlight: z.int().meta({ description: 'Concurrent requests, over all workers.' }),
        ratePerSecond: z.number().nullable().meta({ description: 'Requests per second. Null: no limit.' }),
      })
      .meta({ description: 'The limits that apply.' }),
    failingSince: instantAnswer.nullable().meta({ description: 'Its first failure in a row. Null: it is not failing.' }),
    paused: z
      .strictObject({
        at: instantAnswer.meta({ description: 'When.' }),
        by: z.string().meta({ description: 'Who: the id of an API key.' }),
        reason: z.string().meta({ description: 'Why.' }),
      })
      .nullable()
      .meta({ description: 'A person disabled it. Null: nobody did, or it was enabled since.' }),
    lastFailedSince: instantAnswer.nullable().meta({
      description: 'When it last began to fail, whether or not it has recovered since. Null: it never did.',
    }),
    live: healthSchema.nullable().meta({ description: 'Its current state. Null: unknown, because Redis does not answer.' }),
    createdAt: createdAtAnswer,
  })
  .meta({
    id: 'Endpoint',
    description: 'An integration together with one URL.',
    examples: [
      {
        id: EXAMPLE_IDS.endpoint,
        tenantId: EXAMPLE_IDS.tenant,
        integrationId: EXAMPLE_IDS.integration,
        url: 'https://hooks.example.com/wallet',
        state: 'active',
        subscriptions: { count: 2, disabled: 0, disabledReasons: [] },
        limits: { maxInFlight: 10, ratePerSecond: null },
        failingSince: null,
        paused: null,
        lastFailedSince: '2026-01-14T08:30:00.000Z',
        live: HEALTH_EXAMPLE,
        createdAt: '2026-01-15T12:00:00.000Z',
      },
    ],
  });

export function showEndpoint({ endpoint, live }: ShownEndpoint): z.infer<typeof endpointSchema> {
  const { limits, subscriptions, failingSince, lastFailedSince, paused, createdAt, ...rest } = endpoint;
  const { count, disabled, reasons } = subscriptions;
  return {
    ...rest,
    subscriptions: { count, disabled, disabledReasons: [...reasons] },
    limits: {
      maxInFlight: limits.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT,
      ratePerSecond: limits.ratePerSecond ?? null,
    },
    failingSince: showInstant(failingSince),
    lastFailedSince: showInstant(lastFailedSince),
    paused: paused ? { ...paused, at: paused.at.toISOString() } : null,
    live: live ? showHealth(live) : null,
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
