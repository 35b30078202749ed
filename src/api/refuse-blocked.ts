import type { RequestHandler } from 'express';
import { HttpProblem } from './problem.ts';
import { problemReply, requestIdOf, write } from './serve.ts';
import type { Services } from './services.ts';

const RETRY_AFTER_S = '5';

/** Refuses requests that could only fail: the database lacks migrations, or a server has a shape that is not supported. */
export function refuseBlocked({ servers, log }: Pick<Services, 'servers' | 'log'>): RequestHandler {
  return async (_request, response, next) => {
    const problem = await blocking(servers);
    if (problem) write(response, problemReply({ log, servers }, problem, requestIdOf(response)));
    else next();
  };
}

/** The problem of every request while the installation is not ready; undefined when it is. */
export async function blocking(servers: Pick<Services['servers'], 'blockedBy'>): Promise<HttpProblem | undefined> {
  const finding = await servers.blockedBy();
  if (!finding) return undefined;
  const detail = `This installation is not ready: ${finding.part} (${finding.detail}). No request is served until it is.`;
  return new HttpProblem('not-ready', detail, { 'retry-after': RETRY_AFTER_S });
}
