import { isIP } from 'node:net';
import type { AddressGuard } from './address-guard.ts';

/** A URL that may be posted to, as far as it can be judged without asking a name server. */
export type EndpointUrl =
  | { readonly kind: 'ok'; readonly url: URL; readonly host: EndpointHost }
  | { readonly kind: 'refused'; readonly detail: string };

/** `name` has passed no address check yet; `address` (without brackets) has. */
type EndpointHost = { readonly kind: 'name' | 'address'; readonly value: string };

const MAX_URL_LENGTH = 8192;

/**
 * Parses a URL by the WHATWG rules, which also turn `127.1`, `0x7f000001` and full-width digits into the address they
 * mean, so that what is judged is what is dialled.
 */
export function parseEndpointUrl(text: string, allowHttp: boolean, guard: AddressGuard): EndpointUrl {
  if (text.length > MAX_URL_LENGTH) return refused(`the URL is longer than ${MAX_URL_LENGTH} characters`);
  const url = URL.parse(text);
  if (url === null) return refused('the URL is malformed');
  const wrong = wrongWith(url, allowHttp);
  if (wrong !== undefined) return refused(wrong);
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  if (isIP(host) === 0) return { kind: 'ok', url, host: { kind: 'name', value: host } };
  if (!guard.allows(host)) return refused(`the address ${host} is not public`);
  return { kind: 'ok', url, host: { kind: 'address', value: host } };
}

function wrongWith(url: URL, allowHttp: boolean): string | undefined {
  if (url.protocol === 'http:' && !allowHttp) return 'the URL must be https';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'the URL must be https';
  if (url.username !== '' || url.password !== '') return 'the URL must not carry a user name or password';
  // By the text: the hash of `https://a.example/#` is empty too.
  if (url.href.includes('#')) return 'the URL must not have a fragment (#...)';
  if (url.port === '0') return 'port 0 cannot be reached';
  // Certificates and virtual hosts do not know the dotted form, and it would be a second name for the same origin.
  if (url.hostname.endsWith('.')) return 'the host must not end with a dot';
  return undefined;
}

function refused(detail: string): EndpointUrl {
  return { kind: 'refused', detail };
}
