import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject, ZodOpenApiResponseObject } from 'zod-openapi';
import { sharedProblems } from '../problem-responses.ts';
import { REQUEST_ID } from '../response-headers.ts';
import { schemaExamples } from '../schema-examples.ts';
import { consoleConfigSchema } from './console-config.ts';
import { meSchema } from './me.ts';
import { CONSOLE_HEADER, PORTAL_HEADER } from './own-page.ts';
import { portalTokenInputSchema, portalTokenSchema } from './portal-tokens.ts';
import { signedOutSchema, signInSchema } from './sign-in.ts';

const SET_COOKIE = z
  .string()
  .optional()
  .meta({
    header: { id: 'SetCookie' },
    description: 'The cookie of the session: HttpOnly, SameSite=Strict, Secure over https.',
    examples: ['__Host-passwire=k1.q83v; Path=/; HttpOnly; Secure; SameSite=Strict'],
  });

const REDIRECT: ZodOpenApiResponseObject = {
  description: 'Leads to another page.',
  headers: z.object({
    ...REQUEST_ID,
    location: z
      .string()
      .optional()
      .meta({ header: { id: 'Location' }, description: 'The page.', examples: ['/console/deliveries'] }),
    'set-cookie': SET_COOKIE,
  }),
};

/** What a browser sends; other programs need no session. */
const fromConsole: NonNullable<ZodOpenApiOperationObject['requestParams']> = {
  header: z.object({
    [CONSOLE_HEADER]: z.literal('1').meta({ description: 'Only own pages can send it.', examples: ['1'] }),
  }),
};

/** Calls without a key, in the OpenAPI document. */
export const consolePaths: ZodOpenApiPathsObject = {
  '/v1/console-config': {
    get: {
      operationId: 'getConsoleConfig',
      summary: 'Get what the console knows before anybody has signed in',
      description: 'No key is needed.',
      tags: ['console'],
      security: [],
      responses: { '200': success('What the console knows.', consoleConfigSchema) },
    },
  },
  '/v1/sign-in': {
    post: {
      operationId: 'createSession',
      summary: 'Sign in with an API key',
      description:
        'For the console: the answer sets a cookie that stands for the key in further requests, for 8 hours without use and 24 hours in all. Requests other than GET need the header `x-passwire-console: 1` and an `Origin` of this host. No key is needed in the header.',
      tags: ['console'],
      security: [],
      requestParams: fromConsole,
      requestBody: {
        required: true,
        content: { 'application/json': { schema: signInSchema, examples: schemaExamples(signInSchema) } },
      },
      responses: {
        '200': { ...success('Signed in.', meSchema), headers: z.object({ ...REQUEST_ID, 'set-cookie': SET_COOKIE }) },
        ...sharedProblems([400, 401, 403, 413, 415, 422, 429, 500, 503]),
      },
    },
  },
  '/v1/sign-in/oidc': {
    get: {
      operationId: 'beginOidcSignIn',
      summary: 'Sign in with an account of the identity provider',
      description:
        'For browsers: leads to the page of the OpenID Connect provider, which leads back to `/v1/sign-in/oidc/callback`. Where that fails, it leads to the sign-in page, which explains why. 404 where no provider is configured. No key is needed.',
      tags: ['console'],
      security: [],
      requestParams: {
        query: z.object({
          to: z
            .string()
            .max(2000)
            .optional()
            .meta({
              description: 'The page of the console to go to afterwards.',
              examples: ['/deliveries?state=dead'],
            }),
        }),
      },
      responses: { '302': REDIRECT, ...sharedProblems([404, 429, 500]) },
    },
  },
  '/v1/sign-in/oidc/callback': {
    get: {
      operationId: 'endOidcSignIn',
      summary: 'End a sign-in with an account of the identity provider',
      description:
        'Where the provider leads back to. Makes a session as `POST /v1/sign-in` does, with the role that a claim gives, and leads to the console; to its sign-in page where the person is refused. No key is needed.',
      tags: ['console'],
      security: [],
      requestParams: {
        query: z.object({
          code: z
            .string()
            .optional()
            .meta({ description: 'The authorization code.', examples: ['SplxlOBeZQQYbYS6WxSbIA'] }),
          state: z
            .string()
            .optional()
            .meta({ description: 'The state that the sign-in began with.', examples: ['af0ifjsldkj'] }),
          error: z
            .string()
            .optional()
            .meta({ description: 'Why the provider refuses.', examples: ['access_denied'] }),
        }),
      },
      responses: { '302': REDIRECT, ...sharedProblems([404, 429, 500, 503]) },
    },
  },
  '/v1/portal-tokens': {
    post: {
      operationId: 'createPortalToken',
      summary: 'Exchange a link to the portal for a token',
      description:
        'For the page at `/portal`. A link is exchanged once; the token then lasts as long as the link says. No key is needed.',
      tags: ['portal'],
      security: [],
      requestParams: {
        header: z.object({
          [PORTAL_HEADER]: z.literal('1').meta({ description: 'Only own pages can send it.', examples: ['1'] }),
        }),
      },
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: portalTokenInputSchema, examples: schemaExamples(portalTokenInputSchema) },
        },
      },
      responses: {
        '200': {
          ...success('The link was exchanged.', portalTokenSchema),
          headers: z.object({ ...REQUEST_ID, 'set-cookie': SET_COOKIE }),
        },
        ...sharedProblems([400, 401, 403, 409, 413, 415, 422, 429, 500, 503]),
      },
    },
  },
  '/v1/sign-out': {
    post: {
      operationId: 'deleteSession',
      summary: 'Sign out',
      description: 'Removes the cookie. No key is needed.',
      tags: ['console'],
      security: [],
      requestParams: fromConsole,
      responses: {
        '200': {
          ...success('Signed out.', signedOutSchema),
          headers: z.object({ ...REQUEST_ID, 'set-cookie': SET_COOKIE }),
        },
        ...sharedProblems([403]),
      },
    },
  },
};

function success(description: string, schema: z.ZodType): ZodOpenApiResponseObject {
  return {
    description,
    headers: z.object(REQUEST_ID),
    content: { 'application/json': { schema, examples: schemaExamples(schema) } },
  };
}
