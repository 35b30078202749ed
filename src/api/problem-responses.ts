import { z } from 'zod';
import type { ZodOpenApiResponseObject } from 'zod-openapi';
import { problemExample, problemSchema } from './problem.ts';
import { PROBLEM_CODES, PROBLEM_TYPES, titleOf } from './problem-types.ts';
import { RATE_LIMIT, REQUEST_ID, RETRY_AFTER, WWW_AUTHENTICATE } from './response-headers.ts';
import { isConditional, type Route } from './route.ts';

/** Before the key is known, there is no rate to report. */
const UNKNOWN_KEY = 401;

interface SharedResponse {
  readonly id: string;
  readonly description: string;
  readonly headers?: Readonly<Record<string, z.ZodType>>;
}

const RESPONSES: Readonly<Record<number, SharedResponse>> = {
  400: { id: 'BadRequest', description: 'The body is not JSON, or a header is malformed.' },
  401: {
    id: 'Unauthenticated',
    description: 'The API key is missing, unknown or revoked.',
    headers: WWW_AUTHENTICATE,
  },
  403: {
    id: 'Forbidden',
    description: 'The role of the key does not allow this call, or a request with a cookie comes from another site.',
  },
  404: { id: 'NotFound', description: 'Not found, or not visible to this key.' },
  409: { id: 'Conflict', description: 'The current state does not allow it.', headers: RETRY_AFTER },
  412: { id: 'PreconditionFailed', description: '`If-Match` does not name the current version.' },
  413: { id: 'TooLarge', description: 'The body, or an event in it, is too large.' },
  415: { id: 'UnsupportedMediaType', description: 'The body must be application/json in UTF-8.' },
  422: { id: 'InvalidInput', description: 'The input is wrong; `errors` point at what to fix.' },
  429: {
    id: 'TooManyRequests',
    description: 'The key makes too many requests, or has too many in progress.',
    headers: RETRY_AFTER,
  },
  500: { id: 'InternalError', description: 'An unexpected error; the log has its cause under the request id.' },
  503: { id: 'Unavailable', description: 'The store is unavailable or overloaded; try again later.', headers: RETRY_AFTER },
};

/** The shared responses for the problems that a route can return, by status. */
export function problemResponses(route: Route): Record<string, ZodOpenApiResponseObject> {
  const { body, id, names, scope, method } = route;
  const withBody = body ? [400, 413, 415] : [];
  const conditional = isConditional(route) ? [400, 412] : [];
  const missing = id || names || scope === 'tenant' ? [404] : [];
  const conflicts = method === 'post' || method === 'patch' ? [409] : [];
  const always = [401, 403, 422, 429, 500, 503];
  const statuses = [...new Set([...always, ...withBody, ...conditional, ...missing, ...conflicts])].sort();
  return sharedProblems(statuses);
}

/** The shared responses with these statuses. */
export function sharedProblems(statuses: readonly number[]): Record<string, ZodOpenApiResponseObject> {
  return Object.fromEntries(statuses.map((status) => [String(status), SHARED[status] ?? { description: '' }]));
}

const SHARED: Readonly<Record<string, ZodOpenApiResponseObject>> = Object.fromEntries(
  Object.entries(RESPONSES).map(([status, { id, description, headers }]) => [
    status,
    shared(+status, id, description, headers),
  ]),
);

function shared(
  status: number,
  id: string,
  description: string,
  headers: SharedResponse['headers'],
): ZodOpenApiResponseObject {
  const codes = PROBLEM_CODES.filter((code) => PROBLEM_TYPES[code].status === status);
  const types = codes.map((code) => `- \`urn:passwire:problem:${code}\`: ${PROBLEM_TYPES[code].description}`);
  return {
    id,
    description: [description, types.join('\n')].join('\n\n'),
    headers: z.object({ ...REQUEST_ID, ...headers, ...(status !== UNKNOWN_KEY && RATE_LIMIT) }),
    content: {
      'application/problem+json': {
        schema: problemSchema,
        examples: Object.fromEntries(codes.map((code) => [code, { summary: titleOf(code), value: problemExample(code) }])),
      },
    },
  };
}
