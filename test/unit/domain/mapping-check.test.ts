import { expect, test } from 'vitest';
import type { KnownField, MappedBody } from '../../../src/domain/mapped-body.ts';
import { mappingSchema } from '../../../src/domain/mapping.ts';
import { checkMapping } from '../../../src/domain/mapping-check.ts';
import { fieldNameOf, tokensOfField } from '../../../src/domain/pointer.ts';

function field(path: string, type: KnownField['type'] = 'string'): KnownField {
  return { path, type, name: fieldNameOf(tokensOfField(path) ?? []) };
}

const BODY: MappedBody = {
  fields: [
    field('/pass-id'),
    field('/barcode-value'),
    field('/item', 'object'),
    field('/item/uuid'),
    field('/item/tokens', 'object'),
    field('/item/tokens/first_name'),
    field('/list', 'array'),
    field('/list/0/attributes', 'object'),
    field('/list/0/attributes/extId'),
  ],
  openContainers: ['/item/tokens'],
  complete: true,
  reservedNames: ['signature'],
  envelope: { required: [], optional: [] },
  passIdPaths: ['/pass-id', '/item/uuid'],
};

function check(mapping: object, body: MappedBody = BODY) {
  return checkMapping(mappingSchema.parse(mapping), body);
}

test.each([
  ['nothing', {}],
  ['a rename', { rename: { 'pass-id': 'memberId' } }],
  ['a removal', { remove: ['barcode-value'] }],
  ['a swap', { rename: { 'pass-id': 'barcode-value', 'barcode-value': 'pass-id' } }],
  ['a name that is given free', { rename: { 'pass-id': 'barcode-value' }, remove: ['barcode-value'] }],
  ['a rename to itself', { rename: { 'pass-id': 'pass-id' } }],
  ['one name in two objects', { rename: { '/item/uuid': 'pass-id' } }],
  ['a reserved name below the top level', { rename: { '/item/uuid': 'signature' } }],
  ['a place inside of a renamed one', { rename: { item: 'card', '/item/uuid': 'id' } }],
  ['a member of an element', { rename: { '/list/0/attributes/extId': 'id' } }],
])('accepts %s without a warning', (_what, mapping) => {
  expect(check(mapping)).toEqual({ errors: [], warnings: [] });
});

test.each([
  ['an unknown field', { rename: { 'pas-id': 'x' } }, '/mapping/rename/pas-id', 'did you mean pass-id?'],
  ['an unknown field to remove', { remove: ['pass-id-', 'nothing like it'] }, '/mapping/remove/0', 'did you mean pass-id?'],
  ['a bare name of something deeper', { remove: ['extId'] }, '/mapping/remove/0', 'did you mean /list/0/attributes/extId?'],
  ['an unknown pointer', { remove: ['/item/uid'] }, '/mapping/remove/0', 'did you mean /item/uuid?'],
  ['a place inside of a text', { remove: ['/pass-id/x'] }, '/mapping/remove/0', 'is not a field of this body'],
  ['a malformed pointer', { rename: { '/a~b': 'x' } }, '/mapping/rename/~1a~0b', 'JSON Pointer'],
  [
    'an element of a list in an open container',
    { remove: ['/item/tokens/courses/0'] },
    '/mapping/remove/0',
    'element of a list',
  ],
  ['an element of a list', { remove: ['/list/0'] }, '/mapping/remove/0', 'element of a list'],
  ['an empty name', { rename: { 'pass-id': '' } }, '/mapping/rename/pass-id', 'renamed to nothing'],
  ['a blank name', { rename: { 'pass-id': ' \t' } }, '/mapping/rename/pass-id', 'renamed to nothing'],
  ['a number as a name', { rename: { 'pass-id': '10' } }, '/mapping/rename/pass-id', 'a number or __proto__'],
  ['__proto__ as a name', { rename: { 'pass-id': '__proto__' } }, '/mapping/rename/pass-id', 'a number or __proto__'],
  ['a reserved name', { rename: { 'pass-id': 'signature' } }, '/mapping/rename/pass-id', 'taken by the signature'],
  ['a taken name', { rename: { 'pass-id': 'item' } }, '/mapping/rename/pass-id', 'same name as /item'],
  [
    'a taken name below',
    { rename: { '/item/uuid': 'tokens' } },
    '/mapping/rename/~1item~1uuid',
    'same name as /item/tokens',
  ],
  [
    'renaming and removing',
    { rename: { 'pass-id': 'x' }, remove: ['/pass-id'] },
    '/mapping/remove/0',
    'renamed and removed',
  ],
  [
    'a field named twice',
    { rename: { 'pass-id': 'x', '/pass-id': 'y' } },
    '/mapping/rename/~1pass-id',
    'same field as pass-id',
  ],
  ['a field removed twice', { remove: ['item', 'item'] }, '/mapping/remove/1', 'same field as item'],
])('refuses %s', (_what, mapping, pointer, detail) => {
  const [error] = check(mapping).errors;
  expect(error?.pointer).toBe(pointer);
  expect(error?.detail).toContain(detail);
});

