// Generates the types and zod schemas of this folder from the API's OpenAPI document.
//   node client/generate.ts                    writes them
//   node client/generate.ts --check            exits with 1, naming them, while a file differs from what would be written
//   node client/generate.ts --documents <folder>  writes the documents themselves, for other generators and for `redocly lint`
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describeDoors } from '../src/api/compat/describe-doors.ts';
import { DOORS } from '../src/api/compat/index.ts';
import { API_VERSION, describeApi } from '../src/api/openapi.ts';
import { ROUTES } from '../src/api/routes/index.ts';

// Both generators use the compiler API of TypeScript, which TypeScript 7 does not have.
registerHooks({
  resolve: (specifier, context, next) => next(specifier === 'typescript' ? 'typescript-5' : specifier, context),
});

const GENERATED = join(import.meta.dirname, 'generated');

const [mode, folder] = process.argv.slice(2);
const document = describeApi(ROUTES, API_VERSION);
if (mode === '--documents' && folder !== undefined) {
  writeDocument(join(folder, 'openapi.json'), document);
  writeDocument(join(folder, 'compat.json'), describeDoors(DOORS));
} else await writeClient(mode === '--check');

function writeDocument(path: string, api: object): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(api, undefined, 2)}\n`);
}

async function writeClient(onlyCheck: boolean): Promise<void> {
  const files = new Map([
    ['api.ts', await typesOf(document)],
    ['zod.ts', await schemasOf(document)],
  ]);
  const stale = [...files].filter(([name, text]) => readIfThere(join(GENERATED, name)) !== text);
  for (const [name, text] of stale) {
    if (onlyCheck) console.error(`client/generated/${name} is out of date: npm run generate:client`);
    else writeFileSync(join(GENERATED, name), text);
  }
  if (onlyCheck && stale.length > 0) process.exitCode = 1;
}

async function typesOf(api: object): Promise<string> {
  const { default: openapiTypes, astToString, COMMENT_HEADER } = await import('openapi-typescript');
  // members with a default may be left out of requests; responses list theirs as required
  const types = await openapiTypes(JSON.stringify(withoutExamples(api)), { defaultNonNullable: false });
  return `${COMMENT_HEADER}${astToString(types)}`;
}

/** The zod schemas of all requests and responses; written to a folder first, since the generator returns no text. */
async function schemasOf(api: object): Promise<string> {
  const { createClient } = await import('@hey-api/openapi-ts');
  const folder = mkdtempSync(join(tmpdir(), 'passwire-client-'));
  try {
    const input = join(folder, 'openapi.json');
    writeFileSync(input, JSON.stringify(api));
    await createClient({
      input,
      output: join(folder, 'out'),
      plugins: [{ name: 'zod', dates: { offset: true }, webhooks: false }],
      logs: { level: 'silent', file: false },
    });
    return readFileSync(join(folder, 'out', 'zod.gen.ts'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The types repeat every example as a comment, which would be most of the file. */
function withoutExamples(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutExamples);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([name]) => name !== 'examples' && name !== 'example');
  return Object.fromEntries(members.map(([name, member]) => [name, withoutExamples(member)]));
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
