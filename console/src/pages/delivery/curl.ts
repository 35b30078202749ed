import { delivery as text } from './strings.ts';
import type { Delivery } from './use-delivery.ts';

const SIGNATURE = /signature|authorization/i;

/** The last request as a command for a shell. Without signatures, which are of use to nobody later, and masked headers. */
export function curlOf({ request }: Delivery): string {
  if (!request) return '';
  const headers = Object.entries(request.headers)
    .filter(([name, value]) => !SIGNATURE.test(name) && !value.includes('***') && name !== 'content-length')
    .map(([name, value]) => `  -H ${quoted(`${name}: ${value}`)} \\`);
  const lines = [
    text.curlComment,
    `curl -X ${request.method} ${quoted(request.url)} \\`,
    ...headers,
    `  --data-raw ${quoted(request.body)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** One argument of a POSIX shell, whatever is in it. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
