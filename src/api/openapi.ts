import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { ID_PREFIXES } from '../domain/id.ts';
import { healthSchema, readinessSchema } from './health.ts';
import { problemSchema } from './problem.ts';
import type { Route } from './route.ts';

const TITLES: Readonly<Record<number, string>> = {
  400: 'The body is not JSON, or a header is malformed.',
  401: 'The API key is missing, unknown or revoked.',
  403: "The key's role may not do this.",
  404: 'There is no such thing for this caller.',
  409: 'The state of things forbids it now.',
  413: 'The body, or an event in it, is too large.',
  415: 'The body is not application/json in UTF-8.',
  422: 'The input is wrong; `errors` says where.',
  500: 'Something failed on our side.',
  503: 'The store is away; try again.',
};
const DONE: Readonly<Record<Route['status'], string>> = {
  200: 'The answer.',
  201: 'What was made.',
  202: 'Accepted.',
  204: 'Done.',
};
const IDEMPOTENCY_KEY = z
  .string()
  .min(1)
  .max(255)
  .optional()
  .meta({ description: 'The same key and request again within 24 hours gives the same answer; secrets are not repeated.' });

/** The OpenAPI 3.1 document, made from the very schemas that the routes parse with. */
export function describeApi(routes: readonly Route[], version: string): object {
  const paths: ZodOpenApiPathsObject = { ...healthPaths };
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Passwire',
      version,
      description: 'Outbound webhooks for wallet-pass platforms.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ apiKey: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, as `pwk_…`.' } },
    },
  });
}

function operation(route: Route): ZodOpenApiOperationObject {
  const { id, body, answer, status } = route;
  const path =
    id && z.object({ id: z.string().meta({ example: `${ID_PREFIXES[id]}_01890a5d-ac96-774b-bcce-b302099a8057` }) });
  const header = route.method === 'post' && z.object({ 'idempotency-key': IDEMPOTENCY_KEY });
  return {
    operationId: operationId(route),
    summary: route.summary,
    description: `Roles: ${route.roles.join(', ')}.`,
    tags: [route.tag],
    requestParams: { ...(path ? { path } : {}), query: route.query, ...(header ? { header } : {}) },
    ...(body
      ? { requestBody: { required: !body.safeParse({}).success, content: { 'application/json': { schema: body } } } }
      : {}),
    responses: {
      [String(status)]: {
        description: DONE[status],
        ...(answer ? { content: { 'application/json': { schema: answer } } } : {}),
      },
      ...problems(route),
    },
  };
}

/** `post /v1/subscriptions/{id}/test` is `postSubscriptionsIdTest`. */
function operationId({ method, path }: Route): string {
  const words = path.replace('/v1', '').split(/[^A-Za-z]+/);
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function problems({ body, id, scope, method }: Route) {
  const withBody = body ? [400, 413, 415] : [];
  const missing = id || scope === 'tenant' ? [404] : [];
  const conflicts = method === 'post' || method === 'patch' ? [409] : [];
  const codes = [401, 403, 422, 500, 503, ...withBody, ...missing, ...conflicts].sort();
  return Object.fromEntries(
    codes.map((code) => [
      String(code),
      { description: TITLES[code] ?? '', content: { 'application/problem+json': { schema: problemSchema } } },
    ]),
  );
}

const healthPaths: ZodOpenApiPathsObject = {
  '/healthz': {
    get: {
      operationId: 'getHealth',
      summary: 'Whether the process answers',
      tags: ['health'],
      security: [],
      responses: { '200': { description: 'It does.', content: { 'application/json': { schema: healthSchema } } } },
    },
  },
  '/readyz': {
    get: {
      operationId: 'getReadiness',
      summary: 'Whether requests can be served, by part',
      tags: ['health'],
      security: [],
      responses: {
        '200': { description: 'They can.', content: { 'application/json': { schema: readinessSchema } } },
        '503': { description: 'They cannot.', content: { 'application/json': { schema: readinessSchema } } },
      },
    },
  },
};
