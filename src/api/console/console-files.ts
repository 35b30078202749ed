import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestHandler } from 'express';
import sirv from 'sirv';
import type { Theme } from '../../domain/theme.ts';

/** Where `npm run build:console` writes to. */
const FOLDER = join(import.meta.dirname, '../../../console/dist');
const NONCE_BYTES = 16;
/** In the built page, in place of what differs from response to response. */
const NONCE_MARK = '__NONCE__';
const BUILD_MARK = '__BUILD__';
const THEME_MARK = '__THEME__';
const BUILD_DIGITS = 12;

/** The built console. */
export interface ConsoleFiles {
  /** Changes with every change of the console. */
  readonly build: string;
  /** Scripts and styles under names that change with their content. */
  readonly assets: RequestHandler;
  /** The page of the console, the same at every address. */
  readonly page: RequestHandler;
  /** The same page for the portal, which other sites may frame. */
  readonly portal: RequestHandler;
  /** The page of the documentation, the same at every address. */
  readonly docs: RequestHandler;
}

/**
 * Undefined when the console is not built.
 *
 * @param framedBy the origins of pages that may show the portal in a frame
 */
export function openConsoleFiles(theme: Theme, framedBy: readonly string[], folder = FOLDER): ConsoleFiles | undefined {
  const path = join(folder, 'index.html');
  if (!existsSync(path)) return undefined;
  const html = readFileSync(path, 'utf8');
  const build = createHash('sha256').update(html).digest('hex').slice(0, BUILD_DIGITS);
  const servePage = (text: string, frameAncestors = "'none'"): RequestHandler => {
    const template = text.replaceAll(BUILD_MARK, build).replaceAll(THEME_MARK, theme);
    return (_request, response) => {
      const nonce = randomBytes(NONCE_BYTES).toString('base64');
      response
        .set('content-security-policy', contentPolicy(nonce, frameAncestors))
        .set('referrer-policy', 'no-referrer')
        .set('content-type', 'text/html; charset=utf-8')
        .end(template.replaceAll(NONCE_MARK, nonce));
    };
  };
  return {
    build,
    assets: sirv(join(folder, 'assets'), {
      brotli: true,
      gzip: true,
      // what was set before would win over sirv's own
      setHeaders: (response) => void response.setHeader('cache-control', 'public,max-age=31536000,immutable'),
    }),
    page: servePage(html),
    // the console itself shows it as a preview
    portal: servePage(html, ["'self'", ...framedBy].join(' ')),
    docs: servePage(readFileSync(join(folder, 'docs.html'), 'utf8')),
  };
}

/** No script and no style but our own; nothing is loaded from or sent to another host. */
function contentPolicy(nonce: string, frameAncestors: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    `frame-ancestors ${frameAncestors}`,
  ].join('; ');
}
