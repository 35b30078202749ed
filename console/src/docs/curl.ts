import type { Operation, Parameter } from './document.ts';

/** A command that makes the call with the examples of its parameters and body, for a POSIX shell. */
export function curlOf(operation: Operation, body: string | undefined): string {
  const parameters = operation.parameters ?? [];
  const path = (operation.path ?? '').replace(/\{([^}]+)\}/g, (_match, name: string) => {
    const parameter = parameters.find((one) => one.in === 'path' && one.name === name);
    return encodeURIComponent(String(parameter ? (exampleOf(parameter) ?? name) : name));
  });
  const query = parameters
    .filter((one) => one.in === 'query' && one.required)
    .map((one) => `${one.name}=${encodeURIComponent(String(exampleOf(one) ?? ''))}`)
    .join('&');
  const url = `"$PASSWIRE_URL${path}${query === '' ? '' : `?${query}`}"`;
  const needsKey = operation.security === undefined;
  const parts = [
    `curl${operation.method === 'GET' ? '' : ` -X ${operation.method}`} ${url}`,
    ...(needsKey ? ['-H "authorization: Bearer $PASSWIRE_KEY"'] : []),
    ...parameters
      .filter((one) => one.in === 'header' && one.required)
      .map((one) => `-H ${quoted(`${one.name}: ${exampleOf(one) ?? ''}`)}`),
    ...(body === undefined ? [] : [`-H 'content-type: application/json'`, `-d ${quoted(body)}`]),
  ];
  return parts.join(' \\\n  ');
}

function exampleOf({ example, schema }: Parameter): unknown {
  return example ?? schema.examples?.[0] ?? schema.default ?? schema.enum?.[0] ?? schema.const;
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
