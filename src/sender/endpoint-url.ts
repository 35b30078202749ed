import { isIP } from 'node:net';
import type { AddressGuard } from './address-guard.ts';

/** The result of checking an endpoint's URL without a name lookup. */
export type EndpointUrl =
  | { readonly kind: 'ok'; readonly url: URL; readonly host: EndpointHost }
  | { readonly kind: 'refused'; readonly detail: string };

/** An `address` (without brackets) has passed the address guard; the addresses of a `name` have not been checked yet. */
type EndpointHost = { readonly kind: 'name' | 'address'; readonly value: string };

const MAX_URL_LENGTH = 8192;

/**
 * Parses a URL by the WHATWG rules. They normalise `127.1`, `0x7f000001` and full-width digits to an IP address, so the
 * checked address is the dialled address.
 */
export function parseEndpointUrl(text: string, allowHttp: boolean, guard: AddressGuard): EndpointUrl {
  if (text.length > MAX_URL_LENGTH) return refused(`the URL is longer than ${MAX_URL_LENGTH} characters`);
  const url = URL.parse(text);
  if (url === null) return refused('the URL is malformed');
  const problem = problemWith(url, allowHttp);
  if (problem !== undefined) return refused(problem);
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  if (isIP(host) === 0) return { kind: 'ok', url, host: { kind: 'name', value: host } };
  if (!guard.allows(host)) return refused(`the address ${host} is not public`);
  return { kind: 'ok', url, host: { kind: 'address', value: host } };
}

function problemWith(url: URL, allowHttp: boolean): string | undefined {
  if (url.protocol === 'http:' && !allowHttp) return 'the URL must be https';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'the URL must be https';
  if (url.username !== '' || url.password !== '') return 'the URL must not contain a user name or password';
  // `url.hash` is empty for `https://a.example/#` too.
  if (url.href.includes('#')) return 'the URL must not have a fragment (#...)';
  if (url.port === '0') return 'port 0 cannot be reached';
  // Certificates and virtual hosts do not match the dotted form, and it would be a second name for the same origin.
  if (url.hostname.endsWith('.')) return 'the host must not end with a dot';
  return undefined;
}

function refused(detail: string): EndpointUrl {
  return { kind: 'refused', detail };
}
