import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiOverride,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi';
import { describeDialect, type JsonSchema } from '../dialects/describe-dialect.ts';
import { DIALECTS } from '../dialects/index.ts';
import { ID_PREFIXES } from '../domain/id.ts';
import { consolePaths } from './console/console-paths.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import { healthPaths } from './health-paths.ts';
import { rolesOf } from './permissions.ts';
import { problemResponses } from './problem-responses.ts';
import { ETAG, IDEMPOTENCY_REPLAYED, RATE_LIMIT, REQUEST_ID } from './response-headers.ts';
import { isConditional, type Route } from './route.ts';
import { type Examples, schemaExamples } from './schema-examples.ts';
import { TAGS } from './tags.ts';
import { describeWebhooks } from './webhooks.ts';

/** The version of the API, `/v1`; not of the package. */
export const API_VERSION = '1.0.0';

const ABOUT = `Outbound webhooks for wallet-pass platforms: one event of a pass in, the pass vendors' own signed webhooks out.

- **Keys.** \`Authorization: Bearer <key>\`. The role of a key (\`admin\`, \`tenant\`, \`producer\`, \`support\`) decides which operations it may call; each operation lists them. A key that is bound to a tenant implies it, any other names it as \`tenantId\`, except to get an object by its id.
- **Bodies.** JSON in UTF-8. Requests with unknown members are refused. Responses may gain members: ignore those you do not know.
- **Lists** are newest first, in pages: pass \`nextCursor\` as \`cursor\` until it is null.
- **Updates.** PATCH merges one level deep: of \`mapping\`, \`limits\`, \`policy\`, \`options\`, \`personalised\` and \`vendor\` the members that are sent are replaced and the others stay; lists and maps are replaced whole; null restores the default. With the \`ETag\` of a response as \`If-Match\`, a change is refused (412) if another came before it.
- **Repeating.** A POST with an \`Idempotency-Key\` can be repeated for 24 hours.
- **Errors** are problem documents (RFC 9457); decide by \`status\` and \`type\`. A method that a path does not support is answered with 405.`;

const DONE: Readonly<Record<Route['status'], string>> = {
  200: 'Success.',
  201: 'Created.',
  202: 'Accepted.',
  204: 'Done; there is no body.',
};
const IDEMPOTENCY_KEY = z
  .string()
  .min(1)
  .max(255)
  .optional()
  .meta({
    description:
      'Printable ASCII. The same key with the same request returns the same response for 24 hours, without its secrets.',
    examples: ['order-77'],
  });

/** The OpenAPI 3.1 document, made from the same schemas that the routes parse with. */
export function describeApi(routes: readonly Route[], version: string): object {
  const paths: ZodOpenApiPathsObject = { ...healthPaths, ...consolePaths };
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  }
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Passwire',
        version,
        description: ABOUT,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'The installation that serves this document.' }],
      security: [{ apiKey: [] }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      paths,
      webhooks: describeWebhooks(),
      components: {
        schemas: subscriptionOptionSchemas(),
        securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, `pwk_…`.' } },
      },
    },
    { override: plain },
  );
}

/** The named schemas of all subscription options, which others refer to by name only (see dialects/options.ts). */
function subscriptionOptionSchemas(): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.values(DIALECTS).map((dialect) => [
      dialect.subscriptionOptions.meta()?.id ?? '',
      describeDialect(dialect).subscriptionOptions,
    ]),
  );
}

/** Leaves out what says nothing, lets responses gain members, and restores examples: zod drops those of schemas that transform. */
export const plain: ZodOpenApiOverride = ({ jsonSchema, zodSchema, io }) => {
  const { examples } = z.globalRegistry.get(zodSchema) ?? {};
  if (Array.isArray(examples) && jsonSchema.$ref === undefined) jsonSchema.examples ??= examples;
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
};

function operation(route: Route): ZodOpenApiOperationObject {
  const { answer, body, other, status } = route;
  return {
    operationId: route.operationId,
    summary: route.summary,
    description: [
      ...(route.description ? [route.description] : []),
      `Roles: ${rolesOf(route.operationId).join(', ')}.`,
    ].join('\n\n'),
    tags: [route.tag],
    requestParams: parameters(route),
    ...(body
      ? {
          requestBody: {
            required: !body.safeParse({}).success,
            content: { 'application/json': { schema: body, examples: requestExamples(route) } },
          },
        }
      : {}),
    responses: {
      [String(status)]: success(route, route.raw?.description ?? DONE[status], answer),
      ...(other && { [String(other.status)]: success(route, other.description, other.answer) }),
      ...problemResponses(route),
    },
  };
}

function success(route: Route, description: string, answer: z.ZodType | undefined): ZodOpenApiResponseObject {
  const contentType = route.streams ? 'text/event-stream' : 'application/json';
  return {
    description,
    headers: z.object({
      ...REQUEST_ID,
      ...RATE_LIMIT,
      ...(route.method === 'post' && IDEMPOTENCY_REPLAYED),
      ...(route.versioned && answer && ETAG),
    }),
    ...(route.raw && { content: { '*/*': { schema: {}, examples: rawExamples(route.raw) } } }),
    ...(answer ? { content: { [contentType]: { schema: answer, examples: schemaExamples(answer) } } } : {}),
  };
}

function rawExamples({ description, example }: NonNullable<Route['raw']>): Examples {
  return { example: { summary: description, value: example } };
}

const IF_MATCH = z
  .string()
  .optional()
  .meta({
    description: 'ETags, or `*`. The change is made only if one of them is that of the current version; otherwise 412.',
    examples: ['"7"'],
  });

const LAST_EVENT_ID = z
  .string()
  .optional()
  .meta({
    description: 'The last `id` of an earlier stream: what came since is sent first.',
    examples: ['5f0c2f0e-1768478400120-0-0'],
  });

function parameters(route: Route): NonNullable<ZodOpenApiOperationObject['requestParams']> {
  const { id, names, query, method } = route;
  const path = {
    ...(id && {
      id: z.string().meta({ description: `The id, \`${ID_PREFIXES[id]}_…\`.`, examples: [EXAMPLE_IDS[id]] }),
    }),
    ...(names && { name: z.enum(names).meta({ description: 'The name.', examples: names.slice(0, 1) }) }),
  };
  const header = {
    ...(route.streams && { 'Last-Event-ID': LAST_EVENT_ID }),
    ...(method === 'post' && { 'Idempotency-Key': IDEMPOTENCY_KEY }),
    ...(isConditional(route) && { 'If-Match': IF_MATCH }),
  };
  return {
    ...(Object.keys(path).length > 0 ? { path: z.object(path) } : {}),
    query,
    ...(Object.keys(header).length > 0 ? { header: z.object(header) } : {}),
  };
}

function requestExamples({ body, examples }: Route): Examples {
  return examples ? { ...examples } : schemaExamples(body);
}
