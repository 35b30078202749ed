import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { environmentSchema, readConfig } from '../../src/config.ts';
import { ROOT } from '../support/node-process.ts';

const example = readFileSync(join(ROOT, '.env.example'), 'utf8');
const active = parseEnv(example);
/** Including the commented-out ones: `#NAME=value`. */
const all = parseEnv(example.replaceAll(/^#(?=[A-Z_]+=)/gm, ''));

test('.env.example has every variable of src/config.ts, and no others', () => {
  expect(Object.keys(all).toSorted()).toEqual(Object.keys(environmentSchema.shape).toSorted());
});

test('.env.example configures API and worker of a developer', () => {
  expect(readConfig(active)).toMatchObject({ allowHttp: true, listen: { host: '127.0.0.1', port: 3000 } });
});

test('.env.example comments out nothing but defaults', () => {
  expect(readConfig(all)).toEqual(readConfig(active));
});
