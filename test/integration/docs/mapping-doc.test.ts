import { beforeAll, describe, expect, test } from 'vitest';
import { DIALECTS } from '../../../src/dialects/index.ts';
import { codesOf, fencesOf, jsonOf, readManual, sectionOf, tableOf } from '../../support/manual.ts';
import { type Answer, type Call, useApi } from '../api/api.ts';

// Every example, error and warning of docs/mapping.md is run through POST /v1/subscriptions/preview.

const MANUAL = readManual('mapping.md');
const [TEMPLATE] = jsonOf<object>(MANUAL, 'template');
const [EVENT] = jsonOf<{ readonly type: string }>(MANUAL, 'event');
const OPTIONS: Readonly<Record<string, object>> = { vibes: { companyKey: 'gym' } };
const URL = 'http://127.0.0.1:9/hook';

const api = useApi();
let call: Call;
let templateId = '';
const integrations = new Map<string, string>();

beforeAll(async () => {
  call = (await api().tenant()).call;
  templateId = (await made('/v1/templates', TEMPLATE)).id;
  for (const dialect of Object.keys(DIALECTS)) {
    const integration = { name: dialect, dialect, options: OPTIONS[dialect] ?? {} };
    integrations.set(dialect, (await made('/v1/integrations', integration)).id);
  }
});

async function made(path: string, body: unknown): Promise<Answer['body']> {
  const { status, body: answer, text } = await call('POST', path, body);
  expect(status, text).toBe(201);
  return answer;
}

function preview(dialect: string, trigger: string, mapping: unknown, more: object = {}): Promise<Answer> {
  const integrationId = integrations.get(dialect);
  return call('POST', '/v1/subscriptions/preview', { integrationId, templateId, trigger, mapping, event: EVENT, ...more });
}

interface Example {
  readonly title: string;
  readonly text: string;
}

