import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Dialect } from '../../../src/dialects/dialect.ts';
import { DIALECTS } from '../../../src/dialects/index.ts';
import { type DeliveryPolicy, STANDARD_RETRY_DELAYS_MS, type StatusRange } from '../../../src/domain/policy.ts';
import { generateSecret } from '../../../src/domain/signing.ts';
import { OPERATIONAL_TRIGGERS, PASS_TRIGGERS, type PassTrigger } from '../../../src/domain/trigger.ts';
import { codesOf, fencesOf, readManual, sectionOf, tableOf, tablesOf } from '../../support/manual.ts';
import { accepted, template, textOf } from '../dialects/bodies.ts';

// docs/dialects.md is compared with the dialects themselves.

const MANUAL = readManual('dialects.md');
const ALL: readonly Dialect[] = Object.values(DIALECTS);
const FIXTURES = join(import.meta.dirname, '../../fixtures');
const TESTS_OF_DIALECTS = join(import.meta.dirname, '../dialects');

function dialectOf(name: string): Dialect {
  const found = ALL.find((dialect) => dialect.name === name);
  if (!found) throw new Error(`there is no dialect ${name}`);
  return found;
}

function read<T>(path: string): T {
  return JSON.parse(readFileSync(join(FIXTURES, path), 'utf8')) as T;
}

describe('triggers', () => {
  const [[header = [], ...rows] = []] = tablesOf(MANUAL, 'trigger');

  test('are all there, derived ones included', () => {
    expect(rows.map(([trigger = '']) => codesOf(trigger)[0])).toEqual(PASS_TRIGGERS);
  });

  test('have the names of the dialects', () => {
    const documented = header.slice(1).map((dialect, column) => {
      const names = rows.flatMap(([trigger = '', ...cells]) => {
        const name = cells[column] ?? '-';
        return name === '-' ? [] : [[codesOf(trigger)[0], name]];
      });
      return [codesOf(dialect)[0], Object.fromEntries(names)];
    });
    const { standard, cloudevents, ...vendors } = DIALECTS;
    expect(documented).toEqual(Object.values(vendors).map(({ name, eventNames }) => [name, eventNames]));
    const own = [...PASS_TRIGGERS, ...OPERATIONAL_TRIGGERS];
    const ownNames = Object.fromEntries(own.map((trigger) => [trigger, trigger]));
    expect([standard.eventNames, cloudevents.eventNames]).toEqual([ownNames, ownNames]);
  });

  test('name the operational events', () => {
    const named = codesOf(sectionOf(MANUAL, '## Triggers')).filter((code) => /^(endpoint|delivery)\./.test(code));
    expect(named).toEqual(OPERATIONAL_TRIGGERS);
  });
});

describe('requests', () => {
  const rows = tablesOf(sectionOf(MANUAL, '### Requests'), 'dialect').flatMap(([, ...body]) => body);

  test('are those of every dialect', () => {
    expect(rows.map(([name = '']) => codesOf(name)[0])).toEqual(ALL.map(({ name }) => name));
  });

  test.each(rows)('of %s', (name = '', methods = '', types = '', headers = '') => {
    const dialect = dialectOf(codesOf(name)[0] ?? '');
    const shapeOf = (subscription: object) =>
      dialect.request?.(dialect.subscriptionOptions.parse(subscription), optionsOf(dialect)) ?? {
        method: 'POST',
        contentType: 'application/json',
      };
    const [method, otherMethod] = codesOf(methods);
    const [contentType, otherType] = codesOf(types);
    expect(shapeOf({})).toEqual({ method, contentType });
    const takesOthers = dialect.subscriptionOptions.safeParse({ method: 'PUT', contentType: 'text/json' }).success;
    expect(takesOthers).toBe(otherMethod !== undefined || otherType !== undefined);
    if (takesOthers) {
      const others = { method: otherMethod, contentType: otherType };
      expect(shapeOf(others)).toEqual(others);
    }
    const kinds = dialect.secretKinds.map((kind) => ({ id: 'sec_1' as never, kind, value: generateSecret(kind).value }));
    const signer = dialect.headerSigner?.(optionsOf(dialect), kinds);
    expect(Object.keys(signer?.('{}') ?? {})).toEqual(codesOf(headers));
  });
});