test('two renames to one name are both named', () => {
  expect(check({ rename: { 'pass-id': 'id', 'barcode-value': 'id' } }).errors.map(({ pointer }) => pointer)).toEqual([
    '/mapping/rename/pass-id',
    '/mapping/rename/barcode-value',
  ]);
});

test('inside of an open container an unknown field is a warning, a collision still an error', () => {
  expect(check({ remove: ['/item/tokens/frist_name'] })).toMatchObject({
    errors: [],
    warnings: [{ pointer: '/mapping/remove/0', detail: expect.stringContaining('/item/tokens/first_name') }],
  });
  expect(check({ rename: { '/item/tokens/other': 'first_name' } }).errors).toHaveLength(1);
});

test('without a template an unknown field is a warning', () => {
  expect(check({ rename: { points: 'score' } }, { ...BODY, complete: false })).toMatchObject({
    errors: [],
    warnings: [{ pointer: '/mapping/rename/points' }],
  });
});

test.each([
  ['pass-id', 1],
  ['/item/uuid', 1],
  ['item', 1],
  ['/item/tokens', 0],
])('removing %s gives %i warnings', (name, count) => {
  expect(check({ remove: [name] })).toMatchObject({ errors: [], warnings: { length: count } });
});

test('a rule inside a removed member has no effect', () => {
  const { errors, warnings } = check({ rename: { '/item/tokens/first_name': 'x' }, remove: ['/item/tokens'] });
  expect(errors).toEqual([]);
  expect(warnings).toEqual([
    { pointer: '/mapping/rename/~1item~1tokens~1first_name', detail: 'has no effect, since /item/tokens is removed whole' },
  ]);
});

test.each([
  ['a bare name', 'pass-id', '/mapping/rename/pass-id'],
  ['a pointer', '/item/uuid', '/mapping/rename/~1item~1uuid'],
])('a new name of %s that begins with a slash is taken literally, with a warning', (_what, field, pointer) => {
  expect(check({ rename: { [field]: '/item/id' } })).toEqual({
    errors: [],
    warnings: [
      { pointer, detail: 'takes the name literally, slash included: a rename does not move the field to /item/id' },
    ],
  });
});

test('a rule whose field is gone since it was stored is a warning, a changed one an error', () => {
  const stored = mappingSchema.parse({ rename: { tier: 'level', rank: 'level-2' }, remove: ['points'] });
  const changed = { rename: { tier: 'level', rank: 'grade' }, remove: ['points', 'visits'] };
  const { errors, warnings } = checkMapping(mappingSchema.parse(changed), BODY, undefined, stored);
  expect(errors.map(({ pointer }) => pointer)).toEqual(['/mapping/rename/rank', '/mapping/remove/1']);
  expect(warnings.map(({ pointer }) => pointer)).toEqual(['/mapping/rename/tier', '/mapping/remove/0']);
});

test('a slash later in a new name is not warned about', () => {
  expect(check({ rename: { 'pass-id': 'pass/id' } })).toEqual({ errors: [], warnings: [] });
});

test('X3: a member of an open container may have a number for a name, and what an element holds can be named', () => {
  const { errors, warnings } = check({ rename: { '/item/tokens/10': 'ten', '/item/tokens/courses/0/name': 'title' } });
  expect([errors, warnings.length]).toEqual([[], 2]);
});

test('suggestions compare names, not whole pointers', () => {
  const { errors, warnings } = check({
    remove: ['/item/tokens/colour', '/itm/uuid', '/item/tokens/frst_name', '/item/uui'],
  });
  expect(warnings.map(({ detail }) => detail.split('did you mean ')[1])).toEqual([undefined, '/item/tokens/first_name?']);
  expect(errors.map(({ detail }) => detail.split('did you mean ')[1])).toEqual(['/item/uuid?', '/item/uuid?']);
});

test('of hundreds of unknown fields, ten get a suggestion', () => {
  const remove = Array.from({ length: 400 }, (_, index) => `pass-id${index}`);
  const suggested = check({ remove }).errors.filter(({ detail }) => detail.includes('did you mean'));
  expect(suggested).toHaveLength(10);
});
