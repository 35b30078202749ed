import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  MAX_BATCH_EVENTS,
  MAX_EVENT_BYTES,
  MAX_REQUEST_BYTES,
  MAX_SINGLE_REQUEST_BYTES,
  postedEventSchema,
} from '../../../src/domain/event.ts';
import { MAX_JSON_DEPTH } from '../../../src/domain/json.ts';
import { PASS_TRIGGERS } from '../../../src/domain/trigger.ts';
import { codesOf, jsonOf, readManual, tableOf, tablesOf } from '../../support/manual.ts';
import { type Call, useApi } from '../api/api.ts';

// docs/events.md is compared with the schema of an event, and what it shows is posted to the API.

type Members = Readonly<Record<string, unknown>>;
type Event = Members & { readonly type: string; readonly pass: Members };
type Shape = Readonly<Record<string, z.ZodType>>;

const MANUAL = readManual('events.md');
const EXAMPLES = jsonOf<Event>(MANUAL, 'event');
const [MINIMAL] = jsonOf<Event>(MANUAL, 'minimal');
const TEMPLATE = { name: 'Membership', externalId: 'membership', fields: [{ key: 'member_name' }, { key: 'points' }] };

/** By the names that the table of limits has. */
const COMPRESSORS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync };

const SHAPES = new Map<string, Shape>(postedEventSchema.options.map(({ shape }) => [shape.type.value, shape as Shape]));

/** A schema without what makes it optional or nullable. */
function bare(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodPipe) return bare(schema.in as z.ZodType);
  const inner = schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? schema.unwrap() : undefined;
  return inner ? bare(inner as z.ZodType) : schema;
}

/** Every member of the event by its dotted path; `changes` repeats the pass and is compared apart. */
function membersOf(shape: Shape, parent = ''): readonly (readonly [string, z.ZodType])[] {
  return Object.entries(shape).flatMap(([name, schema]) => {
    const plain = bare(schema);
    const path = `${parent}${name}`;
    const below = plain instanceof z.ZodObject && path !== 'changes' ? membersOf(plain.shape, `${path}.`) : [];
    return [[path, schema] as const, ...below];
  });
}

const MEMBERS = new Map([...SHAPES.values()].flatMap((shape) => membersOf(shape)));
const ROWS = tableOf(MANUAL, 'member').map(([name = '', type = '', required = '']) => ({
  name: codesOf(name)[0] ?? '',
  type,
  required,
}));

/** Values that distinguish the types of the tables. */
const TYPES: Readonly<Record<string, { readonly takes: readonly unknown[]; readonly refuses: readonly unknown[] }>> = {
  id: { takes: ['x', 'x'.repeat(512)], refuses: ['', 'x'.repeat(513), 1] },
  text: { takes: ['', 'x'.repeat(513)], refuses: [1] },
  'text, not empty': { takes: ['x'], refuses: ['', 1] },
  instant: { takes: ['2026-05-04T09:30:00+02:00'], refuses: ['2026-05-04', 'x', 1] },
  boolean: { takes: [true, false], refuses: ['true', 0] },
  'whole number, 0 or more': { takes: [0, 7], refuses: [-1, 1.5, '1'] },
  object: { takes: [], refuses: ['x', 1, []] },
  trigger: { takes: ['pass.created'], refuses: ['pass.first_installed', 'x'] },
};