describe('delivery', () => {
  const rows = tableOf(MANUAL, 'policy of');

  test('has every dialect, and what changes its policy', () => {
    expect(new Set(rows.map(([name = '']) => codesOf(name)[0]))).toEqual(new Set(ALL.map(({ name }) => name)));
    const varied = ALL.flatMap((dialect) =>
      flagsOf(dialect)
        .filter((flag) => JSON.stringify(policyOf(dialect, [flag])) !== JSON.stringify(policyOf(dialect)))
        .map((flag) => `${dialect.name} ${flag}`),
    );
    const documented = rows.map(([name = '']) => codesOf(name)).filter(([, flag]) => flag !== undefined);
    expect(documented.map((codes) => codes.join(' ')).toSorted()).toEqual(varied.toSorted());
  });

  test.each(rows)('of %s', (name = '', success = '', permanent = '', timeout = '', attempts = '') => {
    const [dialect = '', ...flags] = codesOf(name);
    const policy = policyOf(dialectOf(dialect), flags);
    expect(success).toBe(ranges(policy.success));
    expect(permanent).toBe(ranges(policy.permanent));
    expect(timeout).toBe(duration(policy.timeoutMs));
    expect(attempts).toBe(policy.retryDelaysMs === STANDARD_RETRY_DELAYS_MS ? 'standard' : schedule(policy.retryDelaysMs));
  });

  test('has the standard schedule', () => {
    expect(MANUAL).toContain(`The standard schedule is ${schedule(STANDARD_RETRY_DELAYS_MS)}.`);
  });
});

describe('secrets', () => {
  test('are those of the dialects, and of every one the two of Standard Webhooks', () => {
    const documented = tableOf(MANUAL, 'secret').map(([kind = '', dialects = '']) => [codesOf(kind)[0], dialects]);
    const own = ALL.flatMap(({ name, secretKinds }) => secretKinds.map((kind) => [kind, `\`${name}\``]));
    expect(documented.slice(0, 2)).toEqual([
      ['webhook', 'all'],
      ['webhook-ed25519', 'all, with `asymmetric` or by rotation'],
    ]);
    expect(documented.slice(2).toSorted()).toEqual(own.toSorted());
  });
});

describe('instants and absent values', () => {
  const section = sectionOf(MANUAL, '### Instants and absent values');
  const rows = tablesOf(section, 'dialect').flatMap(([, ...body]) => body);
  const at = '2026-05-04T09:30:00.2509+02:00';
  const event = accepted({
    type: 'pass.installed',
    occurredAt: at,
    pass: { id: 'p', expiresAt: at, fields: { empty: null } },
    device: { platform: 'apple' },
  });
  const fields = [{ key: 'empty', area: 'backFields' as const }];

  test.each(rows)('of %s', (name = '', instants = '', absent = '') => {
    const dialect = dialectOf(codesOf(name)[0] ?? '');
    const text = textOf(dialect.name, event, { template: template({ fields }) });
    const found = text.match(/"[+-]?\d+-\d\d-\d\d[^"]*"/g) ?? [];
    expect(new Set(found.map((quoted) => quoted.slice(1, -1)))).toEqual(new Set([codesOf(instants)[0]]));
    const words = {
      null: text.includes(':null'),
      '""': text.includes(':""'),
      'left out': !text.includes('userProvidedId'),
    };
    const [word = ''] = Object.keys(words).filter((one) => absent.replaceAll('`', '').startsWith(one));
    expect(words).toMatchObject({ [word]: true });
  });
});

test('a field that the template does not have is shown by the dialects that docs/events.md names', () => {
  const event = accepted({
    type: 'pass.installed',
    device: { platform: 'apple' },
    pass: { id: 'p', fields: { odd: 'x' } },
  });
  const showing = ALL.filter(({ name }) => textOf(name, event).includes('"odd":"x"')).map(({ name }) => name);
  expect(readManual('events.md')).toContain(`is shown by ${showing.map((name) => `\`${name}\``).join(' and ')} only`);
});

describe.each(ALL)('## $name', (dialect) => {
  const section = sectionOf(MANUAL, `## \`${dialect.name}\``);

  test('has one body, which is what the dialect builds from a fixture', () => {
    const [fence, ...others] = fencesOf(section);
    expect(others).toEqual([]);
    const [folder = '', name = ''] = fence?.subject.split('/') ?? [];
    expect(folder).toBe(dialect.name);
    const shown = JSON.stringify(JSON.parse(fence?.code ?? ''));
    expect(shown).toBe(JSON.stringify(read(`${folder}/${name}.json`)));
    const { setting, trigger } = settingOf(folder, name);
    expect(shown).toBe(textOf(dialect.name, accepted(read(`${folder}/${name}.event.json`)), setting, trigger));
  });

  test('has every option with its default, and no others', () => {
    const documented = tablesOf(section, 'option').flatMap(([, ...rows]) => rows);
    const actual = [
      ...optionRows(dialect.options, 'integration'),
      ...optionRows(dialect.subscriptionOptions, 'subscription'),
    ];
    expect(documented.map((cells) => cells.slice(0, 4))).toEqual(actual);
    expect(documented.filter(([, , , , effect = '']) => effect === '')).toEqual([]);
    if (actual.length === 0) expect(section).toContain('It has no options.');
  });
});

