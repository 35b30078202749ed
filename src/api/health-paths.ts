import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { healthSchema, readinessSchema } from './health.ts';
import { REQUEST_ID } from './response-headers.ts';
import { schemaExamples } from './schema-examples.ts';

const [READY, NOT_READY] = (readinessSchema.meta()?.examples ?? []) as readonly object[];

/** Liveness and readiness in the OpenAPI document: they are no routes of `/v1`, and need no key. */
export const healthPaths: ZodOpenApiPathsObject = {
  '/healthz': {
    get: {
      operationId: 'getHealth',
      summary: 'Liveness: the process responds',
      description: 'Touches no server. No key is needed.',
      tags: ['health'],
      security: [],
      responses: {
        '200': {
          description: 'It responds.',
          headers: z.object(REQUEST_ID),
          content: { 'application/json': { schema: healthSchema, examples: schemaExamples(healthSchema) } },
        },
      },
    },
  },
  '/readyz': {
    get: {
      operationId: 'getReadiness',
      summary: 'Readiness: whether requests can be served, by part',
      description:
        '200 while requests can be served, even without Redis: events are accepted and deliveries wait. 503 while Postgres is unavailable or something needs an operator. No key is needed.',
      tags: ['health'],
      security: [],
      responses: {
        '200': {
          description: 'Requests can be served.',
          headers: z.object(REQUEST_ID),
          content: {
            'application/json': { schema: readinessSchema, examples: { ready: { summary: 'Ready', value: READY } } },
          },
        },
        '503': {
          description: 'Requests cannot be served.',
          headers: z.object(REQUEST_ID),
          content: {
            'application/json': {
              schema: readinessSchema,
              examples: { unavailable: { summary: 'Postgres does not respond', value: NOT_READY } },
            },
          },
        },
      },
    },
  },
};