describe('the tables of docs/events.md', () => {
  test('have every member of the schema once, and no others', () => {
    expect(ROWS.map(({ name }) => name).toSorted()).toEqual([...MEMBERS.keys()].toSorted());
  });

  test.each(ROWS)('describe what $name takes: $type', ({ name, type }) => {
    const schema = name === 'type' ? z.enum([...SHAPES.keys()]) : MEMBERS.get(name);
    const takes = (value: unknown) => schema?.safeParse(value).success;
    const isOptional = takes(undefined) === true;
    expect(takes(null)).toBe(isOptional);
    // a null that is sent stays one only where the type names it
    expect(isOptional && schema?.parse(null) === null).toBe(type.endsWith(' or null'));
    const isText = ['id', 'text'].includes(type);
    if (isText && isOptional && name !== 'id') expect(schema?.parse('')).toBeUndefined();
    const words = type.startsWith('one of ') ? codesOf(type) : undefined;
    const { takes: taken, refuses } = words
      ? { takes: words, refuses: ['x', ''] }
      : (TYPES[type.replace(/ or null$/, '')] ?? { takes: ['there is no such type'], refuses: [] });
    for (const value of taken) expect(takes(value), JSON.stringify(value)).toBe(true);
    const isEmptyTaken = isText && isOptional && name !== 'id';
    for (const value of refuses) expect(takes(value), JSON.stringify(value)).toBe(value === '' && isEmptyTaken);
    const plain = schema && bare(schema);
    if (words && plain instanceof z.ZodEnum) expect(words).toEqual(plain.options);
  });

  test.each(ROWS)('describe whether $name is required: $required', ({ name, required }) => {
    const everywhere = [...SHAPES.values()].every((shape) => name in shape);
    const isOptional = name === 'type' ? false : MEMBERS.get(name)?.safeParse(undefined).success;
    if (name.includes('.') || everywhere) expect(required).toBe(isOptional ? 'no' : 'yes');
    else expect(required).toBe('by trigger');
  });

  test('have every trigger that can be posted with its members', () => {
    const [[header = [], ...rows] = []] = tablesOf(MANUAL, 'trigger');
    const names = header.slice(1).map((cell) => codesOf(cell)[0] ?? '');
    const common = ['type', 'id', 'templateId', 'occurredAt', 'trackingId', 'pass'];
    const documented = rows.map(([trigger = '', ...cells]) => [codesOf(trigger)[0], cells]);
    const actual = [...SHAPES].map(([trigger, shape]) => {
      expect(Object.keys(shape).filter((name) => !names.includes(name))).toEqual(common);
      const cells = names.map((name) => {
        const schema = shape[name];
        if (!schema) return '-';
        return schema.safeParse(undefined).success ? 'optional' : 'required';
      });
      return [trigger, cells];
    });
    expect(documented).toEqual(actual);
    expect([...SHAPES.keys()]).toEqual(PASS_TRIGGERS.filter((trigger) => trigger !== 'pass.first_installed'));
  });

  test('changes has the members of the pass without its id, none required', () => {
    const shapeOf = (name: string) => (bare(MEMBERS.get(name) ?? z.never()) as z.ZodObject).shape as Shape;
    expect(Object.keys(shapeOf('changes'))).toEqual(Object.keys(shapeOf('pass')).filter((name) => name !== 'id'));
    for (const schema of Object.values(shapeOf('changes'))) {
      expect([undefined, null].every((value) => schema.safeParse(value).success)).toBe(true);
    }
  });

  test('have the limits of the code', () => {
    const compressed = tableOf(MANUAL, 'limit').find(([limit = '']) => limit.includes('batch, after decompression'));
    expect(codesOf(compressed?.[0] ?? '')).toEqual(Object.keys(COMPRESSORS));
    expect(tableOf(MANUAL, 'limit').map(([, value]) => value)).toEqual([
      `${MAX_EVENT_BYTES / 1024} KiB`,
      `${MAX_REQUEST_BYTES / 1024 / 1024} MiB`,
      `${MAX_SINGLE_REQUEST_BYTES / 1024 / 1024} MiB`,
      MAX_BATCH_EVENTS.toLocaleString('en-US'),
      String(MAX_JSON_DEPTH),
      '512 bytes',
    ]);
  });
});

const api = useApi();
let call: Call;
let tenantId: string;
let key: string;

beforeAll(async () => {
  const tenant = await api().tenant();
  call = tenant.call;
  tenantId = tenant.id;
  key = tenant.key;
  expect((await call('POST', '/v1/templates', TEMPLATE)).status).toBe(201);
});

/** Posts an event that must be accepted, and gives it as it is stored. */
async function stored(event: object) {
  const { status, body, text } = await call('POST', '/v1/events', event);
  expect(status, text).toBe(202);
  expect(body.duplicate).toBe(false);
  return (await call('GET', `/v1/events/${body.id}`)).body;
}

