import { describe, expect, test } from 'vitest';
import { PROBLEM_CODES, PROBLEM_TYPES } from '../../../src/api/problem-types.ts';
import { ROUTES } from '../../../src/api/routes/index.ts';
import { DIALECTS } from '../../../src/dialects/index.ts';
import { DIALECT_NAMES } from '../../../src/domain/integration.ts';
import { webhookHeaders, webhookSigner } from '../../../src/domain/signing.ts';
import {
  document,
  documentText,
  exampleOf,
  invalidity,
  type MediaType,
  operations,
  resolved,
  type SchemaObject,
} from '../../support/document.ts';

const KEYLESS = [
  'get /healthz',
  'get /readyz',
  'get /v1/console-config',
  'post /v1/portal-tokens',
  'post /v1/sign-in',
  'get /v1/sign-in/oidc',
  'get /v1/sign-in/oidc/callback',
  'post /v1/sign-out',
];
const schemas = Object.entries(document.components.schemas);
const webhooks = Object.entries(document.webhooks).map(([name, { post }]) => ({ name, operation: post }));

/** Every member of a schema that is described in place. */
function members(schema: SchemaObject, at: string): { readonly at: string; readonly member: SchemaObject }[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const here = `${at}.${name}`;
    return [{ at: here, member }, ...members(member, here)];
  });
}

function wrongExamples(media: MediaType | undefined): unknown {
  const examples = Object.entries(media?.examples ?? {});
  if (!media || examples.length === 0) return 'no example';
  return examples.flatMap(([name, { summary, value }]) => {
    const wrong = summary === '' ? 'no summary' : invalidity(media.schema, value);
    return wrong === undefined ? [] : [`${name}: ${wrong}`];
  });
}

describe('the OpenAPI document', () => {
  test('is OpenAPI 3.1 with a server, a bearer key and described tags', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({ title: 'Passwire', version: '1.0.0' });
    expect(document.servers).toHaveLength(1);
    expect(document.security).toEqual([{ apiKey: [] }]);
    expect(document.components.securitySchemes).toMatchObject({ apiKey: { type: 'http', scheme: 'bearer' } });
    const used = new Set(operations.flatMap(({ operation }) => operation.tags));
    expect(new Set(document.tags.map(({ name }) => name))).toEqual(used);
    expect(document.tags.every(({ description }) => description.length > 10)).toBe(true);
  });

  test('has every route, and nothing else but health and the calls of the console without a key', () => {
    const documented = operations.map(({ method, path }) => `${method} ${path}`);
    const served = ROUTES.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(served).size).toBe(served.length);
    expect(documented.toSorted()).toEqual([...served, ...KEYLESS].toSorted());
  });

  test('every reference leads somewhere', () => {
    const references = [...documentText.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference = '']) => reference);
    expect(references.length).toBeGreaterThan(100);
    for (const reference of new Set(references)) {
      const found = reference
        .split('/')
        .slice(1)
        .reduce<unknown>((at, token) => (at as Record<string, unknown> | undefined)?.[token], document);
      expect(found, reference).toBeTypeOf('object');
    }
  });

  test('operation ids are unique, and a verb with a noun', () => {
    const ids = [...operations, ...webhooks].map(({ operation }) => operation?.operationId ?? '');
    expect(new Set(ids).size).toBe(ids.length);
    const verbs =
      'begin|cancel|check|create|delete|describe|discard|disable|enable|end|erase|export|get|infer|list|pause|post|resume|retry|search|preview|receive|replay|revoke|rotate|test|update|watch';
    expect(ids.filter((id) => !new RegExp(`^(?:${verbs})(?:[A-Z][a-z]+)+$`).test(id))).toEqual([]);
    expect(ids).toEqual(expect.arrayContaining(['createSubscription', 'postEvents', 'rotateIntegrationSecret']));
  });

  test('lists every type of problem where its status is described', () => {
    const listed = Object.values(document.components.responses).flatMap(({ content }) =>
      Object.entries(content?.['application/problem+json']?.examples ?? {}).map(([code, { value }]) => [
        code,
        (value as { status: number }).status,
      ]),
    );
    // a method that is not supported is no operation, and bytes that are no request have none
    const outside = ['method-not-allowed', 'malformed-request', 'request-timeout', 'headers-too-large'];
    const expected = PROBLEM_CODES.filter((code) => !outside.includes(code) || PROBLEM_TYPES[code].status === 400);
    expect(listed.toSorted()).toEqual(expected.map((code) => [code, PROBLEM_TYPES[code].status]).toSorted());
  });
});

