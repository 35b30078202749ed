/**
 * What an endpoint is identified by: its URL as WHATWG normalises it, so that other spellings of one address (upper case, a default
 * port, `/x/../h`) are one endpoint. A text that is no URL stays as it is.
 */
export function endpointAddress(url: string): string {
  return URL.parse(url)?.href ?? url;
}
