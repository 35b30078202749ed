import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler } from 'express';
import { notesOf } from './request-notes.ts';
import { requestIdOf } from './serve.ts';
import type { Services } from './services.ts';

/** Reports every request once its answer was sent, or its client has gone. */
export function reportRequests({ telemetry }: Pick<Services, 'telemetry'>): RequestHandler {
  return (request, response, next) => {
    const startedAtMs = performance.now();
    const sentBefore = request.socket.bytesWritten;
    response.once('close', () => {
      const { route = patternOf(request), caller, tenantId, problem } = notesOf(response);
      telemetry.requestServed({
        requestId: requestIdOf(response),
        method: request.method,
        route,
        status: response.statusCode,
        complete: response.writableFinished,
        durationMs: performance.now() - startedAtMs,
        requestBytes: lengthOf(request),
        responseBytes: request.socket.bytesWritten - sentBefore,
        caller,
        tenantId,
        problem,
      });
    });
    next();
  };
}

/** Of the paths that are no routes of the API: `/healthz`. Never the path as requested, which may hold anything. */
function patternOf(request: Request): string | undefined {
  const { path } = (request.route ?? {}) as { readonly path?: unknown };
  return typeof path === 'string' ? path : undefined;
}

function lengthOf({ headers }: IncomingMessage): number {
  return Number(headers['content-length'] ?? 0) || 0;
}
