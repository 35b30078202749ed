import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rolesOf } from '../../../src/api/permissions.ts';
import { PROBLEM_CODES } from '../../../src/api/problem-types.ts';
import { ROUTES } from '../../../src/api/routes/index.ts';
import { REFUSAL_CODES } from '../../../src/pipeline/classify-events.ts';
import { CALLER_ROLES } from '../../../src/ports/configuration.ts';
import { codesOf, readManual, tableOf } from '../../support/manual.ts';

// docs/api.md is compared with the routes, their roles and their problems.

const MANUAL = readManual('api.md');
const SOURCE = join(import.meta.dirname, '../../../src');

describe('calls', () => {
  const rows = tableOf(MANUAL, 'resource').map(([, calls = '', roles = '']) => ({
    calls: codesOf(calls),
    roles: codesOf(roles),
  }));
  const served = ROUTES.map(({ method, path, operationId }) => ({
    call: `${method.toUpperCase()} ${path.replace('/v1', '')}`,
    roles: rolesOf(operationId),
  }));

  test('are all there, each once, with the roles that may make them', () => {
    const listed = rows.flatMap(({ calls, roles }) => calls.map((call) => ({ call, roles })));
    const byName = (a: { readonly call: string }, b: { readonly call: string }) => a.call.localeCompare(b.call);
    expect(listed.toSorted(byName)).toEqual(served.toSorted(byName));
  });

  test('are made by the roles that are described', () => {
    expect(tableOf(MANUAL, 'role').map(([role = '']) => codesOf(role)[0])).toEqual(CALLER_ROLES);
  });
});

test('every code of a problem is listed, and no others', () => {
  const listed = tableOf(MANUAL, 'status').flatMap(([, named = '']) => codesOf(named));
  expect(listed.toSorted()).toEqual(PROBLEM_CODES.toSorted());
  // verbs give codes as plain text
  const source = sourceOf('admin', 'domain', 'pipeline');
  const made = [...source.matchAll(/(?:conflict\(|Problem\('\w+',|\}\], )\s*'([\w-]+)'/g)].map(([, code = '']) => code);
  expect(made.length).toBeGreaterThan(5);
  expect([...made, ...REFUSAL_CODES].filter((code) => !listed.includes(code))).toEqual([]);
});

/** The TypeScript of folders, in one text. */
function sourceOf(...folders: readonly string[]): string {
  const files = folders.flatMap((folder) =>
    readdirSync(join(SOURCE, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(SOURCE, folder, file)),
  );
  return files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}
