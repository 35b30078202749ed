import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { serveDoors } from './compat/index.ts';
import { PortalRing } from './console/portal-ring.ts';
import { serveConsole } from './console/serve-console.ts';
import { Sessions } from './console/session.ts';
import { expressPath } from './express-path.ts';
import { FailedKeys } from './failed-keys.ts';
import { answerHealth, answerMetrics, answerReadiness } from './health.ts';
import { KeyLimits } from './key-limits.ts';
import { KeyRing } from './key-ring.ts';
import { API_VERSION, describeApi } from './openapi.ts';
import { HttpProblem } from './problem.ts';
import { refuseBlocked } from './refuse-blocked.ts';
import { reportRequests } from './report-requests.ts';
import type { Context } from './route.ts';
import { ROUTES } from './routes/index.ts';
import { problemReply, requestIdOf, serve, write } from './serve.ts';
import type { Services } from './services.ts';
import { Staff } from './staff.ts';
import { hasBody } from './unread-body.ts';

const compress = promisify(gzip);

/** Builds the HTTP API. It does not listen. */
export function createApp(services: Services): Express {
  const context: Context = {
    ...services,
    keyRing: new KeyRing(services.apiKeys, services.adminKey),
    portalRing: new PortalRing(services.portalLinks),
    keyLimits: new KeyLimits(services.keyLimitOptions),
    failedKeys: new FailedKeys(services.failedKeyRate),
    sessions: new Sessions(services.box, services.clock),
    staff: new Staff(services.people, services.identityProvider?.issuer),
  };
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', services.trustedProxies);
  app.use(tagRequest, reportRequests(services));
  app.use(closeUnread);
  app.get('/healthz', answerHealth);
  app.get('/readyz', answerReadiness(services));
  app.get('/metrics', answerMetrics(services));
  app.get('/openapi.json', answerDocument());
  app.use(serveConsole(context));
  app.use('/v1', refuseBlocked(services));
  for (const route of ROUTES) app[route.method](expressPath(route.path), serve(context, route));
  for (const path of new Set(ROUTES.map((route) => route.path))) app.all(expressPath(path), refuseMethod(context, path));
  app.use('/compat', serveDoors(context));
  app.use(refuseUnknown(context));
  app.use(refuseFailed(context));
  return app;
}

const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;

/** Every response has the id of its request: the caller's own, where it is valid. */
const tagRequest: RequestHandler = (request, response, next) => {
  const given = request.get('x-request-id') ?? '';
  response.set('x-request-id', REQUEST_ID.test(given) ? given : randomUUID());
  response.set('x-content-type-options', 'nosniff');
  response.set('cache-control', 'no-store');
  next();
};

/** A body that nothing reads must not stay on the connection. Routes read theirs, or close the connection (`write`). */
const closeUnread: RequestHandler = (request, response, next) => {
  if (hasBody(request) && !/^\/(v1|compat)\//.test(request.path)) response.set('connection', 'close');
  next();
};

/** The OpenAPI document. It has over a megabyte, and a twentieth of that compressed. */
function answerDocument(): RequestHandler {
  let made: Promise<readonly [plain: Buffer, compressed: Buffer]> | undefined;
  const make = async (): Promise<readonly [Buffer, Buffer]> => {
    const plain = Buffer.from(JSON.stringify(describeApi(ROUTES, API_VERSION)));
    return [plain, await compress(plain)];
  };
  return async (request, response) => {
    made ??= make();
    const [plain, compressed] = await made;
    response.set('content-type', 'application/json; charset=utf-8').set('vary', 'accept-encoding');
    if (request.acceptsEncodings('gzip')) response.set('content-encoding', 'gzip').end(compressed);
    else response.end(plain);
  };
}

function refuseMethod(context: Context, path: string): RequestHandler {
  const methods = ROUTES.filter((route) => route.path === path).map(({ method }) => method.toUpperCase());
  const allow = methods.join(', ');
  return (request, response) => {
    const problem = new HttpProblem('method-not-allowed', `The path supports ${allow}, not ${request.method}.`, { allow });
    write(response, problemReply(context, problem, requestIdOf(response)));
  };
}

function refuseUnknown(context: Context): RequestHandler {
  return (_request, response) => {
    const problem = new HttpProblem('not-found', 'No resource has this path.');
    write(response, problemReply(context, problem, requestIdOf(response)));
  };
}

/** Errors that Express itself throws: a path that cannot be decoded is not found. */
function refuseFailed(context: Context): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    const isPath = error instanceof URIError;
    const problem = isPath ? new HttpProblem('not-found', 'No resource has this path.') : error;
    write(response, problemReply(context, problem, requestIdOf(response)));
  };
}
