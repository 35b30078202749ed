import { Readable } from 'node:stream';
import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { checkInput } from '../domain/check-input.ts';
import { invalid, isUnavailable, notFound, Overloaded, Problem } from '../domain/errors.ts';
import { type Id, type IdKind, parseId } from '../domain/id.ts';
import { type FieldError, findUnsupported, isObject } from '../domain/json.ts';
import { type Checked, MAX_FIELD_ERRORS } from '../domain/schema.ts';
import { handleAs } from './actor.ts';
import { admitRequest } from './admit-request.ts';
import { idempotencyKey, once, type Reply, requestHash } from './idempotency.ts';
import { identifyCaller } from './identify-caller.ts';
import { expectedVersions } from './if-match.ts';
import { type JsonBody, jsonReader } from './json-body.ts';
import type { Admission } from './key-limits.ts';
import type { Caller } from './key-ring.ts';
import { explainAge } from './past-retention.ts';
import { mayCall } from './permissions.ts';
import { problemOf } from './problem.ts';
import { codeOf } from './problem-types.ts';
import { type RepeatAdvice, repeatAdvice } from './repeat-advice.ts';
import { replyOf, withEntityTag } from './replies.ts';
import { note } from './request-notes.ts';
import { type Context, isConditional, type Route } from './route.ts';
import { isFoundByItsId, ownerOf, tenantInScope } from './scope.ts';
import { endUnread, isBodyUnread } from './unread-body.ts';

const DEFAULT_BODY_LIMIT_BYTES = 1024 * 1024;

/** The id of the current request; responses and log lines carry it. */
export function requestIdOf(response: Response): string {
  return String(response.getHeader('x-request-id'));
}

/** Serves a route: authenticates, authorises, checks the input, calls the handler, and responds with JSON or a problem. */
export function serve(context: Context, route: Route): RequestHandler {
  const readJson = jsonReader(route.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES);
  return async (request, response) => {
    const requestId = requestIdOf(response);
    note(response, { route: route.path });
    try {
      const caller = await identifyCaller(context, request, response);
      note(response, { caller: caller.id });
      const admission = await admitRequest(context, route, caller, response);
      try {
        if (!mayCall(caller.role, route.operationId)) throw forbidden(caller);
        const body = route.body ? await readJson(request, response, admission) : undefined;
        const reply = await replyTo(context, route, { caller, id: idInPath(route, request), request, response, body });
        write(response, route.versioned ? withEntityTag(reply) : reply);
      } finally {
        if (route.streams) admission.end();
        else endWith(response, admission);
      }
    } catch (error) {
      write(response, problemReply(context, error, requestId));
    }
  };
}

/** A request counts for its key until it was handled and its response was sent, whichever is later. */
export function endWith(response: Response, admission: Admission): void {
  if (response.closed) admission.end();
  else response.once('close', () => admission.end());
}

/** The response to a request; once only for requests with an `Idempotency-Key`. */
function replyTo(context: Context, route: Route, incoming: Incoming): Promise<Reply> {
  const { caller, id, request, response, body } = incoming;
  const run = async (): Promise<Reply> => {
    try {
      const handled = handleAs(context, route, caller, requestIdOf(response), () => answer(context, route, incoming));
      return await replyOf(route, await handled);
    } catch (thrown) {
      const error = explainAge(context, route, id, thrown);
      return problemReply(context, error, requestIdOf(response), repeatAdvice(route, body?.value));
    }
  };
  const key = route.method === 'post' ? idempotencyKey(request.get('idempotency-key')) : undefined;
  if (key === undefined) return run();
  const scope = `${caller.id} ${route.method} ${route.path.replace('{id}', id ?? '')}`;
  return once(context, scope, key, requestHash(request.originalUrl.split('?')[1] ?? '', body?.bytes), run);
}

interface Incoming {
  readonly caller: Caller;
  readonly id: Id<IdKind> | undefined;
  readonly request: Request;
  readonly response: Response;
  readonly body: JsonBody | undefined;
}

export function forbidden({ role }: Caller): Problem {
  return new Problem('forbidden', 'forbidden', `The role ${role} does not allow this call.`);
}

function idInPath({ id: kind }: Route, request: Request): Id<IdKind> | undefined {
  if (kind === undefined) return undefined;
  const id = parseId(kind, String(request.params.id));
  if (!id) throw notFound(kind);
  return id;
}

