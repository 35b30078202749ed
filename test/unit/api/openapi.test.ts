import { describe, expect, test } from 'vitest';
import { describeApi } from '../../../src/api/openapi.ts';
import { ROUTES } from '../../../src/api/routes/index.ts';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> };
  readonly responses: Record<
    string,
    { readonly description: string; readonly content?: Record<string, { readonly schema: object }> }
  >;
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly security: readonly object[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, unknown>; readonly securitySchemes: Record<string, unknown> };
}

const text = JSON.stringify(describeApi(ROUTES, '1.2.3'));
const document = JSON.parse(text) as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

describe('the OpenAPI document', () => {
  test('is OpenAPI 3.1 with a bearer key', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({ title: 'Passwire', version: '1.2.3' });
    expect(document.security).toEqual([{ apiKey: [] }]);
    expect(document.components.securitySchemes).toMatchObject({ apiKey: { type: 'http', scheme: 'bearer' } });
  });

  test('has every route, and nothing else but health', () => {
    const documented = operations.map(({ method, path }) => `${method} ${path}`);
    const served = ROUTES.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(served).size).toBe(served.length);
    expect(documented.toSorted()).toEqual([...served, 'get /healthz', 'get /readyz'].toSorted());
  });

  test('every reference leads somewhere', () => {
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference = '']) => reference);
    expect(references.length).toBeGreaterThan(100);
    for (const reference of new Set(references)) {
      const found = reference
        .split('/')
        .slice(1)
        .reduce<unknown>((at, token) => (at as Record<string, unknown> | undefined)?.[token], document);
      expect(found, reference).toBeTypeOf('object');
    }
  });

  test('operation ids are unique', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('postSubscriptionsIdTest');
  });

  test.each(operations)('$method $path says what goes in and what comes out', ({ path, method, operation }) => {
    expect(operation.summary).not.toBe('');
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
    expect(inPath.map(({ name }) => name)).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    expect(inPath.every(({ required }) => required)).toBe(true);
    for (const { description } of Object.values(operation.responses)) expect(description).not.toBe('');
    const route = ROUTES.find((one) => one.path === path && one.method === method);
    if (!route) return;
    expect(Boolean(operation.requestBody)).toBe(route.body !== undefined);
    expect(Boolean(operation.responses[route.status]?.content)).toBe(route.status !== 204);
    for (const status of ['401', '403', '422', '500', '503']) {
      const content = operation.responses[status]?.content;
      expect(content, status).toEqual({ 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } });
    }
    const names = (operation.parameters ?? []).map(({ name }) => name);
    expect(names.includes('tenantId')).toBe(route.scope === 'tenant' || (path === '/v1/api-keys' && method === 'get'));
    expect(names.includes('idempotency-key')).toBe(method === 'post');
  });
});