describe('the examples of docs/events.md', () => {
  test('are one for every trigger that can be posted, under its heading', () => {
    const headings = [...MANUAL.matchAll(/^### `(pass\.\w+)`\n(?:(?!#).*\n)*?```json event\n/gm)].map(
      ([, trigger]) => trigger,
    );
    expect(EXAMPLES.map(({ type }) => type)).toEqual(headings);
    expect(headings.toSorted()).toEqual([...SHAPES.keys()].toSorted());
  });

  test.each(EXAMPLES)('$type has every member that it can have, and is accepted as it is', async (event) => {
    const shape = SHAPES.get(event.type) ?? {};
    const paths = membersOf(shape).map(([path]) => path);
    const ofRemovals = event.type === 'pass.uninstalled' ? [] : ['device.unregisteredAt'];
    expect(paths.filter((path) => memberAt(event, path) === undefined)).toEqual('device' in shape ? ofRemovals : []);
    const record = await stored(event);
    expect(record.event).toEqual(event);
    expect(record).toMatchObject({ type: event.type, passId: event.pass.id, derivedFrom: null });
  });

  test('repeated events are duplicates; other content under their id, or another order, is refused', async () => {
    const [event] = EXAMPLES;
    const { type = '', ...rest } = event ?? {};
    const again = await call('POST', '/v1/events', JSON.stringify(event, null, 4));
    expect(again).toMatchObject({ status: 202, body: { duplicate: true } });
    for (const other of [
      { ...event, trackingId: 'other' },
      { ...rest, type },
    ]) {
      const refused = await call('POST', '/v1/events', other);
      expect(refused).toMatchObject({ status: 422, body: { type: 'urn:passwire:problem:id-reused' } });
    }
  });

  test('a refused event does not use up its id', async () => {
    const event = { ...MINIMAL, id: 'refused-first' };
    const unknown = await call('POST', '/v1/events', { ...event, templateId: 'x' });
    expect(unknown).toMatchObject({ status: 422, body: { type: 'urn:passwire:problem:unknown-template' } });
    await stored(event);
  });

  test('the minimal event has what is required, and nothing else', () => {
    const shape = SHAPES.get(MINIMAL?.type ?? '') ?? {};
    const required = membersOf(shape).filter(([, schema]) => !schema.safeParse(undefined).success);
    const parents = required.filter(([path]) => memberAt(MINIMAL, path.replace(/\.?\w+$/, '')) !== undefined);
    expect(leavesOf(MINIMAL)).toEqual(
      parents.filter(([, schema]) => !(bare(schema) instanceof z.ZodObject)).map(([path]) => path),
    );
  });

  test('an event is answered as shown; any other key names its tenant', async () => {
    const [accepted] = jsonOf<object>(MANUAL, 'accepted');
    const pass = { id: 'answered' };
    const { status, body } = await call('POST', '/v1/events', { ...MINIMAL, pass });
    expect(status).toBe(202);
    expect({ ...accepted, id: body.id }).toEqual(body);
    expect((await api().admin('POST', '/v1/events', { ...MINIMAL, pass })).status).toBe(422);
    expect((await api().admin('POST', '/v1/events', { ...MINIMAL, pass, tenantId })).status).toBe(202);
    expect((await api().admin('POST', `/v1/events?tenantId=${tenantId}`, { ...MINIMAL, pass })).status).toBe(202);
  });

  test.each(Object.entries(COMPRESSORS))('a request may be compressed with %s', async (encoding, compress) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'content-encoding': encoding };
    const body = compress(JSON.stringify(MINIMAL));
    expect((await api().raw('/v1/events', { method: 'POST', headers, body })).status).toBe(202);
  });

  test('a batch has the results that are shown', async () => {
    const [batch] = jsonOf<object>(MANUAL, 'batch');
    const [results] = jsonOf<object>(MANUAL, 'results');
    const { status, body, text } = await call('POST', '/v1/events/batch', batch);
    expect(status).toBe(202);
    expect(JSON.parse(text.replaceAll(/evt_[\w-]+/g, 'evt_...'))).toEqual(results);
    const [first, second] = body.results as readonly { id: string }[];
    expect(second?.id).toBe(first?.id);
    expect((await call('POST', '/v1/events/batch', { events: [1] })).status).toBe(202);
    for (const refused of [{ events: [] }, {}, { events: [1], more: 1 }, []]) {
      expect((await call('POST', '/v1/events/batch', refused)).status).toBe(422);
    }
  });
});

