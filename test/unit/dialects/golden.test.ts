import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { postedEventSchema } from '../../../src/domain/event.ts';
import type { DialectName } from '../../../src/domain/integration.ts';
import type { PassTrigger } from '../../../src/domain/trigger.ts';
import { accepted, template, textOf } from './bodies.ts';

const FIXTURES = new URL('../../fixtures/', import.meta.url);

interface Config {
  readonly template: { readonly id: string } & Record<string, unknown>;
  readonly integration: { readonly dialect: DialectName; readonly options?: object };
  readonly fixtures: Readonly<Record<string, { readonly trigger: PassTrigger }>>;
}

function read<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, FIXTURES), 'utf8'));
}

const folders = ['walletthat', 'walletthat-postback', 'vibes', 'passcreator', 'passentry'];
const pairs = folders.flatMap((folder) => {
  const config = read<Config>(`${folder}/config.json`);
  return Object.entries(config.fixtures).map(([name, { trigger }]) => ({ folder, name, trigger, config }));
});

test.each(pairs)('$folder/$name is built byte for byte', ({ folder, name, trigger, config }) => {
  const event = accepted(postedEventSchema.parse(read(`${folder}/${name}.event.json`)));
  const { id, ...input } = config.template;
  const setting = { template: template(input, id), options: config.integration.options ?? {} };
  expect(textOf(config.integration.dialect, event, setting, trigger)).toBe(JSON.stringify(read(`${folder}/${name}.json`)));
});

test('every event among the fixtures is built', () => {
  const events = folders.flatMap((folder) =>
    readdirSync(new URL(folder, FIXTURES)).filter((file) => file.endsWith('.event.json')),
  );
  expect(pairs).toHaveLength(events.length);
  expect(pairs.length).toBeGreaterThan(20);
});
