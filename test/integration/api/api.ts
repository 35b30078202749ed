import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, expect } from 'vitest';
import { problemSchema } from '../../../src/api/problem.ts';
import type { Route } from '../../../src/api/route.ts';
import { ROUTES } from '../../../src/api/routes/index.ts';
import { createApiServer, type ServerTimeouts } from '../../../src/api/server.ts';
import { readConfig } from '../../../src/config.ts';
import { type ApiContainer, createApiContainer } from '../../../src/container.ts';
import { testEnv } from '../../support/client.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import type { Env } from '../../support/node-process.ts';
import { sharedServers } from '../../support/servers.ts';

/** What answers have in common; the rest is for `toMatchObject`. */
interface Body {
  readonly id: string;
  readonly key: string;
  readonly deliveryId: string;
  readonly nextCursor: string | null;
  readonly data: readonly Body[];
  readonly secrets: readonly {
    readonly id: string;
    readonly kind: string;
    readonly value?: string;
    readonly publicKey?: string;
  }[];
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
  readonly [name: string]: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

export type Call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

/** Tables that a refused request must leave as they were. */
const TABLES = [
  'tenants',
  'api_keys',
  'templates',
  'integrations',
  'secrets',
  'endpoints',
  'subscriptions',
  'events',
  'event_keys',
  'deliveries',
  'dead_letters',
  'replays',
  'audit_entries',
];

export interface Api {
  readonly origin: string;
  readonly adminKey: string;
  readonly admin: Call;
  readonly sql: pg.Client;
  /** Speaks with a key; every answer is held against the route's own schema. */
  with(key: string): Call;
  /** A tenant, and a caller with a key of it. */
  tenant(): Promise<{ readonly id: string; readonly key: string; readonly call: Call }>;
  makeKey(role: string, tenantId?: string): Promise<{ readonly id: string; readonly key: string }>;
  raw(path: string, init: RequestInit): Promise<Response>;
  /** Rows per table. */
  stored(): Promise<string>;
}

interface ApiOptions {
  /** A function where it names servers that are started before the tests too. */
  readonly env?: Env | (() => Env);
  readonly timeouts?: ServerTimeouts;
  /** Of a Redis that the test may break; default: the shared one. */
  readonly redisUrl?: () => string;
}

/** The API on a database of its own, as container.ts builds it, inside this process. */
export function useApi({
  env: more = {},
  timeouts,
  redisUrl = () => sharedServers().redisUrl,
}: ApiOptions = {}): () => Api {
  const prefix = `test-${randomBytes(6).toString('hex')}`;
  let database: TestDatabase | undefined;
  let container: ApiContainer | undefined;
  let server: Server | undefined;
  let sql: pg.Client | undefined;
  let api: Api | undefined;

  beforeAll(async () => {
    database = await createTestDatabase();
    const env = {
      ...testEnv(),
      LOG_LEVEL: 'silent',
      REDIS_PREFIX: prefix,
      ...(typeof more === 'function' ? more() : more),
    };
    const config = readConfig({ ...env, DATABASE_URL: database.url, REDIS_URL: redisUrl() });
    container = createApiContainer(config);
    const listening = createApiServer(container.app, timeouts);
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    sql = new pg.Client({ connectionString: database.url });
    await sql.connect();
    api = createApi(`http://127.0.0.1:${(listening.address() as AddressInfo).port}`, config.adminKey ?? '', sql);
  });

  afterAll(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
    await container?.close();
    await sql?.end();
    await database?.drop();
  });

  return () => {
    if (!api) throw new Error('the API is there from beforeAll on');
    return api;
  };
}

function createApi(origin: string, adminKey: string, sql: pg.Client): Api {
  const speakWith =
    (key: string): Call =>
    async (method, path, body, headers = {}) => {
      const sent = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
      const json = body === undefined ? {} : { 'content-type': 'application/json' };
      const response = await fetch(`${origin}${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, ...json, ...headers },
        ...(sent === undefined ? {} : { body: sent }),
      });
      const text = await response.text();
      const answer = {
        status: response.status,
        headers: response.headers,
        text,
        // what is exported is no JSON
        body: text === '' || /ndjson|csv/.test(response.headers.get('content-type') ?? '') ? undefined : JSON.parse(text),
      };
      holdAgainstSchema(method, path, answer);
      return answer;
    };
  const admin = speakWith(adminKey);
  const makeKey = async (role: string, tenantId?: string) => {
    const { status, body, text } = await admin('POST', '/v1/api-keys', { name: role, role, tenantId });
    expect(status, text).toBe(201);
    return { id: body.id, key: body.key };
  };
  return {
    origin,
    adminKey,
    admin,
    sql,
    with: speakWith,
    makeKey,
    async tenant() {
      const { body } = await admin('POST', '/v1/tenants', { name: 'Acme' });
      const { key } = await makeKey('tenant', body.id);
      return { id: body.id, key, call: speakWith(key) };
    },
    raw: (path, init) => fetch(`${origin}${path}`, init),
    async stored() {
      const counts = TABLES.map((table) => `(SELECT count(*) FROM ${table}) AS ${table}`);
      const { rows } = await sql.query(`SELECT ${counts.join(', ')}`);
      return JSON.stringify(rows[0]);
    },
  };
}

function routeOf(method: string, path: string): Route | undefined {
  const [plain = ''] = path.split('?');
  const exact = ROUTES.find((route) => route.method === method.toLowerCase() && route.path === plain);
  const pattern = plain.replace(/\/[a-z]{3}_[0-9a-f-]{36}/, '/{id}');
  return exact ?? ROUTES.find((route) => route.method === method.toLowerCase() && route.path === pattern);
}

/** What an answer must be: the route's own schema, or a problem document that names its request. */
function holdAgainstSchema(method: string, path: string, { status, headers, body, text }: Answer): void {
  const requestId = headers.get('x-request-id');
  expect(requestId).toMatch(/^[\w.-]{8,64}$/);
  expect(headers.get('x-powered-by')).toBeNull();
  if (status >= 400) {
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(problemSchema.parse(body)).toMatchObject({ status });
    expect(text).not.toMatch(/node_modules|\.ts:\d+|\n\s+at /);
    return;
  }
  const route = routeOf(method, path);
  if (!route) return;
  expect(status, text).toBe(route.status);
  if (route.answer) expect(route.answer.safeParse(body), text).toMatchObject({ success: true });
}