describe('schemas', () => {
  test('are named, and none is repeated in place', () => {
    expect(schemas.map(([name]) => name).filter((name) => !/^(?:[A-Z][a-z]+)+$/.test(name))).toEqual([]);
    const inPlace = [...documentText.matchAll(/"schema":(\{"type":"object","properties".{0,40})/g)].map(([, text]) => text);
    expect(inPlace).toEqual([]);
  });

  test.each(schemas)('%s has a description and valid examples', (name, { description = '', examples = [] }) => {
    expect(description).not.toBe('');
    expect(examples.length).toBeGreaterThan(0);
    const reference = { $ref: `#/components/schemas/${name}` };
    expect(examples.map((example) => invalidity(reference, example)).filter((wrong) => wrong !== undefined)).toEqual([]);
  });

  test('describe every member', () => {
    const all = schemas.flatMap(([name, schema]) => members(schema, name));
    expect(all.length).toBeGreaterThan(200);
    const silent = all.filter(({ member }) => member.$ref === undefined && !member.description);
    expect(silent.map(({ at }) => at)).toEqual([]);
  });

  test('have one for each trigger that can be posted, with a tenant in a batch', () => {
    const { PostedEvent, EventBatch, BatchEvent } = document.components.schemas;
    expect([PostedEvent?.oneOf, BatchEvent?.oneOf]).toEqual([
      expect.objectContaining({ length: 10 }),
      expect.objectContaining({ length: 10 }),
    ]);
    expect(EventBatch?.properties?.events?.items).toEqual({ $ref: '#/components/schemas/BatchEvent' });
    const inBatch = schemas.filter(([name]) => /^BatchPass\w+Event$/.test(name));
    expect(inBatch.filter(([, { properties }]) => properties && 'tenantId' in properties)).toHaveLength(10);
    const [event = {}] = (BatchEvent?.examples ?? []) as object[];
    const named = { ...event, tenantId: 'ten_00000000-0000-7000-8000-000000000000' };
    const batch = { events: [event, named] };
    expect(invalidity({ $ref: '#/components/schemas/EventBatch' }, batch)).toBeUndefined();
    const events = schemas.filter(([name]) => /^Pass\w+Event$/.test(name));
    expect(events).toHaveLength(10);
    expect(events.filter(([, { properties }]) => properties && 'tenantId' in properties)).toEqual([]);
  });

  test.each(['IntegrationPatch', 'SubscriptionPatch'])('%s takes any member of the options alone', (name) => {
    const { options } = document.components.schemas[name]?.properties ?? {};
    expect(options?.description).toBe("Members of the dialect's options to change. Null restores a default.");
    for (const patch of [{ options: { labels: { a: 'b' } } }, { options: { changedOnly: null } }, { options: null }]) {
      expect(invalidity({ $ref: `#/components/schemas/${name}` }, patch)).toBeUndefined();
    }
  });

  test('have the options of every dialect, chosen by it where it is known', () => {
    const { IntegrationInput, SubscriptionOptions } = document.components.schemas;
    const { mapping = {} } = (IntegrationInput?.discriminator ?? {}) as { mapping?: Record<string, string> };
    expect(Object.keys(mapping).toSorted()).toEqual(DIALECT_NAMES.toSorted());
    for (const [name, { options, subscriptionOptions }] of Object.entries(DIALECTS)) {
      const input = document.components.schemas[mapping[name]?.split('/').at(-1) ?? ''];
      const reference = { $ref: `#/components/schemas/${options.meta()?.id}` };
      expect(input?.properties?.options).toMatchObject(reference);
      expect(SubscriptionOptions?.anyOf).toContainEqual({
        $ref: `#/components/schemas/${subscriptionOptions.meta()?.id}`,
      });
    }
    expect(invalidity({ $ref: '#/components/schemas/IntegrationInput' }, { name: 'x', dialect: 'vibes' })).toBeDefined();
  });
});

/** Calls of no tenant's that can be narrowed to one. */
const OVER_TENANTS = [
  '/v1/api-keys',
  '/v1/api-keys/export',
  '/v1/search',
  '/v1/stream',
  '/v1/stats',
  '/v1/stats/retries-ahead',
  '/v1/stats/now',
  '/v1/attention',
  '/v1/endpoints/board',
  '/v1/audit',
  '/v1/audit/export',
];

describe.each(operations)('$method $path', ({ path, method, operation }) => {
  const route = ROUTES.find((one) => one.path === path && one.method === method);

  test('has a summary, a description and parameters with examples', () => {
    expect(operation.summary).not.toMatch(/^$|\.$/);
    expect(operation.description).toMatch(/\.$/);
    const parameters = operation.parameters ?? [];
    const inPath = parameters.filter((parameter) => parameter.in === 'path');
    expect(inPath.map(({ name }) => name)).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    expect(inPath.every(({ required }) => required)).toBe(true);
    expect(parameters.filter(({ description }) => !description)).toEqual([]);
    const bare = parameters.filter((parameter) => exampleOf(parameter) === undefined).map(({ name }) => name);
    expect(bare.filter((name) => name !== 'cursor')).toEqual([]);
    if (!route) return;
    const names = parameters.map(({ name }) => name);
    expect(names.includes('tenantId')).toBe(route.scope === 'tenant' || (method === 'get' && OVER_TENANTS.includes(path)));
    expect(names.includes('Idempotency-Key')).toBe(method === 'post');
  });

  test('has valid examples of its request and its responses', () => {
    if (operation.requestBody) expect(wrongExamples(operation.requestBody.content['application/json'])).toEqual([]);
    for (const response of Object.values(operation.responses).map(resolved)) {
      expect(response.description).not.toBe('');
      expect(Object.keys(response.headers ?? {})).toContain('x-request-id');
      for (const media of Object.values(response.content ?? {})) expect(wrongExamples(media)).toEqual([]);
    }
  });
});

const routed = operations.filter(({ method, path }) => !KEYLESS.includes(`${method} ${path}`));

describe.each(routed)('$method $path', ({ path, method, operation }) => {
  test('has the responses that its route can give', () => {
    const route = ROUTES.find((one) => one.path === path && one.method === method);
    if (!route) throw new Error('it has no route');
    expect(Boolean(operation.requestBody)).toBe(route.body !== undefined);
    expect(Boolean(operation.responses[route.status]?.content)).toBe(route.status !== 204);
    for (const status of ['401', '403', '422', '500', '503']) {
      expect(operation.responses[status]?.$ref, status).toMatch(/^#\/components\/responses\//);
    }
    for (const [status, response] of Object.entries(operation.responses)) {
      if (Number(status) < 400) continue;
      expect(resolved(response).content?.['application/problem+json']?.schema).toEqual({
        $ref: '#/components/schemas/Problem',
      });
    }
  });
});

describe('webhooks', () => {
  test('are there for every dialect', () => {
    expect(Object.keys(document.webhooks).toSorted()).toEqual(DIALECT_NAMES.toSorted());
  });

  test.each(webhooks)('$name has a body for each of its triggers, and the headers', ({ name, operation }) => {
    const media = Object.values(operation?.requestBody?.content ?? {})[0];
    expect(wrongExamples(media)).toEqual([]);
    const { eventNames } = DIALECTS[name as keyof typeof DIALECTS];
    expect(Object.keys(media?.examples ?? {}).toSorted()).toEqual(Object.keys(eventNames).toSorted());
    const headers = Object.fromEntries(
      (operation?.parameters ?? []).map((parameter) => [parameter.name, exampleOf(parameter)]),
    );
    expect(Object.keys(headers)).toEqual(
      expect.arrayContaining(['webhook-id', 'webhook-timestamp', 'webhook-signature', 'x-webhook-event']),
    );
    expect('X-Webhook-Signature' in headers).toBe(name === 'passentry');
    const secret = /whsec_[\w+/=]+/.exec(JSON.stringify(operation?.parameters))?.[0] ?? '';
    const signer = webhookSigner({ id: 'sec_x' as never, kind: 'webhook', value: secret });
    const body = JSON.stringify(Object.values(media?.examples ?? {})[0]?.value);
    const signed = webhookHeaders([signer], headers['webhook-id'] as never, Number(headers['webhook-timestamp']), body);
    expect(headers['webhook-signature']).toBe(signed['webhook-signature']);
  });
});