describe('decisions', () => {
  const documented = tableOf(MANUAL, 'decision').map(([number = '']) => number);
  const numbersIn = (folder: string) => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
    const text = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
    return new Set([...text.matchAll(/\b[VPWE](?:1\d|[1-9])\b/g)].map(([number]) => number));
  };

  test('that code and tests of the dialects name are all explained', () => {
    const source = numbersIn(join(import.meta.dirname, '../../../src/dialects'));
    const named = new Set([...source, ...numbersIn(TESTS_OF_DIALECTS)]);
    expect([...named].filter((number) => !documented.includes(number))).toEqual([]);
  });

  test('that are explained are all tested', () => {
    const tested = numbersIn(TESTS_OF_DIALECTS);
    expect(documented.filter((number) => !tested.has(number))).toEqual([]);
    expect(new Set(documented).size).toBe(documented.length);
  });
});

interface Config {
  readonly template: { readonly id: string } & Record<string, unknown>;
  readonly integration: { readonly options?: object };
  readonly fixtures: Readonly<Record<string, { readonly trigger: PassTrigger }>>;
}

/** What a fixture is built with: its folder's config, or a template of two fields for our own dialects. */
function settingOf(folder: string, name: string) {
  if (folder === 'standard' || folder === 'cloudevents') {
    const fields = [{ key: 'member_name' }, { key: 'points' }];
    const own = template({ name: 'Membership', externalId: 'membership', fields }, 'tpl_s');
    return { setting: { template: own }, trigger: undefined };
  }
  const { template: config, integration, fixtures } = read<Config>(`${folder}/config.json`);
  const { id, ...input } = config;
  const setting = { template: template(input, id), options: integration.options ?? {} };
  return { setting, trigger: fixtures[name]?.trigger };
}

function optionsOf(dialect: Dialect, more: object = {}): object {
  return dialect.options.parse({ ...dialect.sampleOptions, ...more });
}

interface Option {
  readonly default?: unknown;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
}

interface OptionsSchema {
  readonly properties?: Readonly<Record<string, Option>>;
  readonly required?: readonly string[];
}

function optionsSchemaOf(schema: z.ZodType): OptionsSchema {
  const { $ref = '', $defs = {}, ...inline } = z.toJSONSchema(schema, { io: 'input' });
  const named = $defs[$ref.slice('#/$defs/'.length)]; // of a schema that has a name of its own
  return (named ?? inline) as OptionsSchema;
}

/** A schema's options as rows of the table, without their effects. */
function optionRows(schema: z.ZodType, owner: 'integration' | 'subscription'): readonly (readonly string[])[] {
  const { properties = {}, required = [] } = optionsSchemaOf(schema);
  return Object.entries(properties).map(([name, option]) => {
    const unset = required.includes(name) ? 'required' : 'none';
    return [`\`${name}\``, owner, option.default === undefined ? unset : `\`${option.default}\``, valuesOf(option)];
  });
}

function valuesOf({ type, enum: words, format, minLength, maxLength }: Option): string {
  const listed = type === 'boolean' ? ['true', 'false'] : words;
  if (listed) return listed.map((word) => `\`${word}\``).join(', ');
  return format === 'date-time' ? 'instant' : `text, ${minLength} to ${maxLength} characters`;
}

/** The options of a dialect that can be switched on. */
function flagsOf(dialect: Dialect): readonly string[] {
  return [dialect.options, dialect.subscriptionOptions].flatMap((schema) =>
    Object.entries(optionsSchemaOf(schema).properties ?? {}).flatMap(([name, { type }]) =>
      type === 'boolean' ? [name] : [],
    ),
  );
}

/** The policy with some options switched on. */
function policyOf(dialect: Dialect, flags: readonly string[] = []): DeliveryPolicy {
  const switched = (schema: z.ZodType) => {
    const known = Object.keys(optionsSchemaOf(schema).properties ?? {});
    return Object.fromEntries(flags.filter((flag) => known.includes(flag)).map((flag) => [flag, true]));
  };
  const subscription = dialect.subscriptionOptions.parse(switched(dialect.subscriptionOptions));
  return dialect.policy(optionsOf(dialect, switched(dialect.options)), subscription);
}

function ranges(all: readonly StatusRange[]): string {
  return all
    .map(({ from, to, except }) => {
      const range = from === to ? String(from) : `${from} to ${to}`;
      return except ? `${range} without ${except.join(', ')}` : range;
    })
    .join(', ');
}

function schedule(retryDelaysMs: readonly number[]): string {
  const after = retryDelaysMs.length === 0 ? '' : `, then after ${retryDelaysMs.map(duration).join(', ')}`;
  return `${retryDelaysMs.length + 1}: at once${after}`;
}

function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3600 ? `${seconds / 60} min` : `${seconds / 3600} h`;
}
