import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { environmentSchema } from '../src/config.ts';

// Writes docs/configuration.md (or the file that is named) from the schema in src/config.ts: `npm run docs`.

/** A variable in JSON Schema, with its `.meta()`. `form` is for what no bound of a schema expresses. */
interface Variable {
  readonly description?: string;
  readonly form?: string;
  readonly default?: string | number;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
}

const HEAD = `# Configuration

Passwire is configured by environment variables alone. API and worker read the same ones. \`npm run migrate\` reads only
\`DATABASE_URL\`.

A process reads its variables once, at startup. If a value is invalid, it prints every invalid variable with what would be right, and
exits with code 1. An empty value counts as unset.

This page is generated from \`src/config.ts\` by \`npm run docs\`. Do not edit it yourself.

| variable | default | meaning | bounds |
| --- | --- | --- | --- |
`;

const { properties = {}, required = [] } = z.toJSONSchema(environmentSchema, { io: 'input' });
const rows = Object.entries(properties as Record<string, Variable>).map(([name, variable]) => rowOf(name, variable));
writeFileSync(process.argv[2] ?? join(import.meta.dirname, '../docs/configuration.md'), `${HEAD}${rows.join('')}`);

function rowOf(name: string, variable: Variable): string {
  if (variable.description === undefined) throw new Error(`${name} has no description in src/config.ts`);
  return `| \`${name}\` | ${defaultOf(name, variable)} | ${variable.description} | ${boundsOf(name, variable)} |\n`;
}

function defaultOf(name: string, { default: value }: Variable): string {
  if (required.includes(name)) return 'required';
  return value === undefined || value === '' ? 'none' : `\`${value}\``;
}

function boundsOf(name: string, variable: Variable): string {
  const { form, enum: words, minLength, maximum } = variable;
  if (form !== undefined) return form;
  if (words) return words.map((word) => `\`${word}\``).join(', ');
  if (minLength !== undefined) return `at least ${minLength} character${minLength === 1 ? '' : 's'}`;
  if (maximum === undefined) throw new Error(`${name} has no bounds in src/config.ts`);
  const { type, minimum, exclusiveMinimum } = variable;
  const kind = type === 'integer' ? 'whole number' : 'number';
  return minimum === undefined
    ? `${kind} above ${shown(exclusiveMinimum ?? 0)}, at most ${shown(maximum)}`
    : `${kind}, ${shown(minimum)} to ${shown(maximum)}`;
}

function shown(value: number): string {
  return value.toLocaleString('en-US');
}