describe('what docs/events.md describes as derived', () => {
  const install = (passId: string, more: object = {}) => ({ ...MINIMAL, pass: { id: passId }, ...more });
  const device = (installId: string) => ({ device: { platform: 'apple', installId } });

  test('counts copies by installId and remembers when each was registered', async () => {
    const first = await stored(install('copies', device('a')));
    expect(first.event).toMatchObject({ registrations: { active: 1, inactive: 0 }, first: true });
    const second = await stored(install('copies', device('b')));
    expect(second.event).toMatchObject({ registrations: { active: 2, inactive: 0 }, first: false });
    const occurredAt = '2030-01-01T00:00:00Z';
    const gone = await stored(install('copies', { type: 'pass.uninstalled', occurredAt, ...device('a') }));
    expect(gone.event).toMatchObject({
      registrations: { active: 1, inactive: 1 },
      device: { registeredAt: MINIMAL?.occurredAt },
    });
  });

  test('one copy per platform without an installId', async () => {
    const counts = [];
    for (const platform of ['apple', 'apple', 'google']) {
      counts.push((await stored(install('platforms', { device: { platform } }))).event);
    }
    expect(counts).toMatchObject([
      { registrations: { active: 1 } },
      { registrations: { active: 1 } },
      { registrations: { active: 2 } },
    ]);
  });

  test('in the order of the batch, whatever the instants are', async () => {
    const events = [install('batched'), install('batched', { occurredAt: '2020-01-01T00:00:00Z' })];
    const { body } = await call('POST', '/v1/events/batch', { events });
    const ids = (body.results as readonly { id: string }[]).map(({ id }) => id);
    const records = await Promise.all(ids.map((id) => call('GET', `/v1/events/${id}`)));
    expect(records.map((record) => (record.body.event as Members).first)).toEqual([true, false]);
  });

  test('counts by the device’s own time: an install that arrives after its later removal leaves the copy removed', async () => {
    await stored(install('removed', { type: 'pass.uninstalled', occurredAt: '2030-01-01T00:00:00Z' }));
    const late = await stored(install('removed'));
    expect(late.event).toMatchObject({ first: true, registrations: { active: 0, inactive: 1 } });
    const { data } = (await call('GET', '/v1/events?passId=removed&type=pass.first_installed')).body;
    expect(data).toHaveLength(1);
    const again = await stored(install('removed', { occurredAt: '2031-01-01T00:00:00Z' }));
    expect(again.event).toMatchObject({ first: false, registrations: { active: 1, inactive: 0 } });
  });

  test('a sent value is used unchecked', async () => {
    const sent = { registrations: { active: 9, inactive: 9 }, first: true };
    await stored(install('unchecked'));
    expect((await stored(install('unchecked', sent))).event).toMatchObject(sent);
  });

  test('the first install is an event of its own', async () => {
    const record = await stored(install('first', { id: 'first-install' }));
    const { data } = (await call('GET', '/v1/events?passId=first&type=pass.first_installed')).body;
    expect(data).toMatchObject([{ derivedFrom: record.id, event: { type: 'pass.first_installed', first: true } }]);
    expect(data[0]?.event).not.toHaveProperty('id');
    await stored(install('first'));
    expect((await call('GET', '/v1/events?passId=first')).body.data).toHaveLength(3);
  });

  test('a tap is derived from an NFC scan for a subscription, and only then', async () => {
    const scan = EXAMPLES.find(({ type }) => type === 'pass.scanned');
    const scanned = (passId: string) => stored({ ...scan, id: undefined, pass: { id: passId } });
    const taps = async (passId: string) => (await call('GET', `/v1/events?passId=${passId}&type=pass.tapped`)).body.data;
    await scanned('tap-1');
    expect(await taps('tap-1')).toEqual([]);
    const { body: integration } = await call('POST', '/v1/integrations', { name: 'taps', dialect: 'standard' });
    const subscription = { integrationId: integration.id, trigger: 'pass.tapped', url: 'http://127.0.0.1:9/taps' };
    expect((await call('POST', '/v1/subscriptions', subscription)).status).toBe(201);
    const record = await scanned('tap-2');
    expect(await taps('tap-2')).toMatchObject([{ derivedFrom: record.id }]);
    await stored({ ...scan, id: undefined, pass: { id: 'tap-3' }, scan: { ...(scan?.scan as object), type: 'barcode' } });
    expect(await taps('tap-3')).toEqual([]);
  });
});

