import type { IncomingHttpHeaders } from 'node:http';
import packageJson from '../../package.json' with { type: 'json' };

/** How many headers of a response are stored. */
export const MAX_STORED_HEADERS = 64;
/** Total length of the stored names and values. */
export const MAX_STORED_HEADER_CHARS = 8 * 1024;
/** Length of one stored value. */
const MAX_STORED_VALUE_CHARS = 1024;

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
  /** Names and values in turn, as Node writes them to the connection. */
  { readonly kind: 'ok'; readonly headers: readonly string[] } | { readonly kind: 'invalid'; readonly name: string };

export interface RequestHead {
  /** Host and port as the URL shows them. */
  readonly host: string;
  readonly contentLengthBytes: number;
}

const DEFAULTS: readonly [string, string][] = [
  ['accept', 'application/json, */*;q=0.8'],
  ['user-agent', `Passwire/${packageJson.version}`],
];

/**
 * Returns the headers to send: names in the case they are given in, each name once whatever its case (the last one counts),
 * defaults first, without connection headers, with `Host` and `content-length`; `invalid` names the first header whose name or
 * value is not allowed.
 */
export function requestHeaders(
  given: Readonly<Record<string, string>>,
  { host, contentLengthBytes }: RequestHead,
): RequestHeaders {
  const headers = new Map(DEFAULTS.map((header) => [header[0], header]));
  for (const name of Object.keys(given)) {
    const value = given[name] ?? '';
    if (!FIELD_NAME.test(name) || !FIELD_VALUE.test(value)) return { kind: 'invalid', name };
    const key = name.toLowerCase();
    if (!CONNECTION_HEADERS.has(key)) headers.set(key, [name, value]);
  }
  const flat = ['Host', host];
  for (const [name, value] of headers.values()) flat.push(name, value);
  flat.push('content-length', String(contentLengthBytes));
  return { kind: 'ok', headers: flat };
}

/** Headers that decide what happens next: they are stored whatever else a response has. */
const FIRST_STORED = ['retry-after', 'location', 'content-type', 'content-encoding'];

/**
 * Returns a response's headers in order, up to the limits above; several values of one name are joined by commas, and a long
 * value is cut. `FIRST_STORED` come first and are never left out.
 */
export function responseHeaders(received: IncomingHttpHeaders): Record<string, string> {
  const stored: [string, string][] = [];
  let chars = 0;
  const first = FIRST_STORED.filter((name) => received[name] !== undefined);
  for (const name of [...first, ...Object.keys(received).filter((name) => !first.includes(name))]) {
    const value = received[name];
    if (value === undefined) continue;
    if (stored.length === MAX_STORED_HEADERS) break;
    const text = cut(typeof value === 'string' ? value : value.join(', '));
    if (chars + name.length + text.length > MAX_STORED_HEADER_CHARS) continue;
    chars += name.length + text.length;
    stored.push([name, text]);
  }
  return Object.fromEntries(stored);
}

function cut(value: string): string {
  return value.length > MAX_STORED_VALUE_CHARS ? `${value.slice(0, MAX_STORED_VALUE_CHARS - 1)}…` : value;
}
