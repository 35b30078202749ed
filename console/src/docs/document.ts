import { queryOptions } from '@tanstack/react-query';

// What is read of an OpenAPI 3.1 document. It is our own, so that nothing is checked here.

export interface Schema {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly deprecated?: boolean;
}

export interface Parameter {
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly name: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly example?: unknown;
  readonly schema: Schema;
}

export interface Content {
  readonly schema?: Schema;
  readonly examples?: Readonly<Record<string, { readonly summary?: string; readonly value?: unknown }>>;
}

export interface Answer {
  readonly $ref?: string;
  readonly description?: string;
  readonly headers?: Readonly<
    Record<string, { readonly $ref?: string; readonly description?: string; readonly schema?: Schema }>
  >;
  readonly content?: Readonly<Record<string, Content>>;
}

interface Described {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly deprecated?: boolean;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, Answer>>;
}

interface OpenApi {
  readonly info: { readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly webhooks: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface Operation extends Described {
  readonly method: string;
  /** Undefined for a webhook, which goes to the receiver's own URL. */
  readonly path: string | undefined;
}

export interface Tag {
  readonly name: string;
  readonly description: string;
  readonly operations: readonly Operation[];
}

/** The OpenAPI document as the pages show it. */
export interface Reference {
  readonly version: string;
  readonly description: string;
  readonly tags: readonly Tag[];
  readonly webhooks: readonly Operation[];
  readonly operations: ReadonlyMap<string, Operation>;
  /** What a `$ref` stands for, and its name. */
  resolve<T extends { readonly $ref?: string }>(value: T): { readonly value: T; readonly name: string | undefined };
}

export const referenceQuery = queryOptions({ queryKey: ['openapi'], queryFn: loadReference });

async function loadReference(): Promise<Reference> {
  const response = await fetch('/openapi.json');
  if (!response.ok) throw new Error(`the OpenAPI document was answered with ${response.status}`);
  return readReference((await response.json()) as OpenApi);
}

function readReference(document: OpenApi): Reference {
  const calls = operationsOf(document.paths, true);
  const webhooks = operationsOf(document.webhooks, false);
  return {
    version: document.info.version,
    description: document.info.description,
    tags: document.tags.map(({ name, description }) => ({
      name,
      description,
      operations: calls.filter(({ tags = [] }) => tags.includes(name)),
    })),
    webhooks,
    operations: new Map([...calls, ...webhooks].map((operation) => [operation.operationId, operation])),
    resolve(value) {
      if (value.$ref === undefined) return { value, name: undefined };
      const [, , kind = '', name = ''] = value.$ref.split('/');
      return { value: document.components[kind]?.[name] as typeof value, name };
    },
  };
}

function operationsOf(paths: OpenApi['paths'], hasPath: boolean): readonly Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      ...described,
      method: method.toUpperCase(),
      path: hasPath ? path : undefined,
    })),
  );
}
