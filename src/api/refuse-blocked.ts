import type { RequestHandler } from 'express';
import { HttpProblem } from './problem.ts';
import { problemReply, requestIdOf, write } from './serve.ts';
import type { Services } from './services.ts';

const RETRY_AFTER_S = '5';

/** Refuses requests that could only fail: the database lacks migrations, or a server has a shape that is not supported. */
export function refuseBlocked({ servers, log }: Pick<Services, 'servers' | 'log'>): RequestHandler {
  return async (_request, response, next) => {
    const finding = await servers.blockedBy();
    if (!finding) return next();
    const detail = `This installation is not ready: ${finding.part} (${finding.detail}). No request is served until it is.`;
    const problem = new HttpProblem('not-ready', detail, { 'retry-after': RETRY_AFTER_S });
    write(response, problemReply({ log, servers }, problem, requestIdOf(response)));
  };
}
