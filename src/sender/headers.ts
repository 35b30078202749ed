import type { IncomingHttpHeaders } from 'node:http';

/** Of a response at most so many headers, with names and values of so many characters together, are kept. */
export const MAX_KEPT_HEADERS = 64;
export const MAX_KEPT_HEADER_CHARS = 8 * 1024;

/** Headers that belong to the connection and the framing of the message (RFC 9110, 7.6.1; RFC 9112, 6): ours alone. */
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

/** What RFC 9110, 5.5 calls a field value, in ASCII: above all, no line breaks. */
const FIELD_VALUE = /^[\t\x20-\x7e]*$/;
const FIELD_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

export type RequestHeaders =
  | { readonly kind: 'ok'; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'unfit'; readonly name: string };

/** The headers to send: names in lower case, those of the connection left out, `content-length` ours. */
export function requestHeaders(given: Readonly<Record<string, string>>, contentLengthBytes: number): RequestHeaders {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!FIELD_NAME.test(name) || !FIELD_VALUE.test(value)) return { kind: 'unfit', name };
    const key = name.toLowerCase();
    if (!CONNECTION_HEADERS.has(key)) headers[key] = value;
  }
  headers['content-length'] = String(contentLengthBytes);
  return { kind: 'ok', headers };
}

/** A response's headers as a flat record, several values joined by a comma, as many as fit. */
export function responseHeaders(received: IncomingHttpHeaders): Record<string, string> {
  const kept: [string, string][] = [];
  let chars = 0;
  for (const [name, value] of Object.entries(received)) {
    if (value === undefined) continue;
    const text = typeof value === 'string' ? value : value.join(', ');
    chars += name.length + text.length;
    if (kept.length === MAX_KEPT_HEADERS || chars > MAX_KEPT_HEADER_CHARS) break;
    kept.push([name, text]);
  }
  return Object.fromEntries(kept);
}