/** Checks the query and the body, and calls the handler. */
async function answer(context: Context, route: Route, { caller, id, request, response, body }: Incoming): Promise<unknown> {
  const query = rejectUnsupported(request.query, (value) => checked(route.query, value));
  const expected = isConditional(route) ? expectedVersions(request.get('if-match')) : undefined;
  const lastEventId = request.get('last-event-id');
  const call = { caller, id: id as Id<IdKind>, name: String(request.params.name), expected, lastEventId };
  // a request without a body counts as one with an empty object: a schema without required members accepts it
  const { value, lossy } = body ?? { value: {}, lossy: [] };
  if (route.scope === 'global') return route.handle(context, { ...call, query, body: readBody(route, value, lossy) });
  const { tenantId: namedInQuery, ...ownQuery } = query;
  const { namedInBody, ownValue } = splitTenant(value);
  const sent = readBody(route, ownValue, lossy);
  const names = [namedInQuery, namedInBody].filter((name) => name !== undefined);
  const named = names.length === 0 && isFoundByItsId(route, caller) ? [await ownerOf(context, route, id)] : names;
  const isOptional = route.isTenantOptional && caller.tenantId === undefined;
  if (isOptional && named.length === 0) return route.handle(context, { ...call, query: ownQuery, body: sent });
  const tenantId = await tenantInScope(context.tenants, caller, named, !route.findsTenant);
  note(response, { tenantId });
  return route.handle(context, { ...call, tenantId, query: ownQuery, body: sent });
}

/** Takes the `tenantId` that any body may have out of it, before the body's own schema sees it. @throws Problem invalid */
function splitTenant(value: unknown): { readonly namedInBody?: string; readonly ownValue: unknown } {
  if (!isObject(value) || !Object.hasOwn(value, 'tenantId')) return { ownValue: value };
  const { tenantId: namedInBody, ...ownValue } = value;
  if (typeof namedInBody === 'string') return { namedInBody, ownValue };
  throw invalid([{ pointer: '/tenantId', detail: 'must be text' }]);
}

function readBody({ body: schema, readBody: readItems }: Route, value: unknown, lossy: readonly FieldError[]): unknown {
  if (!schema) return {};
  if (readItems) return orThrow(readItems(value, schema, lossy));
  if (lossy.length > 0) throw invalid(lossy.slice(0, MAX_FIELD_ERRORS));
  return rejectUnsupported(value, (whole) => checked(schema, whole));
}

/** Rejects first what JSON allows and Passwire cannot carry, since schemas drop some of it. @throws Problem invalid */
export function rejectUnsupported<T>(value: unknown, read: (value: unknown) => T): T {
  const uncarriable = findUnsupported(value);
  if (uncarriable.length > 0) throw invalid(uncarriable);
  return read(value);
}

export function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  return orThrow(checkInput(schema, value));
}

function orThrow<T>(result: Checked<T>): T {
  if (!result.ok) throw invalid(result.errors);
  return result.value;
}

/**
 * Logs an unexpected error with its cause, which the response does not reveal.
 *
 * @param repeat whether the request may be sent again; default: nothing of it was done
 */
export function problemReply(
  { log, servers }: Pick<Context, 'log' | 'servers'>,
  error: unknown,
  requestId: string,
  repeat?: RepeatAdvice,
): Reply {
  const { document, headers } = problemOf(error, requestId, repeat);
  if (document.status === 500) log.error({ err: error, requestId }, 'a request failed');
  // which server it is, and until when, is logged there
  if (isUnavailable(error) && !(error instanceof Overloaded)) void servers.explains();
  const problem = codeOf(document.type);
  return { status: document.status, body: JSON.stringify(document), headers, problem };
}

export function write(response: Response, { status, body, pieces, begin, headers, problem, contentType }: Reply): void {
  if (problem !== undefined) note(response, { problem });
  if (response.headersSent) return;
  if (begin) {
    begin(response);
    return;
  }
  response.status(status).set(headers);
  const type = contentType ?? (status >= 400 ? 'application/problem+json' : 'application/json; charset=utf-8');
  if (pieces || body !== '') response.set('content-type', type);
  if (pieces) {
    response.set('content-length', String(pieces.reduce((bytes, piece) => bytes + piece.length, 0)));
    Readable.from(pieces).pipe(response);
    return;
  }
  if (isBodyUnread(response.req)) endUnread(response.req, response, body);
  else response.end(body);
}