/** The minimal event as JSON, changed as the table of refusals describes. */
const REFUSED: Readonly<Record<string, string>> = {
  'the character NUL in a text': withPass('"uniqueIdentifier":"a\\u0000b"'),
  'half of a surrogate pair in a text': withPass('"uniqueIdentifier":"\\ud83d"'),
  'the integer 9007199254740992': withPass('"fields":{"points":9007199254740992}'),
  'the number 123456789012.123456789': withPass('"fields":{"points":123456789012.123456789}'),
  'the number -0': withPass('"fields":{"points":-0}'),
  'the number 1e400': withPass('"fields":{"points":1e400}'),
  'a field called `10`': withPass('"fields":{"10":"x"}'),
  'a member called `__proto__`': withPass('"genericProperties":{"__proto__":"x"}'),
  'a member that is there twice': withPass('"id":"first"'),
  'a list of lists, 30 levels deep, in `genericProperties`': withPass(
    `"genericProperties":{"a":${'['.repeat(30)}${']'.repeat(30)}}`,
  ),
  'an unknown name': changed({ devise: {} }),
  'a member that the trigger does not take': changed({ changes: {} }),
  'the type `pass.first_installed`': changed({ type: 'pass.first_installed' }),
  'a misspelt type': changed({ type: 'pass.instaled' }),
  'an `id` without characters': changed({ id: '' }),
  'an `id` of 513 bytes': changed({ id: `${'é'.repeat(256)}x` }),
  '`null` for a required member': changed({ pass: { id: null } }),
  'an instant before the year 1 in UTC': changed({ occurredAt: '0001-01-01T00:00:00+01:00' }),
  'an instant without an offset': changed({ occurredAt: '2026-05-04T09:30:00' }),
  'no device in an install': changed({ device: undefined }),
  'the platform `other` without `os`': changed({ device: { platform: 'other' } }),
  'an object as the value of a field': withPass('"fields":{"points":{}}'),
};

describe('the refusals of docs/events.md', () => {
  const rows = tableOf(MANUAL, 'sent');

  test('are all tried', () => {
    expect(rows.map(([sent]) => sent)).toEqual(Object.keys(REFUSED));
  });

  test.each(rows)('%s', async (sent = '', pointer = '', detail = '') => {
    const { status, body } = await call('POST', '/v1/events', REFUSED[sent]);
    expect(status).toBe(422);
    expect(body.type).toBe('urn:passwire:problem:invalid-input');
    expect(body.errors).toContainEqual({ pointer: codesOf(pointer)[0], detail });
  });

  test('do not include numbers that a double carries, or numbers as names in open containers', async () => {
    const numbers =
      /if its value is the same after it was read as a double: (.*) are\./.exec(MANUAL)?.[1]?.split(/, | and /) ?? [];
    expect(numbers).toHaveLength(3);
    const [written = '', stored = ''] = /\(`([\d.]+)` as `([\d.]+)`\)/.exec(MANUAL)?.slice(1) ?? [];
    const sent = withPass(
      `"fields":{"a":${numbers.join()}X,"b":${written}},"genericProperties":{"z":1,"10":2,"2":{"1":3}}`,
    ).replace(/"a":[^X]*X/, numbers.map((number, index) => `"n${index}":${number}`).join());
    const { status, body } = await call('POST', '/v1/events', sent);
    expect(status).toBe(202);
    const { text } = await call('GET', `/v1/events/${body.id}`);
    expect(text).toContain(`"b":${stored}`);
    expect(text).toContain('"genericProperties":{"2":{"1":3},"10":2,"z":1}');
  });

  test('a nesting of 32 levels is accepted', async () => {
    const nested = `"genericProperties":{"a":${'['.repeat(29)}${']'.repeat(29)}}`;
    expect((await call('POST', '/v1/events', withPass(nested))).status).toBe(202);
  });
});

function changed(more: object): string {
  return JSON.stringify({ ...MINIMAL, ...more });
}

/** The minimal event with another member of its pass, as raw JSON. */
function withPass(member: string): string {
  return JSON.stringify(MINIMAL).replace('"pass":{', `"pass":{${member},`);
}

function memberAt(value: unknown, path: string): unknown {
  const names = path === '' ? [] : path.split('.');
  return names.reduce<unknown>((parent, name) => (parent as Members | undefined)?.[name], value);
}

function leavesOf(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, member]) => leavesOf(member, path === '' ? name : `${path}.${name}`));
}