const EXAMPLES: readonly Example[] = sectionOf(MANUAL, '## Ten examples')
  .split(/^### /m)
  .slice(1)
  .map((text) => ({ title: text.slice(0, text.indexOf('\n')), text }));

test('there are ten examples, numbered', () => {
  expect(EXAMPLES.map(({ title }) => Number.parseInt(title, 10))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

describe.each(EXAMPLES)('example $title', ({ text }) => {
  const [, dialect = '', trigger = ''] = /^Dialect `([\w-]+)`, trigger `([\w.]+)`\./m.exec(text) ?? [];
  const [mapping] = jsonOf<object>(text, 'mapping');
  const blocks = fencesOf(text).map(({ subject, code }) => ({ subject, value: JSON.parse(code) as unknown }));
  const event = blocks.find(({ subject }) => subject === 'event')?.value ?? EVENT;
  const warnings = blocks.find(({ subject }) => subject === 'warnings')?.value ?? [];

  /** The body that is rendered, compared with the block of the example: whole, or at the pointer that the block names. */
  async function isShown(as: 'before' | 'after', rendered: Answer) {
    expect(rendered.status, rendered.text).toBe(200);
    const { subject, value } = blocks.find((block) => block.subject.split(' ')[0] === as) ?? {};
    const pointer = subject?.split(' ')[1] ?? '';
    expect(JSON.stringify(at(JSON.parse(rendered.body.body as string), pointer))).toBe(JSON.stringify(value));
  }

  test('has the body that is shown without a mapping', async () => {
    await isShown('before', await preview(dialect, trigger, {}, { event }));
  });

  test('has the body and the warnings that are shown with it', async () => {
    const rendered = await preview(dialect, trigger, mapping, { event });
    await isShown('after', rendered);
    expect(rendered.body.warnings).toEqual(warnings);
  });
});

describe('errors and warnings of docs/mapping.md', () => {
  const rows = tableOf(MANUAL, 'mapping').map(([mapping = '', body = '', result = '', pointer = '', detail = '']) => ({
    mapping: codesOf(mapping)[0] ?? '',
    body,
    result,
    found: { pointer: codesOf(pointer)[0], detail },
  }));

  test.each(rows)('$mapping is $result', async ({ mapping, body, result, found }) => {
    const [dialect = ''] = codesOf(body);
    const more = {
      ...(body.includes('signPayload') && { options: { signPayload: true } }),
      ...(body.includes('all templates') && { templateId: null }),
    };
    const { status, body: answer } = await preview(dialect, 'pass.installed', JSON.parse(mapping), more);
    expect(status).toBe(result === 'error' ? 422 : 200);
    expect(result === 'error' ? answer.errors : answer.warnings).toContainEqual(found);
    if (result === 'error') expect(answer.type).toBe('urn:passwire:problem:invalid-input');
  });
});

test('the open containers are those of the dialects', () => {
  const documented = tableOf(MANUAL, 'dialect').map(([name = '', containers = '']) => [
    codesOf(name)[0],
    codesOf(containers),
  ]);
  expect(documented).toEqual(Object.values(DIALECTS).map(({ name, openContainers }) => [name, openContainers]));
});

describe('the rules of docs/mapping.md', () => {
  test('the names in the table are those of describe', async () => {
    const named = tableOf(MANUAL, 'field').map(([, , example = '']) => codesOf(example)[0]);
    const odd = await made('/v1/templates', { name: 'Odd', fields: [{ key: '/odd' }, { key: 'first_name' }] });
    const names = await Promise.all(
      ['walletthat', 'vibes'].map(async (dialect) => {
        const { body } = await call('GET', `/v1/templates/${odd.id}/describe?dialect=${dialect}&trigger=pass.installed`);
        return (body.fields as readonly { name: string }[]).map(({ name }) => name);
      }),
    );
    for (const name of named) expect(names.flat()).toContain(name);
  });

  const tokens = (count: number) =>
    Array.from({ length: count }, (_, index) => `/wallet_item/tokens/${index}`.padEnd(512, '-'));
  const renames = (count: number) => Object.fromEntries(tokens(count).map((field, index) => [field, `name ${index}`]));

  test('the shape at its top is a mapping', async () => {
    const [mapping] = jsonOf<object>(MANUAL, 'shape');
    expect(await preview('vibes', 'pass.installed', mapping)).toMatchObject({ status: 200, body: { warnings: [] } });
  });

  test.each([
    ['a new name of 256 characters', { rename: { event_id: 'x'.repeat(256) } }, 'must have at most 255 characters'],
    ['a field of 513 characters', { remove: [`${tokens(1)[0]}x`] }, 'must have at most 512 characters'],
    ['501 removals', { remove: tokens(501) }, 'must have at most 500 items'],
    ['501 renames', { rename: renames(501) }, 'must be at most 500 renames'],
  ])('%s is too much', async (_what, mapping, detail) => {
    const { status, body } = await preview('vibes', 'pass.installed', mapping);
    expect([status, body.errors.map((error) => error.detail)]).toEqual([422, [detail]]);
  });

  test.each([
    ['a new name of 255 characters', { rename: { event_id: 'x'.repeat(255) } }],
    ['500 removals of 512 characters', { remove: tokens(500) }],
    ['500 renames', { rename: renames(500) }],
  ])('%s is accepted', async (_what, mapping) => {
    expect((await preview('vibes', 'pass.installed', mapping)).status).toBe(200);
  });

  test('names that meet only in an event are found when the body is built', async () => {
    const event = { ...EVENT, pass: { id: 'p', referenceData: { one: 1, two: 2 } } };
    const mapping = { rename: { '/reference-data/one': 'two' } };
    const { status, body } = await preview('walletthat-postback', 'pass.installed', mapping, { event });
    expect([status, body.type]).toEqual([422, 'urn:passwire:problem:unbuildable']);
  });

  test('the signature is over the mapped body', async () => {
    const mapping = { rename: { identifier: 'id' } };
    const { body } = await preview('passcreator', 'pass.installed', mapping, { options: { signPayload: true } });
    const { signature, signedData, ...outside } = JSON.parse(body.body as string);
    expect(outside).toMatchObject({ id: '5f3c0a' });
    expect(JSON.parse(signedData)).toEqual(outside);
    expect(signature).toMatch(/^[0-9a-f]+$/);
    for (const name of ['signature', 'signedData']) {
      const refused = await preview(
        'passcreator',
        'pass.installed',
        { remove: [name] },
        { options: { signPayload: true } },
      );
      expect(refused.status).toBe(422);
    }
  });

  test('an operational event has no mapping', async () => {
    const subscription = { integrationId: integrations.get('standard'), trigger: 'delivery.dead', url: URL };
    const { status } = await call('POST', '/v1/subscriptions', { ...subscription, mapping: { remove: ['type'] } });
    expect(status).toBe(422);
  });
});

describe('template fields that are off', () => {
  const field = (key: string) => ({ key });

  test('are those that the template gets later, until they are switched on', async () => {
    const template = await made('/v1/templates', { name: 'Grows', externalId: 'grows', fields: [field('a')] });
    const names = { integrationId: integrations.get('walletthat'), trigger: 'pass.installed' };
    const mapping = { rename: { 'pass-id': 'member', a: 'first' } };
    const subscription = await made('/v1/subscriptions', { ...names, templateId: template.id, url: URL, mapping });
    expect(subscription.knownFields).toEqual(['a']);
    expect(await change(template.id, ['a', 'b'])).toBe(200);
    const path = `/v1/subscriptions/${subscription.id}`;
    expect((await call('GET', path)).body.knownFields).toEqual(['a']);

    const event = { ...EVENT, templateId: 'grows', pass: { id: 'p', fields: { a: '1', b: '2' } } };
    const shown = async (knownFields: readonly string[], more: object = {}) => {
      const asked = { ...names, templateId: template.id, event, knownFields, ...more };
      return call('POST', '/v1/subscriptions/preview', asked);
    };
    expect(JSON.parse((await shown(['a'])).body.body as string)).not.toHaveProperty('b');
    expect(JSON.parse((await shown(['a', 'b'])).body.body as string)).toHaveProperty('b');
    expect((await shown(['a'], { mapping: { remove: ['b'] } })).status).toBe(422);
    expect((await call('PATCH', path, { knownFields: ['a', 'b'] })).body.knownFields).toEqual(['a', 'b']);

    expect(await change(template.id, ['a', 'b', 'member'])).toBe(409);
    expect(await change(template.id, ['b'])).toBe(200);
    expect((await call('GET', path)).body.warnings).toMatchObject([{ pointer: '/mapping/rename/a' }]);
    const all = await made('/v1/subscriptions', { ...names, url: URL });
    expect(all.knownFields).toBeNull();
  });

  async function change(id: string, keys: readonly string[]): Promise<number> {
    return (await call('PATCH', `/v1/templates/${id}`, { fields: keys.map(field) })).status;
  }
});

/** The value at a JSON Pointer without escapes; the whole for ''. */
function at(value: unknown, pointer: string): unknown {
  const tokens = pointer.split('/').slice(1);
  return tokens.reduce<unknown>((parent, token) => (parent as Record<string, unknown> | undefined)?.[token], value);
}
