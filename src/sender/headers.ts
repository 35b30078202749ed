import type { IncomingHttpHeaders } from 'node:http';

/** How many headers of a response are stored. */
export const MAX_STORED_HEADERS = 64;
/** Total length of the stored names and values. */
export const MAX_STORED_HEADER_CHARS = 8 * 1024;

/** Headers for the connection and the message framing (RFC 9110, 7.6.1; RFC 9112, 6). Only the sender sets them. */
const CONNECTION_HEADERS = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** A field value as in RFC 9110, 5.5, limited to ASCII. It excludes line breaks, which would inject headers. */
const FIELD_VALUE = /^[\t\x20-\x7e]*$/;
const FIELD_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

export type RequestHeaders =
  | { readonly kind: 'ok'; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'invalid'; readonly name: string };

/**
 * Returns the headers to send: names in lower case, without connection headers, with `content-length`; `invalid` names the
 * first header whose name or value is not allowed.
 */
export function requestHeaders(given: Readonly<Record<string, string>>, contentLengthBytes: number): RequestHeaders {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!FIELD_NAME.test(name) || !FIELD_VALUE.test(value)) return { kind: 'invalid', name };
    const key = name.toLowerCase();
    if (!CONNECTION_HEADERS.has(key)) headers[key] = value;
  }
  headers['content-length'] = String(contentLengthBytes);
  return { kind: 'ok', headers };
}

/** Returns a response's headers in order, up to the limits above; several values of one name are joined by commas. */
export function responseHeaders(received: IncomingHttpHeaders): Record<string, string> {
  const stored: [string, string][] = [];
  let chars = 0;
  for (const [name, value] of Object.entries(received)) {
    if (value === undefined) continue;
    const text = typeof value === 'string' ? value : value.join(', ');
    chars += name.length + text.length;
    if (stored.length === MAX_STORED_HEADERS || chars > MAX_STORED_HEADER_CHARS) break;
    stored.push([name, text]);
  }
  return Object.fromEntries(stored);
}
