import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BodyObject, type BodyValue, fromJson, serialise } from '../../../src/domain/body.ts';
import { isUnstableKey, type JsonValue } from '../../../src/domain/json.ts';
import { compileMapping, MappingCollision, mappingSchema } from '../../../src/domain/mapping.ts';
import { pointerOf } from '../../../src/domain/pointer.ts';

const BODY = {
  id: 1,
  pass: { id: 2, extId: 3, 'a/b': 4 },
  included: [{ attributes: { extId: 5, name: 6 } }, { attributes: { extId: 7 } }],
  name: 8,
};

function mapped(mapping: object, body: JsonValue = BODY): string {
  return serialise(compileMapping(mappingSchema.parse(mapping))(fromJson(body) as BodyObject));
}

test.each([
  ['renames in place', { rename: { pass: 'card' } }, { id: 1, card: BODY.pass, included: BODY.included, name: 8 }],
  ['removes', { remove: ['pass', 'included'] }, { id: 1, name: 8 }],
  ['takes a pointer to the top level', { remove: ['/pass', '/included'] }, { id: 1, name: 8 }],
  ['swaps two names', { rename: { id: 'name', name: 'id' }, remove: ['pass', 'included'] }, { name: 1, id: 8 }],
  ['gives a removed name away', { rename: { id: 'name' }, remove: ['name', 'pass', 'included'] }, { name: 1 }],
  [
    'reaches inside of objects',
    { rename: { '/pass/id': 'uid' }, remove: ['/pass/a~1b'] },
    { ...BODY, pass: { uid: 2, extId: 3 } },
  ],
  [
    'names the body before the mapping',
    { rename: { pass: 'card', '/pass/id': 'uid' } },
    { id: 1, card: { uid: 2, extId: 3, 'a/b': 4 }, included: BODY.included, name: 8 },
  ],
  [
    'passes through lists',
    { rename: { '/included/1/attributes/extId': 'external' }, remove: ['/included/0/attributes/name'] },
    { ...BODY, included: [{ attributes: { extId: 5 } }, { attributes: { external: 7 } }] },
  ],
  [
    'passes over what is not there',
    { rename: { none: 'x', '/pass/none/deeper': 'y' }, remove: ['/id/deeper', '/included/9/a'] },
    BODY,
  ],
  ['leaves elements of lists alone', { remove: ['/included/0', '/included/-', '/included/00'] }, BODY],
  ['passes over a malformed pointer', { remove: ['/a~2'] }, BODY],
])('%s', (_what, mapping, expected) => {
  expect(mapped(mapping)).toBe(JSON.stringify(expected));
});

test('a collision that appears only in an event is thrown with its name', () => {
  const mapping = { rename: { '/open/a': 'b' } };
  expect(mapped(mapping, { open: { a: 1 } })).toBe('{"open":{"b":1}}');
  expect(() => mapped(mapping, { open: { a: 1, b: 2 } })).toThrow(MappingCollision);
  expect(() => mapped(mapping, { open: { b: 1, a: 2 } })).toThrow(/"b"/);
});

test('an empty mapping gives the body itself, another leaves it as it was', () => {
  const body = fromJson(BODY) as BodyObject;
  expect(compileMapping(mappingSchema.parse({}))(body)).toBe(body);
  compileMapping(mappingSchema.parse({ remove: ['/pass/id', 'id'] }))(body);
  expect(serialise(body)).toBe(JSON.stringify(BODY));
});

test('has defaults and refuses what it does not know', () => {
  expect(mappingSchema.parse({})).toEqual({ rename: {}, remove: [] });
  expect(mappingSchema.safeParse({ add: {} }).success).toBe(false);
  expect(mappingSchema.safeParse({ remove: [''] }).success).toBe(false);
});

describe('any mapping', () => {
  const name = fc.string({ minLength: 1, maxLength: 6 }).filter((text) => !isUnstableKey(text));
  const tree = fc.letrec<{ value: BodyValue; object: BodyObject }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.integer(),
      fc.string(),
      fc.constant(null),
      tie('object'),
      fc.array(tie('object'), { maxLength: 2 }),
    ),
    object: fc.array(fc.tuple(name, tie('value')), { maxLength: 5 }).map((members) => new Map(members)),
  })).object;

  function places(value: BodyValue, tokens: readonly string[] = []): (readonly string[])[] {
    if (Array.isArray(value)) return value.flatMap((element, index) => places(element, [...tokens, String(index)]));
    if (!(value instanceof Map)) return [];
    return [...value].flatMap(([key, member]) => [[...tokens, key], ...places(member, [...tokens, key])]);
  }

  /** A body with rules for some of its members: what each does, and a name that nothing else has. */
  const cases = tree.chain((body) => {
    const all = places(body);
    return fc.record({
      body: fc.constant(body),
      rules: fc
        .array(fc.constantFrom('keep' as const, 'rename' as const, 'remove' as const), {
          minLength: all.length,
          maxLength: all.length,
        })
        .map((kinds) =>
          all.map((tokens, index) => ({
            tokens,
            path: pointerOf(tokens),
            kind: kinds[index],
            target: `new name ${index}`,
          })),
        ),
    });
  });

  type Rules = (typeof cases extends fc.Arbitrary<infer C> ? C : never)['rules'];

  function mappingOf(rules: Rules) {
    return {
      rename: Object.fromEntries(rules.filter(({ kind }) => kind === 'rename').map(({ path, target }) => [path, target])),
      remove: rules.filter(({ kind }) => kind === 'remove').map(({ path }) => path),
    };
  }

  /** The members of a body in order, under their names before the mapping. */
  function leaves(value: BodyValue): string[] {
    return places(value).map((tokens) => pointerOf(tokens));
  }

  test('preserves the order and removes only the named members', () => {
    fc.assert(
      fc.property(cases, ({ body, rules }) => {
        const removed = rules.filter(({ kind }) => kind === 'remove').map(({ path }) => path);
        const kept = rules.filter(({ path }) => !removed.some((gone) => path === gone || path.startsWith(`${gone}/`)));
        const renamedTo = new Map(rules.filter(({ kind }) => kind === 'rename').map(({ path, target }) => [path, target]));
        const expected = kept.map(({ tokens }) =>
          pointerOf(tokens.map((token, depth) => renamedTo.get(pointerOf(tokens.slice(0, depth + 1))) ?? token)),
        );
        expect(leaves(compileMapping(mappingOf(rules))(body))).toEqual(expected);
      }),
    );
  });

  test('of renames only is undone by its inverse', () => {
    fc.assert(
      fc.property(cases, ({ body, rules }) => {
        const renames = rules.map((rule) => ({ ...rule, kind: rule.kind === 'remove' ? ('keep' as const) : rule.kind }));
        const renamedTo = new Map(
          renames.filter(({ kind }) => kind === 'rename').map(({ path, target }) => [path, target]),
        );
        const inverse = Object.fromEntries(
          renames
            .filter(({ kind }) => kind === 'rename')
            .map(({ tokens }) => [
              pointerOf(tokens.map((token, depth) => renamedTo.get(pointerOf(tokens.slice(0, depth + 1))) ?? token)),
              tokens.at(-1) ?? '',
            ]),
        );
        const there = compileMapping(mappingOf(renames))(body);
        expect(serialise(compileMapping({ rename: inverse, remove: [] })(there))).toBe(serialise(body));
      }),
    );
  });
});
