import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { type RequestHandler, Router } from 'express';
import { HttpProblem } from '../problem.ts';
import { note } from '../request-notes.ts';
import type { Context } from '../route.ts';
import { problemReply, requestIdOf, write } from '../serve.ts';
import { showConsoleConfig } from './console-config.ts';
import { openConsoleFiles } from './console-files.ts';
import { LOGO_PATH } from './me.ts';
import { beginOidcSignIn, endOidcSignIn, OIDC_PATH } from './oidc-sign-in.ts';
import { answerPortalTokens } from './portal-tokens.ts';
import { answerSignIn, answerSignOut } from './sign-in.ts';

/** Serves the console at `/console` and as the portal at `/portal` with the calls that it makes without a key, and the documentation at `/docs`. */
export function serveConsole(context: Context): Router {
  const files = openConsoleFiles(context.console.theme, context.portal.origins);
  const router = Router();
  router.get('/v1/console-config', (_request, response) => {
    response.json(showConsoleConfig(context.console, files?.build, context.identityProvider?.label));
  });
  router.post('/v1/sign-in', answerSignIn(context));
  router.get(OIDC_PATH, noteRoute(OIDC_PATH), beginOidcSignIn(context));
  router.get(`${OIDC_PATH}/callback`, noteRoute(`${OIDC_PATH}/callback`), endOidcSignIn(context));
  router.post('/v1/sign-out', answerSignOut(context));
  router.post('/v1/portal-tokens', answerPortalTokens(context));
  router.get('/', (_request, response) => response.redirect('/console'));
  const missing = refuseMissing(context);
  router.use('/console/assets', noteRoute('/console/assets'), files?.assets ?? missing, missing);
  router.get('/console{/*path}', noteRoute('/console'), files?.page ?? missing);
  if (context.portal.logoFile !== undefined)
    router.get(LOGO_PATH, noteRoute(LOGO_PATH), serveLogo(context.portal.logoFile));
  router.get('/portal{/*path}', noteRoute('/portal'), files?.portal ?? missing);
  router.get('/docs{/*path}', noteRoute('/docs'), files?.docs ?? missing);
  return router;
}

/** @throws Error at the start, when the file cannot be read */
function serveLogo(file: string): RequestHandler {
  const image = readFileSync(file);
  return (_request, response) => {
    // an SVG that is opened by itself is a page that could have scripts
    response
      .set('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .set('cache-control', 'public,max-age=3600')
      .type(extname(file))
      .end(image);
  };
}

function noteRoute(route: string): RequestHandler {
  return (_request, response, next) => {
    note(response, { route });
    next();
  };
}

function refuseMissing(context: Context): RequestHandler {
  return (_request, response) => {
    const detail = 'No such file, or the console is not built: `npm run build:console` builds it.';
    write(response, problemReply(context, new HttpProblem('not-found', detail), requestIdOf(response)));
  };
}
