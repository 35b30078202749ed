import { expect, test } from 'vitest';
import { MappingChecks } from '../../../src/dialects/check-mappings.ts';
import { describe } from '../../../src/dialects/describe.ts';
import { dialectNamed } from '../../../src/dialects/index.ts';
import { DIALECT_NAMES, type DialectName } from '../../../src/domain/integration.ts';
import { mappingSchema } from '../../../src/domain/mapping.ts';
import { PASS_TRIGGERS, type PassTrigger } from '../../../src/domain/trigger.ts';
import { template } from './bodies.ts';

const shown = template({
  fields: [
    { key: 'first_name', sample: 'Calrissian', area: 'primaryFields', label: 'First name' },
    { key: 'points', type: 'number', sample: 7 },
  ],
});

function fieldsOf(name: DialectName, trigger: PassTrigger, of = shown) {
  return describe({ dialect: dialectNamed(name), trigger, template: of });
}

test('names fields as a mapping does: bare at the top level, JSON Pointers below', () => {
  const fields = fieldsOf('vibes', 'pass.installed');
  expect(fields.find(({ path }) => path === '/event_id')).toMatchObject({ name: 'event_id', type: 'string', open: false });
  expect(fields.find(({ name }) => name === '/wallet_item/tokens')).toMatchObject({ type: 'object', open: true });
  expect(fields.find(({ name }) => name === '/wallet_item/tokens/first_name')).toEqual({
    name: '/wallet_item/tokens/first_name',
    path: '/wallet_item/tokens/first_name',
    type: 'string',
    sample: 'Calrissian',
    optional: true,
    open: false,
  });
  expect(fields.find(({ name }) => name === '/wallet_instance/unregistered_at')).toMatchObject({
    type: 'null',
    sample: null,
  });
});

test('says which fields the bodies of some events are without', () => {
  const optional = (dialect: DialectName, trigger: PassTrigger) =>
    fieldsOf(dialect, trigger).flatMap((field) => (field.optional ? [field.path] : []));
  expect(optional('vibes', 'pass.installed')).toEqual(['/wallet_item/tokens/first_name', '/wallet_item/tokens/points']);
  expect(optional('walletthat', 'pass.created')).toEqual([
    '/expiration-timestamp',
    '/barcode-value',
    '/first_name',
    '/points',
  ]);
  expect(optional('passcreator', 'pass.created')).toEqual([]);
});

test('a top-level name that looks like a pointer is named by its pointer', () => {
  const odd = template({ fields: [{ key: '/odd~name' }] });
  expect(fieldsOf('walletthat', 'pass.created', odd).at(-1)).toMatchObject({ name: '/~1odd~0name', path: '/~1odd~0name' });
});

test('an update shows the fields of the whole body and of a partial one', () => {
  expect(fieldsOf('walletthat', 'pass.updated').map(({ name, sample }) => [name, sample])).toEqual([
    ['pass-id', 'SAMPLE-0001'],
    ['pass-template-id', 'tpl_one'],
    ['expiration-timestamp', '2027-01-15T12:00:00+00:00'],
    ['barcode-value', '1234567890'],
    ['first_name', 'Calrissian'],
    ['points', '7'],
  ]);
  expect(fieldsOf('standard', 'pass.updated').map(({ name }) => name)).toContain('/data/changes/fields/points');
});

test('what a list holds is named through its index, the elements are not', () => {
  const names = fieldsOf('passentry', 'pass.scanned').map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(['included', '/included/1/attributes/extId', '/included/2/attributes/readerType']),
  );
  expect(names).not.toContain('/included/1');
});

test('without a template only the vendor own fields are known', () => {
  const names = describe({ dialect: dialectNamed('walletthat'), trigger: 'pass.created', template: undefined }).map(
    ({ name }) => name,
  );
  expect(names).toEqual(['pass-id', 'pass-template-id', 'expiration-timestamp', 'barcode-value']);
});

test('options change what is described', () => {
  const input = { dialect: dialectNamed('passentry'), trigger: 'pass.tapped', template: shown } as const;
  const names = (options: object) =>
    describe({ ...input, options: input.dialect.options.parse(options) }).map(({ path }) => path);
  expect(names({})).not.toContain('/included/1/attributes/barcode/source');
  expect(names({ barcodeShape: 'current' })).toContain('/included/1/attributes/barcode/source');
});

const all = DIALECT_NAMES.flatMap((name) =>
  PASS_TRIGGERS.filter((trigger) => dialectNamed(name).eventNames[trigger]).map((trigger) => ({ name, trigger })),
);

test.each(all)(
  '$name/$trigger has no field twice, its pass-id paths, and the same answer each time',
  ({ name, trigger }) => {
    const fields = fieldsOf(name, trigger);
    const paths = new Set(fields.map(({ path }) => path));
    expect(paths.size).toBe(fields.length);
    for (const path of dialectNamed(name).passIdPaths(trigger)) expect(paths).toContain(path);
    expect(fieldsOf(name, trigger)).toEqual(fields);
  },
);

