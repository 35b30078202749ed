/** A path of OpenAPI, `/v1/templates/{id}`, as Express writes it. */
export function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}
