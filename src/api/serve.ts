import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { checkInput } from '../domain/check-input.ts';
import { invalid, isUnavailable, notFound, Problem } from '../domain/errors.ts';
import { type Id, type IdKind, parseId } from '../domain/id.ts';
import { findUnsupported } from '../domain/json.ts';
import type { Checked } from '../domain/schema.ts';
import { idempotencyKey, once, type Reply, requestHash } from './idempotency.ts';
import { type JsonBody, jsonReader } from './json-body.ts';
import type { Caller } from './key-ring.ts';
import { HttpProblem, PROBLEM_PREFIX, problemOf } from './problem.ts';
import { note } from './request-notes.ts';
import type { Context, Route } from './route.ts';
import { tenantInScope } from './scope.ts';

const DEFAULT_BODY_LIMIT_BYTES = 1024 * 1024;

/** Id of the request under way; answers and log lines carry it. */
export function requestIdOf(response: Response): string {
  return String(response.getHeader('x-request-id'));
}

/** Serves a route: who calls, what they may, what they sent, then the handler; answers with JSON or a problem. */
export function serve(context: Context, route: Route): RequestHandler {
  const readJson = jsonReader(route.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES);
  return async (request, response) => {
    const requestId = requestIdOf(response);
    note(response, { route: route.path });
    try {
      const caller = await identify(context, request);
      note(response, { caller: caller.id });
      if (!route.roles.includes(caller.role)) throw forbidden(caller);
      const body = route.body ? await readJson(request, response) : undefined;
      const id = idInPath(route, request);
      const run = () =>
        replyOf(context, route, requestId, () => answer(context, route, { caller, id, request, response, body }));
      const key = route.method === 'post' ? idempotencyKey(request.get('idempotency-key')) : undefined;
      const scope = `${caller.id} ${route.method} ${route.path.replace('{id}', id ?? '')}`;
      const hash = () => requestHash(request.originalUrl.split('?')[1] ?? '', body?.bytes);
      write(response, key === undefined ? await run() : await once(context, scope, key, hash(), run));
    } catch (error) {
      write(response, problemReply(context, error, requestId));
    }
  };
}

interface Incoming {
  readonly caller: Caller;
  readonly id: Id<IdKind> | undefined;
  readonly request: Request;
  readonly response: Response;
  readonly body: JsonBody | undefined;
}

async function identify({ keyRing }: Context, request: Request): Promise<Caller> {
  const [, key] = /^Bearer +(\S+) *$/i.exec(request.get('authorization') ?? '') ?? [];
  const caller = key === undefined ? undefined : await keyRing.identify(key);
  if (caller) return caller;
  const detail =
    key === undefined ? 'Send an API key as "Authorization: Bearer <key>".' : 'The API key is unknown or revoked.';
  throw new HttpProblem(401, 'unauthenticated', detail, { 'www-authenticate': 'Bearer' });
}

function forbidden({ role }: Caller): Problem {
  return new Problem('forbidden', 'forbidden', `A key of the role ${role} may not do this.`);
}

function idInPath({ id: kind }: Route, request: Request): Id<IdKind> | undefined {
  if (kind === undefined) return undefined;
  const id = parseId(kind, String(request.params.id));
  if (!id) throw notFound(kind);
  return id;
}

/** Checks what was sent, and calls the handler. */
async function answer(context: Context, route: Route, { caller, id, request, response, body }: Incoming): Promise<unknown> {
  const query = rejectUnsupported(request.query, (value) => checked(route.query, value));
  const sent = readBody(route, body);
  const call = { caller, id: id as Id<IdKind>, query, body: sent };
  if (route.scope === 'global') return route.handle(context, call);
  const { tenantId: namedInQuery, ...ownQuery } = query;
  const { tenantId: namedInBody, ...ownBody } = sent as { readonly tenantId?: unknown };
  const tenantId = await tenantInScope(context.tenants, caller, [namedInQuery, namedInBody], !route.findsTenant);
  note(response, { tenantId });
  return route.handle(context, { ...call, tenantId, query: ownQuery, body: ownBody });
}

/** A request without a body counts as one with an empty object: a schema without required members accepts it. */
function readBody({ body: schema, readBody: readItems }: Route, body: JsonBody | undefined): unknown {
  const value = body === undefined ? {} : body.value;
  if (!schema) return {};
  return readItems ? orThrow(readItems(value, schema)) : rejectUnsupported(value, (whole) => checked(schema, whole));
}

/** First what JSON allows and Passwire cannot carry, since schemas drop some of it in silence. @throws Problem invalid */
function rejectUnsupported<T>(value: unknown, read: (value: unknown) => T): T {
  const uncarriable = findUnsupported(value);
  if (uncarriable.length > 0) throw invalid(uncarriable);
  return read(value);
}

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  return orThrow(checkInput(schema, value));
}

function orThrow<T>(result: Checked<T>): T {
  if (!result.ok) throw invalid(result.errors);
  return result.value;
}

async function replyOf(context: Context, route: Route, requestId: string, run: () => Promise<unknown>): Promise<Reply> {
  try {
    const value = await run();
    if (route.status === 204) return { status: 204, body: '', headers: {} };
    const kept = route.blank ? { keptBody: JSON.stringify(route.blank(value)) } : {};
    return { status: route.status, body: JSON.stringify(value), ...kept, headers: {} };
  } catch (error) {
    return problemReply(context, error, requestId);
  }
}

/** What nobody expected is logged with its cause; its answer says nothing of it. */
export function problemReply({ log, servers }: Pick<Context, 'log' | 'servers'>, error: unknown, requestId: string): Reply {
  const { document, headers } = problemOf(error, requestId);
  if (document.status === 500) log.error({ err: error, requestId }, 'a request failed');
  if (isUnavailable(error)) void servers.explains(); // which server it is, and until when, is logged there
  const problem = document.type.slice(PROBLEM_PREFIX.length);
  return { status: document.status, body: JSON.stringify(document), headers, problem };
}

export function write(response: Response, { status, body, headers, problem }: Reply): void {
  if (problem !== undefined) note(response, { problem });
  if (response.headersSent) return;
  response.status(status).set(headers);
  if (body !== '')
    response.set('content-type', status >= 400 ? 'application/problem+json' : 'application/json; charset=utf-8');
  response.end(body);
}