test.each(all)('$name/$trigger: every field can be renamed, but for an envelope’s', ({ name, trigger }) => {
  const dialect = dialectNamed(name);
  const { required, optional } = dialect.envelope ?? { required: [], optional: [] };
  const kept = new Set([...required, ...optional]);
  for (const field of fieldsOf(name, trigger).filter(({ path }) => !kept.has(path))) {
    const mapping = mappingSchema.parse({ rename: { [field.name]: 'a name of its own' } });
    expect(new MappingChecks().check(mapping, { dialect, trigger, template: shown })).toEqual({ errors: [], warnings: [] });
  }
});

test('a mapping is checked with the names that a signature takes', () => {
  const dialect = dialectNamed('passcreator');
  const mapping = mappingSchema.parse({ rename: { identifier: 'signature' } });
  const input = { dialect, trigger: 'pass.created', template: shown } as const;
  const signing = dialect.subscriptionOptions.parse({ signPayload: true });
  expect(new MappingChecks().check(mapping, input).errors).toEqual([]);
  expect(new MappingChecks().check(mapping, { ...input, subscription: signing }).errors).toMatchObject([
    { pointer: '/mapping/rename/identifier' },
  ]);
});

test('removing the pass id, or what holds it, is a warning', () => {
  const check = (name: DialectName, trigger: PassTrigger, field: string) =>
    new MappingChecks().check(mappingSchema.parse({ remove: [field] }), {
      dialect: dialectNamed(name),
      trigger,
      template: shown,
    });
  expect(check('walletthat', 'pass.updated', 'pass-id')).toMatchObject({
    errors: [],
    warnings: [{ pointer: '/mapping/remove/0' }],
  });
  expect(check('passentry', 'pass.tapped', '/included/1/id').warnings).toHaveLength(1);
  expect(check('vibes', 'pass.installed', 'wallet_item').warnings).toHaveLength(1);
  expect(check('passentry', 'pass.tapped', '/included/0/id')).toEqual({ errors: [], warnings: [] });
});

test('open containers and a missing template turn an unknown field into a warning', () => {
  const check = (name: DialectName, trigger: PassTrigger, field: string, of: typeof shown | undefined) =>
    new MappingChecks().check(mappingSchema.parse({ remove: [field] }), {
      dialect: dialectNamed(name),
      trigger,
      template: of,
    });
  expect(check('passcreator', 'pass.created', '/genericProperties/my-id', shown)).toMatchObject({
    errors: [],
    warnings: [{}],
  });
  expect(check('walletthat', 'pass.created', 'member-name', shown)).toMatchObject({ errors: [{}], warnings: [] });
  expect(check('walletthat', 'pass.created', 'member-name', undefined)).toMatchObject({ errors: [], warnings: [{}] });
});

test('a template edit can make a mapping collide', () => {
  const dialect = dialectNamed('walletthat');
  const mapping = mappingSchema.parse({ rename: { 'pass-id': 'member', points: 'score' } });
  const collisions = (keys: string[]) =>
    new MappingChecks().collisions(mapping, {
      dialect,
      trigger: 'pass.created',
      template: template({ fields: keys.map((key) => ({ key })) }),
    });
  expect(collisions(['points'])).toEqual([]);
  expect(collisions([])).toEqual([]);
  expect(collisions(['points', 'member'])).toMatchObject([{ pointer: '/mapping/rename/pass-id' }]);
});

test('after a template edit, a rule whose field is gone is not an error', () => {
  const input = { dialect: dialectNamed('walletthat'), trigger: 'pass.created', template: template() } as const;
  const mapping = mappingSchema.parse({ rename: { points: 'score' }, remove: ['level'] });
  expect(new MappingChecks().check(mapping, input).errors).toHaveLength(2);
  expect(new MappingChecks().collisions(mapping, input)).toEqual([]);
});

test('members that only the sample has are no known fields of an open container', () => {
  const check = (name: DialectName, mapping: object, options: object = {}) => {
    const dialect = dialectNamed(name);
    const parsed = dialect.options.parse(options);
    const input = { dialect, trigger: 'pass.installed', template: shown, options: parsed } as const;
    return new MappingChecks().check(mappingSchema.parse(mapping), input);
  };
  for (const [name, container] of [
    ['passcreator', '/genericProperties'],
    ['walletthat-postback', '/reference-data'],
    ['standard', '/data/pass/genericProperties'],
  ] as const) {
    expect(check(name, { rename: { [`${container}/remark`]: 'note' } }).errors).toEqual([]);
    expect(check(name, { remove: [`${container}/note`] }).warnings).toMatchObject([
      { detail: 'is not a field known beforehand and may never be there' },
    ]);
    expect(check(name, { remove: [`${container}/nota`] }).warnings[0]?.detail).not.toContain('did you mean');
    expect(check(name, { remove: [`${container}/list/0`] }).errors).toHaveLength(1);
    expect(check(name, { remove: [`${container}/10`] })).toMatchObject({ errors: [], warnings: [{}] });
  }
  const asList = { emptyGenericProperties: 'array' };
  expect(check('passcreator', { remove: ['/genericProperties/10'] }, asList).errors).toEqual([]);
});
