import { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import { invalid, Problem } from '../../domain/errors.ts';
import type { FieldError } from '../../domain/json.ts';
import { MAX_FIELD_ERRORS } from '../../domain/schema.ts';
import { actorOf } from '../actor.ts';
import { admitRequest } from '../admit-request.ts';
import { identify } from '../credentials.ts';
import { expressPath } from '../express-path.ts';
import { idempotencyKey, once, type Reply, requestHash } from '../idempotency.ts';
import { type JsonBody, jsonReader } from '../json-body.ts';
import { HttpProblem, type ProblemDocument } from '../problem.ts';
import { blocking } from '../refuse-blocked.ts';
import { note } from '../request-notes.ts';
import type { Context } from '../route.ts';
import { checked, endWith, forbidden, problemReply, rejectUnsupported, requestIdOf, write } from '../serve.ts';
import { type Door, type DoorCall, DoorReply, type DoorRoute, DoorText } from './door.ts';

const BODY_LIMIT_BYTES = 1024 * 1024;
const readJson = jsonReader(BODY_LIMIT_BYTES);

/** Serves a door: every answer has its content type, and every error its shape. */
export function serveDoor(context: Context, door: Door): Router {
  const router = Router();
  for (const route of door.routes) router[route.method](expressPath(route.path), serveRoute(context, door, route));
  for (const path of new Set(door.routes.map((route) => route.path))) {
    router.all(expressPath(path), refuseMethod(context, door, path));
  }
  router.use(refuse(context, door, () => new HttpProblem('not-found', 'No resource has this path.')));
  const refuseFailed: ErrorRequestHandler = (error, _request, response, _next) => {
    const isPath = error instanceof URIError;
    const problem = isPath ? new HttpProblem('not-found', 'No resource has this path.') : error;
    write(response, errorReply(context, door, problem, response));
  };
  return router.use(refuseFailed);
}

function serveRoute(context: Context, door: Door, route: DoorRoute): RequestHandler {
  return async (request, response) => {
    note(response, { route: `/compat/${door.name}${route.path}` });
    try {
      const notReady = await blocking(context.servers);
      if (notReady) throw notReady;
      const caller = await identify(context, request, door.credentials);
      note(response, { caller: caller.id });
      const admission = await admitRequest(context, { rate: 'others' }, caller, response);
      try {
        const { tenantId } = caller;
        if (caller.role !== 'tenant' || tenantId === undefined) throw forbidden(caller);
        note(response, { tenantId });
        const body = route.body ? await readJson(request, response, admission) : undefined;
        const params = request.params as Record<string, string>;
        const baseUrl = `${request.protocol}://${request.host}${request.baseUrl}`;
        const call = { caller, tenantId, params, baseUrl };
        const reply = await replyTo(context, door, route, { request, response, body, call });
        write(response, { ...reply, contentType: contentTypeOf(door, reply.status) });
      } finally {
        endWith(response, admission);
      }
    } catch (error) {
      write(response, errorReply(context, door, error, response));
    }
  };
}

interface Incoming {
  readonly request: Request;
  readonly response: Response;
  readonly body: JsonBody | undefined;
  readonly call: Omit<DoorCall, 'query' | 'body'>;
}

/** The response to a request; once only for creations with an `Idempotency-Key`. */
function replyTo(context: Context, door: Door, route: DoorRoute, incoming: Incoming): Promise<Reply> {
  const { request, response, body, call } = incoming;
  const run = async (): Promise<Reply> => {
    try {
      const actor = actorOf(call.caller, requestIdOf(response));
      return successOf(route, await context.actAs(actor, () => answer(context, route, incoming)));
    } catch (error) {
      return errorReply(context, door, repointed(error, route.pointers ?? {}), response);
    }
  };
  const key = route.method === 'post' ? idempotencyKey(request.get('idempotency-key')) : undefined;
  if (key === undefined) return run();
  const scope = `${call.caller.id} post /compat/${door.name}${request.path}`;
  return once(context, scope, key, requestHash(request.originalUrl.split('?')[1] ?? '', body?.bytes), run);
}

async function answer(context: Context, route: DoorRoute, { request, body, call }: Incoming): Promise<unknown> {
  const query = rejectUnsupported(request.query, (value) => checked(route.query, value));
  return route.handle(context, { ...call, query, body: route.body && readBody(route.body, body) });
}

function readBody(schema: NonNullable<DoorRoute['body']>, body: JsonBody | undefined): unknown {
  const { value, lossy } = body ?? { value: {}, lossy: [] };
  if (lossy.length > 0) throw invalid(lossy.slice(0, MAX_FIELD_ERRORS));
  return rejectUnsupported(value, (whole) => checked(schema, whole));
}

function successOf(route: DoorRoute, value: unknown): Reply {
  if (value instanceof DoorReply) return { status: value.status, body: JSON.stringify(value.value), headers: {} };
  if (value instanceof DoorText) return { status: route.status, body: value.text, headers: {} };
  if (route.status === 204) return { status: 204, body: '', headers: {} };
  const kept = route.blank ? { storedBody: JSON.stringify(route.blank(value)) } : {};
  return { status: route.status, body: JSON.stringify(value), ...kept, headers: {} };
}

function errorReply(context: Context, door: Door, error: unknown, response: Response): Reply {
  const reply = problemReply(context, error, requestIdOf(response));
  const { status = reply.status, body } = door.showError(JSON.parse(reply.body) as ProblemDocument);
  return { ...reply, status, body: JSON.stringify(body), contentType: contentTypeOf(door, status) };
}

function contentTypeOf({ contentType, errorContentType = contentType }: Door, status: number): string {
  return status >= 400 ? errorContentType : contentType;
}

/** The same problem with the pointers of the vendor's request. */
function repointed(error: unknown, pointers: NonNullable<DoorRoute['pointers']>): unknown {
  if (!(error instanceof Problem) || error.fields.length === 0) return error;
  const beginnings = Object.keys(pointers).toSorted((a, b) => b.length - a.length);
  const fields = error.fields.map(({ pointer, detail }): FieldError => {
    const own = beginnings.find((beginning) => pointer === beginning || pointer.startsWith(`${beginning}/`));
    return { detail, pointer: own === undefined ? pointer : `${pointers[own]}${pointer.slice(own.length)}` };
  });
  const detail = error.fields.reduce(
    (text, { pointer }, at) => text.replace(pointer, fields[at]?.pointer ?? ''),
    error.message,
  );
  return new Problem(error.kind, error.code, detail, fields);
}

function refuseMethod(context: Context, door: Door, path: string): RequestHandler {
  const methods = door.routes.filter((route) => route.path === path).map(({ method }) => method.toUpperCase());
  const allow = methods.join(', ');
  return refuse(
    context,
    door,
    ({ method }) => new HttpProblem('method-not-allowed', `The path supports ${allow}, not ${method}.`, { allow }),
  );
}

function refuse(context: Context, door: Door, problem: (request: Request) => HttpProblem): RequestHandler {
  return (request, response) => write(response, errorReply(context, door, problem(request), response));
}
