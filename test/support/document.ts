import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { API_VERSION, describeApi } from '../../src/api/openapi.ts';
import { ROUTES } from '../../src/api/routes/index.ts';

// The OpenAPI document as a client gets it, with validators of its schemas.

export interface MediaType {
  readonly schema: object;
  readonly examples?: Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly example?: unknown;
  readonly schema: { readonly examples?: readonly unknown[] };
}

export interface DocumentedResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, MediaType>>;
  readonly $ref?: string;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, MediaType>> };
  readonly responses: Readonly<Record<string, DocumentedResponse>>;
}

export interface SchemaObject {
  readonly $ref?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaObject>>;
  readonly [keyword: string]: unknown;
}

export interface ApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly servers: readonly object[];
  readonly security: readonly object[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly webhooks: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, SchemaObject>>;
    readonly responses: Readonly<Record<string, DocumentedResponse>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
}

export const documentText = JSON.stringify(describeApi(ROUTES, API_VERSION));
export const document = JSON.parse(documentText) as ApiDocument;

export interface FoundOperation {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

export const operations: readonly FoundOperation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** A response, looked up where it is shared. */
export function resolved(response: DocumentedResponse): DocumentedResponse {
  const name = response.$ref?.split('/').at(-1);
  return (name !== undefined && document.components.responses[name]) || response;
}

/** The example of a parameter; undefined when it has none. */
export function exampleOf({ example, schema }: Parameter): unknown {
  return example ?? schema.examples?.[0];
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'https://passwire.example/openapi.json', components: document.components });
const validators = new Map<string, ValidateFunction>();

/** What is wrong with a value under a schema of the document; undefined when nothing is. */
export function invalidity(schema: object, value: unknown): string | undefined {
  const text = JSON.stringify(schema).replaceAll('"#/', '"https://passwire.example/openapi.json#/');
  const validate = validators.get(text) ?? ajv.compile(JSON.parse(text));
  validators.set(text, validate);
  return validate(value) ? undefined : ajv.errorsText(validate.errors);
}
