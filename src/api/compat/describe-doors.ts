import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { API_VERSION, plain } from '../openapi.ts';
import { schemaExamples } from '../schema-examples.ts';
import type { Door, DoorRoute } from './door.ts';

const ABOUT = `The registration APIs of pass vendors, for scripts that were written against them: behind \`/compat/<vendor>\` are the vendor's own paths, requests, answers and errors. What they make are ordinary integrations and subscriptions, which \`/v1\` shows and changes too.

- **Keys.** Only keys of the role \`tenant\`, sent in the vendor's way.
- **Paths** are accepted with and without a closing slash.
- **Repeating.** A creation with an \`Idempotency-Key\` can be repeated for 24 hours.`;

const ERRORS: Readonly<Record<number, string>> = {
  400: 'The body is not valid JSON, or the request is wrong.',
  401: 'The key is missing, unknown or revoked.',
  403: 'The role of the key is not `tenant`.',
  404: 'Not found, or not visible to this key.',
  409: 'The current state forbids it.',
  413: 'The body is too large.',
  415: 'The body is not JSON in UTF-8.',
  422: 'The request is wrong; the error names the field.',
  429: 'The key makes too many requests; wait for `retry-after`.',
  500: 'An unexpected error.',
  503: 'A server is unavailable; try again later.',
};
/** Those that only requests with a body can get. */
const OF_BODIES: readonly number[] = [409, 413, 415];

/** The OpenAPI 3.1 document of all doors, made from the schemas that they parse with. */
export function describeDoors(doors: readonly Door[]): object {
  const paths: ZodOpenApiPathsObject = {};
  for (const door of doors) {
    for (const route of door.routes) {
      const path = `/compat/${door.name}${route.path}`;
      paths[path] = { ...paths[path], [route.method]: operation(door, route) };
    }
  }
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: "Passwire: the vendors' registration APIs",
        version: API_VERSION,
        description: ABOUT,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'The installation that serves this document.' }],
      tags: doors.map(({ name, label, description }) => ({ name, 'x-displayName': label, description })),
      paths,
      components: {
        securitySchemes: Object.fromEntries(
          doors.map(({ name, securityScheme, credentials }) => [
            name,
            { ...securityScheme, description: credentials.advice },
          ]),
        ),
      },
    },
    { override: plain },
  );
}

function operation(door: Door, route: DoorRoute): ZodOpenApiOperationObject {
  const { answer, body, other, params = {}, query, status } = route;
  const path = Object.entries(params).map(([name, { description, example }]) => [
    name,
    z.string().meta({ description, examples: [example] }),
  ]);
  const content = answer && { [mediaType(door.contentType)]: { schema: answer, examples: schemaExamples(answer) } };
  return {
    operationId: route.operationId,
    summary: route.summary,
    ...(route.description && { description: route.description }),
    tags: [door.name],
    security: [{ [door.name]: [] }],
    requestParams: { ...(path.length > 0 && { path: z.object(Object.fromEntries(path)) }), query },
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: body, examples: schemaExamples(body) } } },
    }),
    responses: {
      [String(status)]: { description: 'Success.', ...(content && { content }) },
      ...(other && { [String(other.status)]: { description: other.description, ...(content && { content }) } }),
      ...errorResponses(door, route),
    },
  };
}

function errorResponses(door: Door, { body }: DoorRoute): ZodOpenApiOperationObject['responses'] {
  const type = mediaType(door.errorContentType ?? door.contentType);
  const content = { [type]: { schema: door.errorSchema, examples: schemaExamples(door.errorSchema) } };
  return Object.fromEntries(
    Object.entries(ERRORS)
      .filter(([status]) => body !== undefined || !OF_BODIES.includes(Number(status)))
      .map(([status, description]) => [status, { description, content }]),
  ) as ZodOpenApiOperationObject['responses'];
}

function mediaType(contentType: string): string {
  return contentType.split(';')[0] ?? contentType;
}
